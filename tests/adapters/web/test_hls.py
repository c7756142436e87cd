import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from tests.adapters.web.origin import Answer, Origin, serving, silence
from tests.adapters.web.vod import Window, encrypted, live, packed_audio, text_of, vod
from tests.chirps import told_s
from vigie.adapters.web import player
from vigie.adapters.web.client import WebMedia
from vigie.events import AudioReceived, CaptionReceived, MediaEnded, MediaItem, MediaOpened
from vigie.ports import MediaLocation, PortError, Reach

DEADLINE_S = 20
FAST = WebMedia(Reach.DISK, speed=50)


async def pulled(origin: Origin, *, from_pts_s: float | None = None, was_live: bool = False) -> list[MediaItem]:
    location = MediaLocation(f"{origin.url}/index.m3u8", "hls", is_live=True)
    async with asyncio.timeout(DEADLINE_S):
        return [item async for item in FAST.stream(location, from_pts_s=from_pts_s, was_live=was_live)]


def sound_of(items: list[MediaItem]) -> list[AudioReceived]:
    return [item for item in items if isinstance(item, AudioReceived)]


def told(items: list[MediaItem]) -> list[float]:
    return told_s(b"".join(item.pcm for item in sound_of(items)))


def holes(items: list[MediaItem]) -> list[tuple[float, float]]:
    pts = [(item.pts_s, item.pts_s + len(item.pcm) / 32_000) for item in sound_of(items)]
    return [(round(before[1], 1), round(after[0], 1)) for before, after in pairwise(pts) if after[0] - before[1] > 0.1]


def seconds(first: float, last: float) -> list[float]:
    return pytest.approx([first + 0.05 + n / 10 for n in range(round((last - first) * 10))], abs=0.06)  # type: ignore[return-value]


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


async def test_a_discontinuity_starts_a_clock_and_is_announced(tmp_path: Path) -> None:
    (tmp_path / "show").mkdir()
    (tmp_path / "advert").mkdir()
    advert = vod(tmp_path / "advert", 4.0)
    answers = vod(tmp_path / "show", 6.0) | {path.replace("index", "advert"): answer for path, answer in advert.items()}
    lines = text_of(answers).splitlines()
    inserted = [line.replace("index", "advert") for line in text_of(advert).splitlines()[5:-1]]
    lines[7:7] = ["#EXT-X-DISCONTINUITY", *inserted, "#EXT-X-DISCONTINUITY"]
    answers["/index.m3u8"] = PlainTextResponse("\n".join(lines))
    with serving(answers) as origin:
        items = await pulled(origin)

    opened = [number for number, item in enumerate(items) if isinstance(item, MediaOpened)]
    assert len(opened) == 3
    pts = [item.pts_s for item in sound_of(items)]
    assert sum(after < before - 1.0 for before, after in pairwise(pts)) == 2
    assert sum(len(item.pcm) for item in sound_of(items)) / 32_000 == pytest.approx(10.0, abs=0.1)


async def test_a_missing_stretch_shows_in_the_pts_and_is_not_announced(tmp_path: Path) -> None:
    answers = vod(tmp_path, 9.0)
    text = text_of(answers).replace("index1.ts", "#EXT-X-GAP\nindex1.ts")
    answers["/index.m3u8"] = PlainTextResponse(text)
    with serving(answers) as origin:
        items = await pulled(origin)

    assert holes(items) == [(2.0, 4.0)]
    assert len([item for item in items if isinstance(item, MediaOpened)]) == 1


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def troubled(origin: Origin) -> tuple[list[MediaItem], PortError]:
    items: list[MediaItem] = []
    location = MediaLocation(f"{origin.url}/index.m3u8?sig=secret", "hls", is_live=True)
    try:
        async with asyncio.timeout(DEADLINE_S):
            async for item in FAST.stream(location):
                items.append(item)  # noqa: PERF401 -- kept when the stream breaks
    except PortError as trouble:
        return items, trouble
    pytest.fail("nothing went wrong")


async def test_a_live_without_news_has_stalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "STALL_S", 1.0)
    answers = vod(tmp_path, 5.0)
    answers["/index.m3u8"] = PlainTextResponse(text_of(answers).replace("#EXT-X-ENDLIST", ""))
    with serving(answers) as origin:
        items, trouble = await troubled(origin)

    assert told(items)[1:48] == seconds(0.1, 4.8)
    assert trouble.retryable
    assert "stalled" in str(trouble)
    assert "secret" not in str(trouble)


async def test_a_playlist_that_fails_for_a_while_is_borne(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0)
    window, statuses = answers["/index.m3u8"], iter([200, 200, 503, 503, 200, 503])

    def flaky(request: Request) -> Response:
        status = next(statuses, 200)
        assert isinstance(window, Window)
        return window(request) if status == 200 else PlainTextResponse("", status)

    with serving(answers | {"/index.m3u8": flaky}) as origin:
        items = await pulled(origin)

    assert told(items)[1:188] == seconds(0.1, 18.8)


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (PlainTextResponse("", 403), True),
        (HTMLResponse("<p>sorry</p>"), True),
        (PlainTextResponse("", 429, headers={"Retry-After": "40"}), False),
    ],
)
async def test_a_playlist_that_is_refused_ends_the_connection_after_what_was_heard(
    tmp_path: Path, answer: Response, *, permanent: bool
) -> None:
    answers = live(tmp_path, 20.0)
    window, asked = answers["/index.m3u8"], iter(range(3))

    def refusing(request: Request) -> Response:
        assert isinstance(window, Window)
        return window(request) if next(asked, None) is not None else answer

    with serving(answers | {"/index.m3u8": refusing}) as origin:
        items, trouble = await troubled(origin)

    assert told(items)[1:100] == seconds(0.1, 10.0)
    assert trouble.permanent == permanent


def without(answers: dict[str, Answer], *paths: str) -> dict[str, Answer]:
    return {path: answer for path, answer in answers.items() if path not in paths}


async def test_a_live_goes_on_after_a_segment_that_is_gone(tmp_path: Path) -> None:
    with serving(without(live(tmp_path, 20.0, size=6), "/index5.ts")) as origin:
        items = await pulled(origin)

    assert items[-1] == MediaEnded()
    assert holes(items) == [(10.0, 12.0)]


async def test_a_new_connection_bears_that_the_first_segment_is_gone(tmp_path: Path) -> None:
    with serving(without(live(tmp_path, 20.0, size=6), "/index2.ts", "/index3.ts")) as origin:
        items = await pulled(origin, from_pts_s=5.0)

    assert sound_of(items)[0].pts_s == pytest.approx(8.0, abs=0.03)


@pytest.mark.parametrize("gone", ["/index0.ts", "/index1.ts"])
async def test_a_recording_bears_that_a_segment_is_gone(tmp_path: Path, gone: str) -> None:
    with serving(without(vod(tmp_path, 9.0), gone)) as origin:
        items = await pulled(origin)

    assert items[-1] == MediaEnded()
    assert sound_of(items)[0].pts_s == pytest.approx(2.0 if gone == "/index0.ts" else 0.0, abs=0.05)


async def test_a_live_whose_segments_are_all_gone_is_refused(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0, size=6)
    with serving(without(answers, *(f"/index{number}.ts" for number in range(4, 10)))) as origin:
        items, trouble = await troubled(origin)

    assert sound_of(items)[-1].pts_s < 8.0
    assert trouble.permanent
    assert "HTTP 404" in str(trouble)


async def test_a_live_that_numbers_anew_is_left_at_once(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0)
    window, asked = answers["/index.m3u8"], iter(range(3))

    def restarting(request: Request) -> Response:
        assert isinstance(window, Window)
        if next(asked, None) is not None:
            return PlainTextResponse(bytes(window(request).body).decode().replace("SEQUENCE:", "SEQUENCE:90"))
        return PlainTextResponse("#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:2,\nindex0.ts\n")

    with serving(answers | {"/index.m3u8": restarting}) as origin:
        _, trouble = await troubled(origin)

    assert trouble.retryable
    assert "anew" in str(trouble)


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
