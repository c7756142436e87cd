from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tests.adapters.web.origin import Answer, serving, silence
from tests.adapters.web.pulls import pulled, seconds, sound_of, told, troubled
from tests.adapters.web.vod import Window, encrypted, live, packed_audio, text_of, vod
from vigie.events import CaptionReceived, MediaEnded, MediaOpened

# ── recordings ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "options",
    [{}, {"segment_type": "fmp4"}, {"flags": "single_file"}, {"segment_type": "fmp4", "flags": "single_file"}],
)
async def test_a_recording_is_heard_from_its_beginning_to_its_end(tmp_path: Path, options: dict[str, str]) -> None:
    with serving(vod(tmp_path, 9.0, **options)) as origin:
        items = await pulled(origin)

    assert items[0] == MediaOpened("hls", is_live=False, has_audio=True)
    assert items[-1] == MediaEnded()
    assert told(items)[1:89] == seconds(0.1, 8.9)
    assert sound_of(items)[0].pts_s == pytest.approx(0.0, abs=0.03)
    assert sound_of(items)[-1].pts_s == pytest.approx(8.5, abs=0.6)


async def test_an_encrypted_recording_is_heard(tmp_path: Path) -> None:
    with serving(encrypted(vod(tmp_path, 5.0))) as origin:
        items = await pulled(origin)

    assert told(items)[1:48] == seconds(0.1, 4.8)
    assert [path for path, _ in origin.requests].count("/key") == 1


async def test_packed_audio_is_dated_by_its_tags() -> None:
    with serving(packed_audio(8, start_s=1000.0)) as origin:
        items = await pulled(origin)
        resumed = await pulled(origin, from_pts_s=5.0)

    assert told(items)[2:75] == seconds(0.2, 7.5)
    assert sound_of(items)[0].pts_s == pytest.approx(0.0, abs=0.01)
    assert sound_of(resumed)[0].pts_s == pytest.approx(4 * 94 * 1024 / 48_000 / 2, abs=0.01)


async def test_a_recording_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    with serving(vod(tmp_path, 9.0)) as origin:
        items = await pulled(origin, from_pts_s=5.0)

    first_s = sound_of(items)[0].pts_s
    assert 3.9 < first_s <= 5.0
    assert told(items)[1:30] == pytest.approx([first_s + 0.15 + n / 10 for n in range(29)], abs=0.08)


async def test_captions_come_with_the_sound_they_belong_to(tmp_path: Path) -> None:
    answers: dict[str, Answer] = vod(tmp_path, 9.0)
    sound = text_of(answers)
    answers["/sound.m3u8"] = PlainTextResponse(sound)
    answers["/words.m3u8"] = PlainTextResponse(sound.replace(".ts", ".vtt").replace("index", "words"))
    for number in range(5):
        cue = f"00:0{2 * number}.500 --> 00:0{2 * number}.900\nline {number}"
        answers[f"/words{number}.vtt"] = PlainTextResponse(f"WEBVTT\n\n{cue}")
    answers["/index.m3u8"] = PlainTextResponse(
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="w",NAME="fr",LANGUAGE="fr",URI="words.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="w"\nsound.m3u8\n'
    )
    with serving(answers) as origin:
        items = await pulled(origin)

    words = [item for item in items if isinstance(item, CaptionReceived)]
    assert [word.text for word in words] == [f"line {number}" for number in range(5)]
    assert [word.pts_s for word in words] == pytest.approx([0.5, 2.5, 4.5, 6.5, 8.5], abs=0.03)


# ── lives ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_live_is_heard_from_near_its_edge_to_its_end(tmp_path: Path) -> None:
    with serving(live(tmp_path, 20.0, size=6)) as origin:
        items = await pulled(origin)

    assert items[0] == MediaOpened("hls", is_live=True, has_audio=True)
    assert items[-1] == MediaEnded()
    assert sound_of(items)[0].pts_s == pytest.approx(4.0, abs=0.03)
    assert told(items)[1:150] == seconds(4.1, 19.0)


@pytest.mark.parametrize(("from_pts_s", "starts_s"), [(5.0, 4.0), (4.1, 4.0), (3.9, 2.0), (-90.0, 0.0)])
async def test_a_new_connection_goes_back_to_what_is_missing(
    tmp_path: Path, from_pts_s: float, starts_s: float
) -> None:
    with serving(live(tmp_path, 20.0, size=6)) as origin:
        items = await pulled(origin, from_pts_s=from_pts_s)

    assert sound_of(items)[0].pts_s == pytest.approx(starts_s, abs=0.03)


@pytest.mark.parametrize(("from_pts_s", "starts_s"), [(1005.0, 1004.0), (900.0, 1000.0), (2000.0, 1006.0)])
async def test_the_end_of_what_was_live_is_told_on_its_clock(from_pts_s: float, starts_s: float) -> None:
    with serving(packed_audio(8, start_s=1000.0)) as origin:
        items = await pulled(origin, from_pts_s=from_pts_s, was_live=True)

    assert items[0] == MediaOpened("hls", is_live=True, has_audio=True)
    assert items[-1] == MediaEnded()
    assert sound_of(items)[0].pts_s == pytest.approx(starts_s, abs=0.1)


async def test_the_clock_of_the_stream_may_begin_again() -> None:
    turn_s = 2**33 / 90_000
    answers = packed_audio(40, start_s=3.0)
    lines = [line for line in text_of(answers).splitlines() if not line.startswith(("#EXTM3U", "#EXT-X"))]
    answers["/index.m3u8"] = Window(lines, size=8, last=len(lines) // 2)
    with serving(answers) as origin:
        items = await pulled(origin, from_pts_s=turn_s + 4.0)

    assert sound_of(items)[0].pts_s == pytest.approx(turn_s + 3.0, abs=0.03)


async def test_captions_that_do_not_come_do_not_hold_up_the_sound(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0)
    answers["/sound.m3u8"] = answers["/index.m3u8"]
    answers["/index.m3u8"] = PlainTextResponse(
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="w",NAME="fr",LANGUAGE="fr",URI="words.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="w"\nsound.m3u8\n'
    )
    with silence() as mute:
        answers["/words.m3u8"] = RedirectResponse(mute)
        with serving(answers) as origin:
            items = await pulled(origin)

    assert told(items)[1:188] == seconds(0.1, 18.8)


async def test_segments_that_are_no_media_are_refused(tmp_path: Path) -> None:
    answers = vod(tmp_path, 5.0)
    garbage = {path: Response(b"\x13\x37" * 9000) for path in answers if path.endswith(".ts")}
    with serving(answers | garbage) as origin:
        items, trouble = await troubled(origin)

    assert items == []
    assert trouble.permanent
    assert "not media" in str(trouble)


async def test_an_empty_recording_ends_at_once() -> None:
    with serving({"/index.m3u8": PlainTextResponse("#EXTM3U\n#EXT-X-ENDLIST\n")}) as origin:
        assert await pulled(origin) == [MediaEnded()]
