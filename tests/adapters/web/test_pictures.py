import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from subprocess import Popen

import numpy as np
import pytest
from av.stream import Discard
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from tests.adapters.web.films import KEY_EVERY_S, damaged, picture, shown, told_second, write_film
from tests.adapters.web.origin import Answer, free_port, serving
from tests.adapters.web.replay import batches_of, replayed
from tests.chirps import write_media
from tests.programs import needed
from vigie.adapters.web import pictures
from vigie.adapters.web.client import WebMedia
from vigie.adapters.web.containers import open_file
from vigie.adapters.web.pictures import EVERY_S, TALLEST, WIDTH, Pace, Pictures, first_picture
from vigie.adapters.web.sound import first_audio, sound
from vigie.events import AudioReceived, KeyframeReceived, MediaItem
from vigie.ports import PortError, Reach
from vigie.simulators.media import MediaServer, RunningClock, demo_script

DEADLINE_S = 30
LENGTH_S = 55


@pytest.fixture(autouse=True)
async def deadline() -> AsyncIterator[None]:
    async with asyncio.timeout(DEADLINE_S):
        yield


@pytest.fixture(scope="module")
def a_segment(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """MPEG-TS of 4 s."""
    return write_film(tmp_path_factory.mktemp("film") / "film.ts", 4).read_bytes()


def seen(path: Path) -> tuple[list[KeyframeReceived], list[AudioReceived]]:
    """Return the pictures and the sound of a file."""
    found: list[KeyframeReceived] = []
    with open_file(path) as container:
        stream = first_audio(container)
        assert stream
        heard = list(sound(container, stream, Pictures(container, Pace(), found.append)))
    return found, heard


async def items_of(source: str, *, speed: float = 1.0, seconds: float = 1e9) -> list[MediaItem]:
    """Return what a source yields in its first seconds of sound."""
    media, items, heard_s = WebMedia(Reach.DISK, speed=speed), list[MediaItem](), 0.0
    stream = media.stream(await media.resolve(source))
    async for item in stream:
        items.append(item)
        heard_s += len(item.pcm) / 32_000 if isinstance(item, AudioReceived) else 0.0
        if heard_s >= seconds:
            await stream.aclose()
            break
    return items


def hls_film(folder: Path, seconds: int, **options: str) -> dict[str, Answer]:
    """Return a film in segments of 4 s; `options` are those of FFmpeg's hls muxer, `hls_` left out."""
    named = {"hls_time": "4", "hls_playlist_type": "vod"} | {f"hls_{name}": value for name, value in options.items()}
    write_film(folder / "index.m3u8", seconds, options=named)
    return {f"/{path.name}": Response(path.read_bytes()) for path in folder.iterdir()}


@contextmanager
def sent_by_rtmp(film: Path) -> Iterator[str]:
    """Yield the address of a server that sends a film at its own pace to whoever comes first."""
    address = f"rtmp://127.0.0.1:{free_port()}/live/key"
    sent = ("-re", "-i", film, "-c", "copy", "-f", "flv", "-listen", "1", address)
    with Popen([needed("ffmpeg"), "-nostdin", "-loglevel", "quiet", *sent]) as server:
        try:
            yield address
        finally:
            server.kill()


def pictures_of(items: list[MediaItem]) -> list[KeyframeReceived]:
    return [item for item in items if isinstance(item, KeyframeReceived)]


def assert_true_to_their_time(found: list[KeyframeReceived]) -> None:
    times = [item.pts_s for item in found]
    assert all(EVERY_S <= after - before <= EVERY_S + 2 * KEY_EVERY_S for before, after in pairwise(times))
    assert [told_second(item.jpeg) for item in found] == pytest.approx(times, abs=1.0)


# ── which ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("film.mp4", {}),
        ("film.mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
        ("film.flv", {}),
        ("film.ts", {}),
        ("film.mkv", {}),
    ],
)
def test_a_keyframe_is_taken_every_20_s_and_shows_its_moment(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    found, _ = seen(write_film(tmp_path / name, LENGTH_S, options=options))

    assert len(found) == 3
    assert_true_to_their_time(found)


@pytest.mark.parametrize("options", [{}, {"segment_type": "fmp4"}])
async def test_hls_shows_its_pictures(tmp_path: Path, options: dict[str, str]) -> None:
    with serving(hls_film(tmp_path, 30, **options)) as origin:
        found = pictures_of(await items_of(f"{origin.url}/index.m3u8"))

    assert len(found) == 2
    assert_true_to_their_time(found)


@pytest.mark.parametrize("path", ["fr.flv", "fr/video.m3u8", "fr.m3u8"])
async def test_a_live_shows_its_pictures(path: str) -> None:
    async with MediaServer(demo_script(), clock=RunningClock(16.0)) as server:
        found = pictures_of(await items_of(server.url(path), speed=16.0, seconds=30.0))

    assert len(found) == 2
    assert found[0].pts_s + EVERY_S - 2 * KEY_EVERY_S <= found[1].pts_s
    assert all(np.ptp(shown(item.jpeg)) > 100 for item in found)


async def test_rtmp_shows_its_pictures(tmp_path: Path) -> None:
    found: list[KeyframeReceived] = []
    with sent_by_rtmp(write_film(tmp_path / "film.flv", 3)) as address:
        while not found:  # it takes a moment until somebody listens
            with suppress(PortError):
                found = pictures_of(await items_of(address, seconds=1.0))

    assert len(found) == 1
    assert_true_to_their_time(found)


async def test_rtmp_brings_its_packets(tmp_path: Path) -> None:
    items: list[MediaItem] = []
    with sent_by_rtmp(write_film(tmp_path / "film.flv", 4)) as address:
        media = WebMedia(Reach.DISK)
        location = await media.resolve(address, with_packets=True)
        while not items:  # it takes a moment until somebody listens
            with suppress(PortError):
                async for item in media.stream(location):
                    items.append(item)  # noqa: PERF401 -- kept when the stream breaks

    found = replayed(batches_of(items))
    assert (found.errors, found.sizes) == (0, [(160, 90)])
    assert found.pictures[0] == pytest.approx((0.0, 0.0), abs=0.3)


async def test_stretches_of_one_connection_share_its_pace() -> None:
    pace = Pace()

    told = []
    for at_s in (0.0, 19.9, 20.0, 39.0, 45.0, 3.0):
        told.append(pace.is_due(at_s))
        if told[-1]:
            pace.tried(at_s)

    assert told == [True, False, True, False, True, True]


def test_pictures_are_switched_off_until_one_is_due(tmp_path: Path) -> None:
    taken: list[KeyframeReceived] = []
    with open_file(write_film(tmp_path / "film.mp4", 30)) as container:
        stream = first_audio(container)
        assert stream
        chunks = sound(container, stream, Pictures(container, Pace(), taken.append))
        off = {round(chunk.pts_s) for chunk in chunks if container.streams.video[0].discard is Discard.all}

    assert off >= set(range(2, 19)) | {25, 29}
    assert len(taken) == 2


# ── what they show ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("size", "height"), [((1920, 1080), 54), ((1080, 1920), 171), ((64, 64), 96), ((32, 640), TALLEST), ((640, 16), 2)]
)
def test_a_picture_is_96_pixels_wide_in_its_proportions(size: tuple[int, int], height: int) -> None:
    jpeg = pictures._jpeg(picture(np.zeros(size[::-1], np.uint8)))

    assert shown(jpeg).shape == (height, WIDTH)


def test_details_are_gone_and_shapes_are_left() -> None:
    rng = np.random.default_rng(1)
    gray = rng.integers(0, 256, (720, 1280), np.uint8)
    gray[:, 640:] //= 8

    jpeg = pictures._jpeg(picture(gray))
    left, right = np.hsplit(shown(jpeg)[4:-4, 4:-4].astype(float), 2)

    assert len(jpeg) < 2_500
    assert left.mean() > right.mean() + 80
    assert left[:, :-8].std() < 8


def test_what_is_narrower_than_two_points_cannot_be_told_apart() -> None:
    gray = np.zeros((720, 1280), np.uint8)
    gray[:, (np.arange(1280) // 26) % 2 == 0] = 255  # stripes as wide as half a point

    assert shown(pictures._jpeg(picture(gray)))[:, 4:-4].std() < 12


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["flv", "ts", "mp4", "mkv"])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_pictures_do_not_disturb_the_sound(tmp_path: Path, suffix: str, seed: int) -> None:
    film = write_film(tmp_path / f"film.{suffix}", 30)

    found, heard = seen(damaged(film, Random(seed)))

    assert heard == seen(film)[1]
    assert len(found) <= 2


def test_a_codec_that_nobody_knows_is_left_alone(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mkv", 10)
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ"))

    found, heard = seen(path)

    assert found == []
    assert sum(len(one.pcm) for one in heard) / 32_000 == pytest.approx(10.0, abs=0.1)


@given(start=st.integers(0, 40_000), noise=st.binary(min_size=1, max_size=2_000), cut=st.integers(0, 60_000))
def test_the_first_picture_of_whatever_comes_is_one_or_none(
    a_segment: bytes, start: int, noise: bytes, cut: int
) -> None:
    body = a_segment[:start] + noise + a_segment[start + len(noise) : cut]

    first = first_picture(body)

    assert first is None or first.jpeg.startswith(b"\xff\xd8")


def test_sound_alone_shows_nothing(tmp_path: Path) -> None:
    assert seen(write_media(tmp_path / "talk.m4a", 2.0))[0] == []
