"""Pictures whose sound has a playlist of its own: pulled beside it, on its clock, and never in its way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.adapters.web.films import PICTURES_A_SECOND, Make, told_second, write_film
from tests.adapters.web.origin import Answer, Origin, serving
from tests.adapters.web.replay import batches_of, packets_of, replayed
from tests.adapters.web.vod import Window, on_air, text_of, vod
from tests.chirps import told_s
from vigie.adapters.web import picturetrack, segments
from vigie.adapters.web.client import WebMedia
from vigie.adapters.web.mpegclock import TURN_S
from vigie.events import AudioReceived, KeyframeReceived, Kind, MediaItem, MediaOpened
from vigie.ports import MediaLocation, Reach

DEADLINE_S = 30
LENGTH_S = 12
BEFORE_ITS_TURN = {"output_ts_offset": str(TURN_S - LENGTH_S / 2)}
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",DEFAULT=YES,URI="sound/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=160x90,CODECS="avc1.4d401f,mp4a.40.2",AUDIO="a"
pictures/index.m3u8
"""


@pytest.fixture(autouse=True)
async def deadline(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(segments, "RETRY_S", 0.0)
    async with asyncio.timeout(DEADLINE_S):
        yield


def pictures(folder: Path, seconds: int, **options: str) -> dict[str, Answer]:
    """Return pictures without sound in segments of 2 s."""
    (folder / "pictures").mkdir()
    named = {"hls_time": "2", "hls_playlist_type": "vod"} | options
    write_film(folder / "pictures" / "index.m3u8", seconds, options=named, make=Make(has_sound=False))
    return {f"/{path.name}": Response(path.read_bytes()) for path in (folder / "pictures").iterdir()}


def sound(folder: Path, seconds: int, **options: str) -> dict[str, Answer]:
    """Return sound in segments of 2 s."""
    (folder / "sound").mkdir()
    return vod(folder / "sound", seconds, **options)


def broadcast(shown: dict[str, Answer], heard: dict[str, Answer]) -> dict[str, Answer]:
    """Return a master playlist with both."""
    parts = {"pictures": shown, "sound": heard}
    named = {f"/{name}{path}": answer for name, answers in parts.items() for path, answer in answers.items()}
    return named | {"/index.m3u8": PlainTextResponse(MASTER)}


async def pulled(
    origin: Origin, *, with_packets: bool = True, from_pts_s: float | None = None, was_live: bool = False
) -> list[MediaItem]:
    location = MediaLocation(f"{origin.url}/index.m3u8", "hls", is_live=True, with_packets=with_packets)
    media = WebMedia(Reach.NETWORK, speed=50)
    return [item async for item in media.stream(location, from_pts_s=from_pts_s, was_live=was_live)]


def assert_whole(items: list[MediaItem], from_s: int, to_s: int) -> None:
    """Assert that the pictures of those seconds are there, dated as they show, and that the sound is."""
    found = replayed(batches_of(items))
    times = [second for _, second in found.pictures]
    heard = [item for item in items if isinstance(item, AudioReceived)]
    assert found.errors == 0
    assert times[0] == pytest.approx(from_s, abs=0.7)
    assert times[-1] == pytest.approx(to_s - 1, abs=0.7)
    assert len(times) == (to_s - from_s) * PICTURES_A_SECOND
    # the muxers of the two playlists begin a tenth of a second apart
    assert [at_s - second for at_s, second in found.pictures] == pytest.approx([0.0] * len(times), abs=0.8)
    assert told_s(b"".join(item.pcm for item in heard))[2] == pytest.approx(from_s + 0.25, abs=0.15)
    assert sum(len(item.pcm) for item in heard) / 32_000 == pytest.approx(to_s - from_s, abs=0.2)
    assert found.sound_s == pytest.approx(to_s - from_s, abs=0.2)


# ── what comes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["mpegts", "fmp4"])
async def test_pictures_and_sound_of_a_recording_come_in_step(tmp_path: Path, kind: str) -> None:
    shown = pictures(tmp_path, LENGTH_S, hls_segment_type=kind)
    with serving(broadcast(shown, sound(tmp_path, LENGTH_S, segment_type=kind))) as origin:
        items = await pulled(origin)

    assert_whole(items, 0, LENGTH_S)
    heard_s = shown_s = 0.0
    for item in items:
        heard_s = item.pts_s if isinstance(item, AudioReceived) else heard_s
        shown_s = max([shown_s, *(each.pts_s for each in packets_of([item], Kind.PICTURE))])
        assert abs(shown_s - heard_s) < 6.0
    assert len(batches_of(items)[-1].encodings) == 2
    asked = [path for path, _ in origin.requests if path.endswith((".ts", ".m4s"))]
    assert len(asked) == len(set(asked)) + 1  # the first sound twice: it tells when it all began


async def test_pictures_and_sound_of_a_live_come_to_its_end(tmp_path: Path) -> None:
    shown, heard = pictures(tmp_path, LENGTH_S), sound(tmp_path, LENGTH_S)
    with serving(broadcast(on_air(shown, size=5), on_air(heard, size=5))) as origin:
        items = await pulled(origin)

    assert_whole(items, 2, LENGTH_S)
    assert packets_of(items, Kind.PICTURE)[0].is_keyframe


async def test_a_recording_is_taken_up_in_the_middle(tmp_path: Path) -> None:
    with serving(broadcast(pictures(tmp_path, LENGTH_S), sound(tmp_path, LENGTH_S))) as origin:
        items = await pulled(origin, from_pts_s=7.0)

    assert_whole(items, 6, LENGTH_S)


async def test_the_wall_has_its_picture_without_a_request_more(tmp_path: Path) -> None:
    with serving(broadcast(pictures(tmp_path, LENGTH_S), sound(tmp_path, LENGTH_S))) as origin:
        items = await pulled(origin, was_live=True)

    [picture] = [item for item in items if isinstance(item, KeyframeReceived)]
    assert told_second(picture.jpeg) == pytest.approx(0.0, abs=0.5)
    assert len([path for path, _ in origin.requests if path == "/pictures/index.m3u8"]) == 1


async def test_without_packets_the_pictures_are_not_pulled(tmp_path: Path) -> None:
    with serving(broadcast(pictures(tmp_path, LENGTH_S), sound(tmp_path, LENGTH_S))) as origin:
        items = await pulled(origin, with_packets=False)

    assert not batches_of(items)
    assert not [path for path, _ in origin.requests if path.startswith("/pictures/") and path.endswith(".ts")]


@pytest.mark.parametrize("was_live", [False, True])
async def test_both_go_through_the_turn_of_their_clock(tmp_path: Path, *, was_live: bool) -> None:
    shown = pictures(tmp_path, LENGTH_S, **BEFORE_ITS_TURN)
    (tmp_path / "heard").mkdir()
    write_film(
        tmp_path / "heard" / "index.m3u8", LENGTH_S, options={"hls_time": "2", "hls_list_size": "0"} | BEFORE_ITS_TURN
    )
    heard: dict[str, Answer] = {f"/{path.name}": Response(path.read_bytes()) for path in (tmp_path / "heard").iterdir()}
    with serving(broadcast(shown, heard)) as origin:
        items = await pulled(origin, was_live=was_live)

    found = replayed(batches_of(items))
    began_s = next(item.pts_s for item in items if isinstance(item, AudioReceived))
    assert found.errors == 0
    assert [at_s - began_s for at_s, _ in found.pictures] == pytest.approx(
        [number / PICTURES_A_SECOND for number in range(LENGTH_S * PICTURES_A_SECOND)], abs=0.3
    )


async def test_pictures_of_another_clock_come_with_their_sound(tmp_path: Path) -> None:
    shown, heard = pictures(tmp_path, LENGTH_S), sound(tmp_path, LENGTH_S)
    for answers in (shown, heard):
        lines = text_of(answers).splitlines()
        segments_ = [line for line in lines if line.startswith("#EXTINF") or not line.startswith("#")]
        turned = [*lines[:5], *segments_[4:], "#EXT-X-DISCONTINUITY", *segments_[:4], "#EXT-X-ENDLIST"]
        answers["/index.m3u8"] = PlainTextResponse("\n".join(turned))
    with serving(broadcast(shown, heard)) as origin:
        items = await pulled(origin)

    opened = [number for number, item in enumerate(items) if isinstance(item, MediaOpened)]
    before, after = items[: opened[1]], items[opened[1] :]
    assert [second for _, second in replayed(batches_of(before)).pictures[:1]] == pytest.approx([4.0], abs=0.7)
    assert [second for _, second in replayed(batches_of(after)).pictures][-4:] == pytest.approx([2, 2, 3, 3], abs=0.7)
    assert replayed(batches_of(items)).errors == 0


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("was_live", [False, True])
@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/index.m3u8", PlainTextResponse("", 403)),
        ("/index.m3u8", PlainTextResponse("<p>sorry</p>")),
        ("/index0.ts", Response(bytes(10_000))),
    ],
    ids=["refused", "no playlist", "no media"],
)
async def test_pictures_that_cannot_be_had_leave_the_sound_alone(
    tmp_path: Path, path: str, answer: Answer, *, was_live: bool
) -> None:
    shown = pictures(tmp_path, LENGTH_S) | {path: answer}
    with serving(broadcast(shown, sound(tmp_path, LENGTH_S))) as origin:
        items = await pulled(origin, was_live=was_live)

    heard_s = sum(len(item.pcm) for item in items if isinstance(item, AudioReceived)) / 32_000
    assert heard_s == pytest.approx(LENGTH_S, abs=0.1)
    assert {packet.kind for packet in packets_of(items)} >= {Kind.SOUND}


async def test_pictures_of_a_live_come_back_after_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturetrack, "REST_S", 0.0)
    shown, heard = on_air(pictures(tmp_path, 40), size=4), on_air(sound(tmp_path, 40), size=4)
    window, asked = shown["/index.m3u8"], iter(range(100))

    def refused_once(request: Request) -> Response:
        assert isinstance(window, Window)
        return window(request) if next(asked) != 1 else PlainTextResponse("", 403)

    shown["/index.m3u8"] = refused_once
    with serving(broadcast(shown, heard)) as origin:
        items = await pulled(origin)

    found = replayed(batches_of(items))
    assert found.errors == 0
    assert found.pictures[-1][1] > 30.0
