import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import httpx
import pytest

from tests.programs import needed
from tests.simulators.media.tones import write_tone
from vigie.simulators.media.clock import HandClock, RunningClock
from vigie.simulators.media.deliveries import united
from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.script import Live, Script, demo_script
from vigie.simulators.media.server import MediaServer

FRENCH, ENGLISH = (replace(live, faults=()) for live in demo_script().lives)
FRAME_S = 0.064
FIRST_PTS_S = 10
SPEED = 8
WINDOW = 20
"""FFmpeg looks at a playlist every 2 s of the wall; at eight times the speed that is 16 s of the live."""


@pytest.fixture(scope="module")
def server() -> Iterator[MediaServer]:
    """Return a server eight times as fast as life."""
    lives = (
        replace(FRENCH, window=WINDOW),
        replace(FRENCH, name="round", preroll_s=188),
        replace(FRENCH, name="page", faults=(Fault(Kind.HTML, for_s=9999),)),
        replace(FRENCH, name="gone", signed_for_s=1),
        replace(ENGLISH, window=WINDOW, preroll_s=40),
    )
    with MediaServer(Script(lives, {"fr.mp4": FRENCH.media}), clock=RunningClock(SPEED)) as server:
        yield server


def times_s(url: str, count: int) -> list[float]:
    """Return when the first frames of sound are heard that PyAV decodes."""
    heard: list[float] = []
    with av.open(url, "r", timeout=10, options={"live_start_index": "0"}) as reader:
        for frame in reader.decode(audio=0):
            heard.append(frame.time or 0.0)
            if len(heard) == count:
                break
    return heard


def is_continuous(heard_s: list[float], frame_s: float) -> bool:
    return all(abs(after - before - frame_s) < 0.002 for before, after in pairwise(heard_s))


# ── real clients ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "frame_s"),
    [
        ("fr.flv", FRAME_S),
        ("fr/audio.flv", FRAME_S),
        ("en/audio.flv", 1024 / 24_000),
        ("round/audio.flv", FRAME_S),  # across the end of a round
        ("fr.m3u8", FRAME_S),
        ("en/audio.m3u8", 1024 / 24_000),  # all of it listed from the start
    ],
)
def test_pyav_decodes_a_live_without_a_gap(server: MediaServer, path: str, frame_s: float) -> None:
    heard_s = times_s(server.url(path), 200)

    assert (len(heard_s), is_continuous(heard_s, frame_s)) == (200, True)


def test_pyav_hears_nothing_that_was_not_written_down(server: MediaServer) -> None:
    before = len(server.deliveries("en"))
    heard_s = times_s(server.url("en.flv"), 100)
    [delivery] = server.deliveries("en")[before:]

    assert delivery.sound.pts_from_s == pytest.approx(heard_s[0], abs=0.001)
    assert delivery.sound.pts_to_s >= heard_s[-1]


def test_pyav_decodes_every_frame_of_a_live_to_its_end(tmp_path: Path) -> None:
    tone = Live("tone", write_tone(tmp_path / "tone.wav", 12), loops=False, preroll_s=4, window=WINDOW)
    with MediaServer(Script((tone,)), clock=RunningClock(SPEED)) as server:
        heard_s = times_s(server.url("tone.m3u8"), 10_000)

        assert is_continuous(heard_s, FRAME_S)
        [covered] = united(server.deliveries("tone"))
        assert (heard_s[0], heard_s[-1]) == pytest.approx(
            (covered[0] + FIRST_PTS_S, covered[1] + FIRST_PTS_S - FRAME_S)
        )
        assert covered[1] == pytest.approx(12.032, abs=0.001)


def test_pyav_takes_an_orderly_cut_for_the_end() -> None:
    live = replace(FRENCH, faults=(Fault(Kind.CUT, at_s=12),))
    with MediaServer(Script((live,)), clock=RunningClock(SPEED)) as server:
        heard_s = times_s(server.url("fr/audio.flv"), 10_000)
        [delivery] = server.deliveries("fr")

    assert delivery.sound.to_s == pytest.approx(12.032, abs=0.001)
    assert heard_s[-1] + FRAME_S == pytest.approx(delivery.sound.pts_to_s, abs=0.001)


def test_pyav_gets_an_error_where_a_connection_is_reset() -> None:
    live = replace(FRENCH, faults=(Fault(Kind.RESET, at_s=12),))
    with MediaServer(Script((live,)), clock=RunningClock(SPEED)) as server, pytest.raises(av.FFmpegError):
        times_s(server.url("fr/audio.flv"), 10_000)


def test_pyav_hears_a_restart_as_a_step_back_to_other_frames() -> None:
    live = replace(FRENCH, faults=(Fault(Kind.RESTART, at_s=9, media="en"),), window=WINDOW, preroll_s=30)
    with MediaServer(Script((live, ENGLISH)), clock=RunningClock(SPEED)) as server:
        heard_s = times_s(server.url("fr/audio.m3u8"), 220)

    steps_s = [round(after - before, 3) for before, after in pairwise(heard_s)]
    assert set(steps_s) >= {0.064, 0.043}
    assert min(steps_s) < -9


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("page.m3u8", av.InvalidDataError),
        ("gone.m3u8", av.HTTPForbiddenError),
        ("gone.flv", av.HTTPForbiddenError),
        ("nowhere.m3u8", av.HTTPNotFoundError),
    ],
)
def test_pyav_cannot_open_what_is_broken(server: MediaServer, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        av.open(server.url(path), "r", timeout=5)


def test_pyav_seeks_in_a_plain_file(server: MediaServer) -> None:
    with av.open(server.url("files/fr.mp4"), "r", timeout=5) as reader:
        reader.seek(100_000_000)
        first = next(reader.decode(audio=0))

    assert first.time == pytest.approx(100, abs=2)


@pytest.mark.parametrize(("path", "names"), [("fr.flv", ["aac", "h264"]), ("fr/audio.m3u8", ["aac"])])
def test_ffprobe_agrees(server: MediaServer, path: str, names: list[str]) -> None:
    command = [
        needed("ffprobe"),
        "-v",
        "error",
        "-show_entries",
        "stream=codec_name,start_time",
        "-of",
        "json",
        server.url(path),
    ]
    streams = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=20).stdout)["streams"]

    assert sorted(stream["codec_name"] for stream in streams) == names
    assert all(float(stream["start_time"]) >= FIRST_PTS_S for stream in streams)


# ── starting and stopping ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_starts_with_its_clock_at_the_preroll() -> None:
    clock = HandClock()
    clock.advance(1000)
    with MediaServer(Script((FRENCH,)), clock=clock) as server:
        clock.advance(1.5)

        assert server.now_s("fr") == 7.5


async def test_a_server_can_be_waited_for() -> None:
    async with MediaServer(Script((FRENCH,)), clock=HandClock()) as server, httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(server.url("fr.m3u8"))

    assert answer.status_code == 200


def test_a_port_is_free_again_when_the_server_has_stopped() -> None:
    with MediaServer(Script(), clock=HandClock()) as server:
        port = httpx.URL(server.url()).port
    with MediaServer(Script(), port=port or 0) as again:
        assert again.url() == server.url()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(OSError, match="in use"):
        MediaServer(Script(), port=listener.getsockname()[1]).start()


def test_media_that_cannot_be_played_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        MediaServer(Script((Live("fr", tmp_path / "nowhere.mp4"),))).start()


def test_many_lives_of_one_file_share_it() -> None:
    lives = tuple(replace(FRENCH, name=f"fr{n}") for n in range(40))
    with MediaServer(Script(lives), clock=HandClock()) as server:
        assert len({id(air.recording) for air in server._lives.values()}) == 1
