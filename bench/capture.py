"""Capture: what pulling, placing, cutting and keeping many lives costs one process, beside an ffmpeg for each of them.

A simulated origin in a process of its own plays speech (AAC, 44.1 kHz, stereo, 128 kb/s) at the pace of lives: half of
the streams are HTTP-FLV, half HLS. Ours goes the whole way: decoding, voice detection, utterances as rows, sound on
disk. The peer decodes, and drops what it decoded. Measured once all streams run; start-up is apart. Sound becomes FLAC
once a minute, seldom within the measurement: what that costs is measured on the same sound, and added.

`cpu_ms_per_stream_s`: milliseconds of a core for a second of a stream; `..._decoding_only` is ours without ears, as the
peer (not with --quick). `mb_per_stream`: memory that each further stream takes: the proportional set size, so that what
several ffmpegs share is counted once.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from bench import Result, measured
from vigie.simulators.media.script import PREPARED

if TYPE_CHECKING:
    from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PlacedPackets

BIT_RATE, RATE, LENGTH_S = 128_000, 44_100, 60
STREAMS = (10, 40)
FIRST = 2
"""Streams that run before memory is first looked at: what is loaded once is not counted for each."""
WARM_UP_S = 2.5
START_S = 60.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a measurement took."""

    seconds: float
    cpu_s: float
    stream_s: float
    """Seconds of sound received, all streams together."""
    mb_per_stream: float

    def figure(self, unit: str) -> float:
        """Return milliseconds of a core for a second of a stream (`ms`), or megabytes a stream (`MB`)."""
        return 1000 * self.cpu_s / self.stream_s if unit == "ms" else self.mb_per_stream


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Measure 10 streams, then 40."""
    seconds = 4.0 if quick else 20.0
    with tempfile.TemporaryDirectory() as folder, origin(Path(folder)) as urls:
        chosen = [urls[number % len(urls)] for number in range(max(STREAMS))]
        ours = apart(chosen, seconds, Path(folder) / "data")
        deaf = [] if quick else apart(chosen, seconds, Path(folder) / "deaf", is_deaf=True)
        peers = list(ffmpegs(chosen, seconds))
    for streams, cost, peer in zip(STREAMS, ours, peers, strict=True):
        yield compared("cpu_ms_per_stream_s", "ms", cost, peer, streams)
        yield compared("mb_per_stream", "MB", cost, peer, streams)
    for streams, cost, peer in zip(STREAMS, deaf, peers, strict=False):
        yield compared("cpu_ms_per_stream_s_decoding_only", "ms", cost, peer, streams)


def compared(metric: str, unit: str, ours: Cost, peer: Cost | None, streams: int) -> Result:
    """Return one figure of ours beside the peer's."""
    return Result(
        metric,
        ours.figure(unit),
        unit,
        peer=f"{ffmpeg_version()}, one process a stream, decoding only" if peer else "",
        peer_value=peer.figure(unit) if peer else None,
        details={
            "streams": streams,
            "seconds": ours.seconds,
            "received": round(ours.stream_s / streams / ours.seconds, 3),
        },
    )


# ── the origin ──


@contextmanager
def origin(folder: Path) -> Iterator[list[str]]:
    """Yield the addresses of a live, FLV and HLS, played in another process while the block runs."""
    media = folder / "speech.m4a"
    write_speech(media)
    script = folder / "script.yaml"
    script.write_text(f"lives: {{fr: {{media: {media.name}}}}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "vigie.simulators.media", "--port", "0", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101 -- it was asked for
            _, hls, flv = server.stdout.readline().split()
            yield [flv, hls]
        finally:
            server.terminate()


def write_speech(path: Path) -> None:
    """Write the speech of the prepared French live as platforms send it."""
    import av

    with av.open(PREPARED / "fr.mp4") as source, av.open(path, "w") as target:
        stream = target.add_stream("aac", rate=RATE, layout="stereo", bit_rate=BIT_RATE)
        resampler = av.AudioResampler(stream.format, "stereo", RATE)
        for frame in source.decode(audio=0):
            if (frame.time or 0.0) > LENGTH_S:
                break
            for resampled in resampler.resample(frame):
                target.mux(stream.encode(resampled))
        target.mux(stream.encode(None))


# ── ours ──


def apart(urls: Sequence[str], seconds: float, data: Path, *, is_deaf: bool = False) -> list[Cost]:
    """Return what our capture costs at each step, in a fresh process with a data folder of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(capture, urls, seconds, data, is_deaf=is_deaf).result()


def capture(urls: Sequence[str], seconds: float, data: Path, *, is_deaf: bool) -> list[Cost]:
    """Watch these addresses, each as a channel of its own; deaf, only decode and place their sound."""
    os.environ |= {
        "VIGIE_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "vigie.site.settings",
        "VIGIE_RECOGNIZER": "none",
        "VIGIE_ALLOW_PRIVATE_ADDRESSES": "true",
    }
    import django  # noqa: PLC0415 -- after the settings, in its own process

    django.setup()
    from vigie.runtime import clock  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.site import upkeep  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.watch import sinks  # noqa: PLC0415 -- after the settings, in its own process

    if is_deaf:
        sinks.forget_all()
    upkeep.migrate(clock.now())
    costs = asyncio.run(_capture(_channels(urls), seconds))
    each_s = 0.0 if is_deaf else sealing_s(data)
    return [replace(cost, cpu_s=cost.cpu_s + each_s * cost.stream_s) for cost in costs]


def sealing_s(data: Path) -> float:
    """Return the processor time for making FLAC of a second of the sound that was kept."""
    from vigie.adapters.audio.client import FlacCodec  # noqa: PLC0415 -- in its own process only

    codec = FlacCodec()
    pcm = codec.decode(next(data.glob("audio/*/*.flac")).read_bytes())
    with measured() as spent:
        codec.encode(pcm)
    return spent.cpu_s / (len(pcm) / 32_000)


def _channels(urls: Sequence[str]) -> list[int]:
    from vigie.people.models import Workspace  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.runtime import clock  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.watch.models import Channel  # noqa: PLC0415 -- after the settings, in its own process

    workspace = Workspace.objects.create(name="bench", slug="bench")
    return [
        Channel.objects.create(
            workspace=workspace, address=f"{url}?{number}", name=str(number), is_watched=True, added_at=clock.now()
        ).pk
        for number, url in enumerate(urls)
    ]


class Ears:
    """A factory of sinks that count what is heard."""

    def __init__(self) -> None:
        self.heard_s = 0.0
        self._lives: set[int] = set()
        self._changed = asyncio.Event()

    async def __call__(self, live: "LiveRef") -> "Ear":
        """Open the sink of a live."""
        return Ear(self, live.live_id)

    def count(self, live_id: int, seconds: float) -> None:
        """Note what one of them got."""
        self.heard_s += seconds
        self._lives.add(live_id)
        self._changed.set()

    async def all_of(self, streams: int) -> None:
        """Return once so many lives are heard."""
        async with asyncio.timeout(START_S):
            while len(self._lives) < streams:
                self._changed.clear()
                await self._changed.wait()


@dataclass(frozen=True, slots=True)
class Ear:
    """The sink of one live: it keeps nothing."""

    ears: Ears
    live_id: int

    async def audio(self, audio: "PlacedAudio") -> None:
        """Count the sound."""
        self.ears.count(self.live_id, len(audio.pcm) / 32_000)

    async def caption(self, caption: "PlacedCaption") -> None:
        """Take words."""

    async def packets(self, packets: "PlacedPackets") -> None:
        """Let encoded media pass by."""

    async def pause(self) -> None:
        """Hold nothing back."""

    async def close(self) -> None:
        """Keep nothing."""


async def _capture(channels: Sequence[int], seconds: float) -> list[Cost]:
    from vigie.watch import watching  # noqa: PLC0415 -- after the settings, in its own process

    ears, costs, watched = Ears(), list[Cost](), list[asyncio.Task[watching.Outcome]]()
    watching.add_sink(ears)
    first_mb = 0.0
    async with asyncio.TaskGroup() as group:
        for streams in (FIRST, *STREAMS):
            more = channels[len(watched) : streams]
            watched += [group.create_task(watching.watch_live(channel)) for channel in more]
            await ears.all_of(streams)
            await asyncio.sleep(WARM_UP_S)
            if streams == FIRST:
                first_mb = proportional_mb(os.getpid())
                continue
            ears.heard_s = 0.0
            with measured() as spent:
                await asyncio.sleep(seconds)
            further_mb = (proportional_mb(os.getpid()) - first_mb) / (streams - FIRST)
            costs.append(Cost(seconds, spent.cpu_s, ears.heard_s, further_mb))
        for task in watched:
            task.cancel()
    return costs


# ── the peer ──


def ffmpegs(urls: Sequence[str], seconds: float) -> Iterator[Cost | None]:
    """Yield what an ffmpeg for each address costs at each step; None where there is no ffmpeg."""
    program = shutil.which("ffmpeg")
    if program is None:
        yield from [None] * len(STREAMS)
        return
    command = [program, "-v", "error", "-nostdin", "-i"]
    with ExitStack() as stack:
        running: list[int] = []
        for streams in STREAMS:
            commands = [[*command, url, "-vn", "-f", "null", "-"] for url in urls[len(running) : streams]]
            running += [stack.enter_context(_stopped(each)) for each in commands]
            time.sleep(2 * WARM_UP_S)
            before_s = sum(map(_cpu_s, running))
            time.sleep(seconds)
            spent_s = sum(map(_cpu_s, running)) - before_s
            yield Cost(seconds, spent_s, seconds * streams, sum(map(proportional_mb, running)) / streams)


@contextmanager
def _stopped(command: Sequence[str]) -> Iterator[int]:
    """Yield the process number of a program that runs as long as the block."""
    with subprocess.Popen(command) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def ffmpeg_version() -> str:
    """Return `ffmpeg 5.1.9`."""
    told = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split()[:3:2]).partition("-")[0]


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proportional_mb(process: int) -> float:
    """Return the memory of a process in megabytes, what it shares counted in parts (Linux)."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0
