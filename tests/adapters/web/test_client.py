"""The port against the simulated origin: what is heard is what was sent, and trouble is told."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chirps import told_s, write_media
from tests.stages import stage
from vigie.adapters.web import fetch, segments
from vigie.adapters.web.client import WebMedia
from vigie.events import AudioReceived, CaptionReceived, MediaEnded, MediaItem, MediaOpened
from vigie.ports import MediaSource, PortError, Reach
from vigie.simulators.media import Fault, Kind, Live, MediaServer, Resource, RunningClock, Script, demo_script

DEADLINE_S = 30
SPEED = 16.0
ALL = frozenset(Resource)


@pytest.fixture(scope="module")
def rising(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 s of a tone that tells its own time."""
    return write_media(tmp_path_factory.mktemp("chirp") / "rising.m4a", 100.0)


@dataclass
class Heard:
    """What one connection brought."""

    items: list[MediaItem] = field(default_factory=list)
    trouble: PortError | None = None

    @property
    def sound(self) -> list[AudioReceived]:
        return [item for item in self.items if isinstance(item, AudioReceived)]

    @property
    def seconds(self) -> float:
        return sum(len(item.pcm) for item in self.sound) / 32_000

    @property
    def holes(self) -> list[tuple[float, float]]:
        """Where the pts jumps."""
        ends = [(item.pts_s, item.pts_s + len(item.pcm) / 32_000) for item in self.sound]
        return [(before[1], after[0]) for before, after in pairwise(ends) if abs(after[0] - before[1]) > 0.05]


async def listen(media: MediaSource, source: str, *, seconds: float = 1e9, from_pts_s: float | None = None) -> Heard:
    """Hear a source until it ends, breaks, or brought that many seconds."""
    heard = Heard()
    try:
        async with asyncio.timeout(DEADLINE_S):
            stream = media.stream(await media.resolve(source), from_pts_s=from_pts_s)
            async for item in stream:
                heard.items.append(item)
                if heard.seconds >= seconds:
                    await stream.aclose()
                    break
    except PortError as error:
        heard.trouble = error
    return heard


def playing(*faults: Fault, media: Path, **options: object) -> MediaServer:
    live = Live("fr", media, faults=faults, **{"window": 20, **options})  # type: ignore[arg-type]
    return stage(live, pace=lambda wall_s: SPEED * wall_s)


# ── what is sent is heard ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["fr.m3u8", "fr.flv", "fr/audio.flv", "fr/audio.m3u8"])
async def test_a_live_is_heard_without_a_hole(rising: Path, path: str) -> None:
    async with playing(media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url(path), seconds=15.0)

    told = told_s(b"".join(item.pcm for item in heard.sound))[2:]
    assert heard.items[0] == MediaOpened("hls" if path.endswith("m3u8") else "http", is_live=True, has_audio=True)
    assert told == pytest.approx([told[0] + number / 10 for number in range(len(told))], abs=0.08)
    assert heard.holes == []


async def test_the_rendition_without_pictures_is_pulled_with_its_captions() -> None:
    async with MediaServer(demo_script(), clock=RunningClock(SPEED)) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"), seconds=20.0)
        looked_at_s = sum(
            one.sound.to_s - one.sound.from_s for one in server.deliveries("fr") if one.rendition == "video"
        )

    assert looked_at_s == pytest.approx(2.0, abs=0.5)  # one segment, for its keyframe
    words = [item.text for item in heard.items if isinstance(item, CaptionReceived)]
    assert words[0] == "Bonjour à tous, et bienvenue en direct du marché de Saint-Aubin."
    assert len(words) == len(set(words)) >= 4


@pytest.mark.parametrize("path", ["files/talk.mp4", "files/talk.wav"])
async def test_a_recording_on_the_web_is_heard_to_its_end_and_taken_up_in_the_middle(tmp_path: Path, path: str) -> None:
    files = {name: write_media(tmp_path / name, 9.0) for name in ("talk.mp4", "talk.wav")}
    async with MediaServer(Script(files=files)) as server:
        heard = await listen(WebMedia(Reach.DISK), server.url(path))
        rest = await listen(WebMedia(Reach.DISK), server.url(path), from_pts_s=6.0)

    opened = heard.items[0]
    assert isinstance(opened, MediaOpened)
    assert replace(opened, duration_s=None) == MediaOpened("http", is_live=False, has_audio=True)
    assert opened.duration_s == pytest.approx(9.0, abs=0.1)
    assert heard.items[-1] == rest.items[-1] == MediaEnded()
    assert heard.seconds == pytest.approx(9.0, abs=0.1)
    assert 5.0 < rest.sound[0].pts_s <= 6.0


async def test_a_file_is_heard(tmp_path: Path) -> None:
    heard = await listen(WebMedia(Reach.DISK), str(write_media(tmp_path / "talk.webm", 3.0)))

    assert [type(item) for item in heard.items] == [
        MediaOpened,
        *[AudioReceived] * 6,
        MediaEnded,
    ] or heard.seconds > 2.9


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.RESET])
async def test_an_flv_that_is_cut_is_heard_up_to_the_cut(rising: Path, kind: Kind) -> None:
    async with playing(Fault(kind, at_s=16.0), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK), server.url("fr.flv"))
        sent = server.deliveries("fr")[-1].sound

    assert heard.trouble is not None
    assert heard.trouble.retryable
    assert heard.seconds == pytest.approx(sent.to_s - sent.from_s, abs=2.5 if kind is Kind.RESET else 0.1)


async def test_an_flv_that_stalls_is_given_up(rising: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "READ_S", 0.5)
    async with playing(Fault(Kind.STALL, at_s=16.0, for_s=600.0), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK), server.url("fr.flv"))

    assert heard.trouble is not None
    assert heard.trouble.retryable
    assert "no data" in str(heard.trouble)
    assert heard.seconds > 5.0


async def test_hls_bears_segments_that_fail_for_a_while(rising: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "RETRY_S", 0.15)
    cut = Fault(Kind.CUT, at_s=14.0, for_s=2.0, resources=frozenset({Resource.SEGMENT}))
    refused = Fault(Kind.REFUSE, at_s=22.0, for_s=2.0, resources=frozenset({Resource.SEGMENT}))
    async with playing(cut, refused, media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"), seconds=24.0)

    assert heard.trouble is None
    assert heard.holes == []


async def test_what_the_encoder_lost_is_a_hole_in_the_pts(rising: Path) -> None:
    async with playing(Fault(Kind.SKIP, at_s=16.0, for_s=6.0), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"), seconds=20.0)

    assert [(round(start - 10, 1), round(end - 10, 1)) for start, end in heard.holes] == [(16.0, 22.0)]
    assert len([item for item in heard.items if isinstance(item, MediaOpened)]) == 1


async def test_a_restarted_encoder_is_announced_in_hls(rising: Path) -> None:
    async with playing(Fault(Kind.RESTART, at_s=16.0), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"), seconds=20.0)

    places = [number for number, item in enumerate(heard.items) if isinstance(item, MediaOpened)]
    assert len(places) == 2
    after = heard.items[places[1] + 1]
    assert isinstance(after, AudioReceived)
    assert after.pts_s == pytest.approx(10.0, abs=0.05)


async def test_an_expired_address_is_refused_and_a_fresh_one_goes_on_without_loss(rising: Path) -> None:
    async with playing(media=rising, signed_for_s=12.0) as server:
        source = server.url("resolve/fr.m3u8")
        first = await listen(WebMedia(Reach.DISK, speed=SPEED), source)
        assert first.trouble is not None
        last = first.sound[-1]
        rest = await listen(WebMedia(Reach.DISK, speed=SPEED), source, from_pts_s=last.pts_s + 0.5, seconds=5.0)

    assert "HTTP 403" in str(first.trouble)
    assert rest.sound[0].pts_s <= last.pts_s + 0.55


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        (Kind.HTML, "fr.m3u8", "not an HLS playlist"),
        (Kind.EMPTY, "fr.m3u8", "not an HLS playlist"),
        (Kind.REDIRECT, "fr.m3u8", "not an address that can be opened"),
    ],
)
async def test_nonsense_in_place_of_a_playlist_is_told(rising: Path, kind: Kind, path: str, words: str) -> None:
    async with playing(Fault(kind, for_s=600.0, resources=ALL), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK), server.url(path))

    assert heard.items == []
    assert words in str(heard.trouble)


@pytest.mark.parametrize("path", ["gone.m3u8", "gone.flv", "files/gone.mp3"])
async def test_a_dead_address_says_so(rising: Path, path: str) -> None:
    async with playing(media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK), server.url(path))

    assert heard.items == []
    assert heard.trouble is not None
    assert heard.trouble.permanent
    assert "HTTP 404" in str(heard.trouble)


@pytest.mark.parametrize("path", ["fr.m3u8", "fr.flv", "fr", "files/fr.mp4", "resolve/fr.m3u8"])
async def test_the_own_network_is_out_of_reach_unless_allowed(path: str) -> None:
    async with MediaServer(demo_script()) as server:
        heard = await listen(WebMedia(), server.url(path))

    assert heard.items == []
    assert heard.trouble is not None
    assert heard.trouble.permanent
    assert "a private address" in str(heard.trouble)


async def test_ffmpeg_is_not_led_into_the_own_network(black_hole: socket.socket) -> None:
    host, port = black_hole.getsockname()

    heard = await listen(WebMedia(), f"rtmp://{host}:{port}/app/key")

    assert "a private address" in str(heard.trouble)


async def test_a_wrong_content_type_changes_nothing(rising: Path) -> None:
    mislabelled = Live("fr", rising, faults=(Fault(Kind.MISLABEL, for_s=600.0),))
    async with MediaServer(Script((mislabelled,)), clock=RunningClock(SPEED)) as server:
        heard = await listen(WebMedia(Reach.NETWORK, speed=SPEED), server.url("fr.m3u8"), seconds=10.0)

    assert heard.trouble is None
    assert heard.holes == []


async def test_a_truncated_segment_loses_only_itself(rising: Path) -> None:
    async with playing(Fault(Kind.TRUNCATE, at_s=16.0, for_s=1.0), media=rising) as server:
        heard = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"), seconds=20.0)

    assert heard.trouble is None
    assert sum(end - start for start, end in heard.holes) < 4.5


async def test_the_end_of_a_live_is_told(rising: Path) -> None:
    async with playing(Fault(Kind.END, at_s=16.0), media=rising) as server:
        hls = await listen(WebMedia(Reach.DISK, speed=SPEED), server.url("fr.m3u8"))

    assert hls.items[-1] == MediaEnded()
    assert hls.trouble is None


# ── leaving ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def black_hole() -> Iterator[socket.socket]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


async def cancelled_within_a_second(media: MediaSource, source: str, *, after: int) -> None:
    items: asyncio.Queue[MediaItem] = asyncio.Queue()

    async def read() -> None:
        async for item in media.stream(await media.resolve(source)):
            items.put_nowait(item)

    async with asyncio.timeout(DEADLINE_S):
        task = asyncio.create_task(read())
        for _ in range(after):
            await items.get()
    task.cancel()
    async with asyncio.timeout(1.0):
        await asyncio.wait([task])
    assert task.cancelled()


@pytest.mark.parametrize("path", ["fr.m3u8", "fr.flv"])
async def test_a_cancelled_reader_is_gone_within_a_second(rising: Path, path: str) -> None:
    async with playing(media=rising) as server:
        await cancelled_within_a_second(WebMedia(Reach.DISK, speed=SPEED), server.url(path), after=10)

    for thread in threading.enumerate():
        if thread.name.startswith("decoder"):
            await asyncio.to_thread(thread.join, 1.0)
            assert not thread.is_alive()


async def test_a_reader_of_a_stalled_live_is_gone_within_a_second(rising: Path) -> None:
    async with playing(Fault(Kind.STALL, at_s=8.0, for_s=600.0, resources=ALL), media=rising) as server:
        await cancelled_within_a_second(WebMedia(Reach.DISK), server.url("fr.flv"), after=3)


async def test_a_reader_of_a_long_file_is_gone_within_a_second(rising: Path) -> None:
    await cancelled_within_a_second(WebMedia(Reach.DISK), str(rising), after=3)


async def test_a_reader_of_a_mute_server_is_gone_within_a_second(black_hole: socket.socket) -> None:
    host, port = black_hole.getsockname()
    media = WebMedia(Reach.DISK)

    async def read() -> None:
        async for _ in media.stream(await media.resolve(f"rtmp://{host}:{port}/app/key")):
            pass

    task = asyncio.create_task(read())
    connection, _ = await asyncio.to_thread(black_hole.accept)
    with connection:
        task.cancel()
        async with asyncio.timeout(1.0):
            await asyncio.wait([task])
    assert task.cancelled()


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    yield
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
