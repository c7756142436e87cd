"""Clips: what keeping the last 90 s of lives costs, and how soon a moment of them is a file, beside ffmpeg.

A simulated origin in a process of its own plays 720x1280 at 30 pictures a second, 2.1 Mbit/s, with sound, as HTTP-FLV
at the pace of lives; each connection gets what fills a ring at once. Ours pulls as the product does, which decodes the
sound too, and keeps packets in memory; the peer is an ffmpeg a stream that copies into HLS segments of 2 s, 45 of them,
out of which another ffmpeg puts a file together.

`cpu_ms_per_stream_s`: milliseconds of a core for a second of a stream; `..._packets` is ours without what the same pull
costs where only its sound is wanted (not with --quick). `mb_per_stream`: memory that a stream takes; the peer keeps its
segments on disk besides. `clip_ms`, `clip_cpu_ms`: from asking for the last 30 s to the file, and processor time.
`clip_late_s`: how long after the end of a moment that is still going on its file is there.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

from bench import Result, measured
from bench.capture import Cost, ffmpeg_version, proportional_mb
from vigie.adapters.mp4.client import Mp4Files
from vigie.adapters.web.client import WebMedia
from vigie.clips.ring import Ring
from vigie.events import AudioReceived, PacketsReceived
from vigie.ports import PlacedPackets, Reach

WIDTH, HEIGHT, PICTURES_A_SECOND, BIT_RATE = 720, 1280, 30, 2_100_000
LENGTH_S, RATE = 12, 44_100
KEPT_S, MOST_BYTES = 90.0, 100 * 2**20
CLIP_S, SEGMENT_S, CLIPS = 30.0, 2, 5
POST_ROLL_S, POST_ROLLS = 1.0, 3
START_S, SETTLE_S = 60.0, 2.0


@dataclass(frozen=True, slots=True)
class Clipped:
    """What making files took, each."""

    ms: float
    cpu_ms: float
    duration_s: float
    errors: int
    """Met by a decoder in one of them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping the end of lives took, and what came of it."""

    cost: Cost
    clipped: Clipped | None = None
    late_s: float = 0.0
    disk_mb: float = 0.0


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Keep 10 lives, or 4."""
    streams, seconds = (4, 5.0) if quick else (10, 20.0)
    with tempfile.TemporaryDirectory() as folder, origin(Path(folder)) as url:
        urls = [f"{url}?{number}" for number in range(streams)]
        ours = apart(urls, seconds, Path(folder))
        sound_alone = None if quick else apart(urls, seconds)
        peer = segmented(urls, seconds, Path(folder)) if shutil.which("ffmpeg") else None
    yield from kept(ours, sound_alone, peer, streams)
    yield from clipped(ours, peer)


def kept(ours: Kept, sound_alone: Kept | None, peer: Kept | None, streams: int) -> Iterator[Result]:
    """Yield what keeping took."""
    name = f"{ffmpeg_version()} -c copy -f hls, one process a stream" if peer else ""
    details = {
        "streams": streams,
        "seconds": ours.cost.seconds,
        "received": round(ours.cost.stream_s / streams / ours.cost.seconds, 3),
    }
    for metric, unit in (("cpu_ms_per_stream_s", "ms"), ("mb_per_stream", "MB")):
        more = {"peer_disk_mb": round(peer.disk_mb, 1)} if peer and unit == "MB" else {}
        yield Result(
            metric, ours.cost.figure(unit), unit, name, peer.cost.figure(unit) if peer else None, details | more
        )
    if sound_alone:
        more_ms = ours.cost.figure("ms") - sound_alone.cost.figure("ms")
        peer_ms = peer.cost.figure("ms") if peer else None
        yield Result("cpu_ms_per_stream_s_packets", more_ms, "ms", name, peer_ms, details)


def clipped(ours: Kept, peer: Kept | None) -> Iterator[Result]:
    """Yield what making files took."""
    name = f"{ffmpeg_version()} -f concat -c copy" if peer else ""
    own, theirs = ours.clipped, peer.clipped if peer else None
    assert own is not None  # noqa: S101 -- packets were wanted
    details = {"duration_s": round(own.duration_s, 2), "errors": own.errors}
    if theirs:
        details |= {"peer_duration_s": round(theirs.duration_s, 2), "peer_errors": theirs.errors}
    yield Result("clip_ms", own.ms, "ms", name, theirs.ms if theirs else None, details)
    yield Result("clip_cpu_ms", own.cpu_ms, "ms", name, theirs.cpu_ms if theirs else None, details)
    yield Result("clip_late_s", ours.late_s, "s", details={"post_roll_s": POST_ROLL_S})


# ── the origin ──


@contextmanager
def origin(folder: Path) -> Iterator[str]:
    """Yield the address of a live, FLV, played in another process while the block runs."""
    write_film(folder / "film.mp4")
    script = folder / "script.yaml"
    script.write_text(
        f"lives: {{fr: {{media: film.mp4, preroll_s: {KEPT_S + 10}, burst_s: {KEPT_S + 5}}}}}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "vigie.simulators.media", "--port", "0", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101 -- it was asked for
            yield server.stdout.readline().split()[2]
        finally:
            server.terminate()


def write_film(path: Path, length_s: int = LENGTH_S) -> None:
    """Write pictures that are hard to foresee, and a tone, with the bit rates of a phone's live."""
    import av

    rng = np.random.default_rng(1)
    scene = np.kron(rng.integers(16, 220, (HEIGHT // 8, WIDTH // 8), np.uint8), np.ones((8, 8), np.uint8))
    with av.open(path, "w") as container:
        options = {"preset": "ultrafast"}
        video = container.add_stream("libx264", rate=PICTURES_A_SECOND, bit_rate=BIT_RATE, options=options)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = SEGMENT_S * PICTURES_A_SECOND
        audio = container.add_stream("aac", rate=RATE, layout="stereo", bit_rate=128_000)
        for number in range(length_s * PICTURES_A_SECOND):
            gray = np.roll(scene, (3 * number, 2 * number), (0, 1)) + rng.integers(0, 16, scene.shape, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(gray, "gray").reformat(format="yuv420p")))
        container.mux(video.encode(None))
        tone = (9000 * np.sin(np.arange(length_s * RATE) * 440 * 2 * np.pi / RATE)).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(tone.reshape(1, -1), "s16", "mono")
        sound.sample_rate, sound.time_base = RATE, Fraction(1, RATE)
        for resampled in av.AudioResampler(audio.format, "stereo", RATE).resample(sound):
            container.mux(audio.encode(resampled))
        container.mux(audio.encode(None))


# ── ours ──


def apart(urls: Sequence[str], seconds: float, folder: Path | None = None) -> Kept:
    """Return what pulling costs in a fresh process: with packets, and files of them, where there is a folder."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(keep, urls, seconds, folder).result()


def keep(urls: Sequence[str], seconds: float, folder: Path | None) -> Kept:
    """Pull these addresses."""
    return asyncio.run(_keep(urls, seconds, folder))


class Meter:
    """Counts what is heard, and keeps what is received."""

    def __init__(self) -> None:
        self.ring = Ring(KEPT_S, MOST_BYTES)
        self.heard_s = 0.0
        self.edge_s = float("-inf")
        """What the stream's clock is ahead of the loop's, as far as is known."""
        self._news = asyncio.Event()

    def hear(self, seconds: float) -> None:
        """Note decoded sound."""
        self.heard_s += seconds
        self._news.set()

    def receive(self, packets: PacketsReceived) -> None:
        """Keep encoded media."""
        self.ring.add(PlacedPackets(0.0, packets.encodings, packets.packets))
        newest_s = packets.packets[-1].pts_s
        self.edge_s = max(self.edge_s, newest_s - asyncio.get_running_loop().time())
        self._news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return once something came that makes it so."""
        async with asyncio.timeout(START_S):
            while not is_so():
                self._news.clear()
                await self._news.wait()


async def _pull(url: str, meter: Meter, *, with_packets: bool) -> None:
    web = WebMedia(Reach.NETWORK)
    location = await web.resolve(url, with_packets=with_packets)
    async with aclosing(web.stream(location)) as items:
        async for item in items:
            if isinstance(item, AudioReceived):
                meter.hear(len(item.pcm) / 32_000)
            elif isinstance(item, PacketsReceived):
                meter.receive(item)


async def _keep(urls: Sequence[str], seconds: float, folder: Path | None) -> Kept:
    before_mb = proportional_mb(os.getpid())
    meters = [Meter() for _ in urls]
    async with asyncio.TaskGroup() as group:
        pulling = [
            group.create_task(_pull(url, meter, with_packets=folder is not None))
            for url, meter in zip(urls, meters, strict=True)
        ]
        for meter in meters:
            await meter.until(lambda meter=meter: meter.heard_s > KEPT_S)  # type: ignore[misc]
        await asyncio.sleep(SETTLE_S)
        heard_s = sum(meter.heard_s for meter in meters)
        with measured() as spent:
            await asyncio.sleep(seconds)
        received_s = sum(meter.heard_s for meter in meters) - heard_s
        each_mb = (proportional_mb(os.getpid()) - before_mb) / len(urls)
        cost = Cost(seconds, spent.cpu_s, received_s, each_mb)
        late_s = (
            [await _late_s(meters[0], folder / f"late{number}.mp4") for number in range(POST_ROLLS)] if folder else []
        )
        for task in pulling:
            task.cancel()
    return Kept(cost, clips(meters[0].ring, folder), median(late_s)) if folder else Kept(cost)


async def _late_s(meter: Meter, path: Path) -> float:
    """Return how long after the end of a moment that ends in a second its file is there."""
    clock = asyncio.get_running_loop().time
    to_s = clock() + meter.edge_s + POST_ROLL_S
    await meter.until(lambda: (meter.ring.span or (0.0, 0.0))[1] >= to_s)
    reels = meter.ring.cut(to_s - CLIP_S, to_s)
    await asyncio.to_thread(Mp4Files().write, reels, path)
    return clock() - (to_s - meter.edge_s)


def clips(ring: Ring, folder: Path) -> Clipped:
    """Make files of the last 30 s."""
    span = ring.span
    assert span is not None  # noqa: S101 -- it was filled

    def make(path: Path) -> None:
        Mp4Files().write(ring.cut(span[1] - CLIP_S, span[1]), path)

    return timed(make, folder, "ours")


def timed(make: Callable[[Path], None], folder: Path, name: str) -> Clipped:
    """Return what making a file takes, and what the last one is."""
    paths = [folder / f"{name}{number}.mp4" for number in range(CLIPS)]
    taken_s = list[float]()
    with measured() as spent:
        for path in paths:
            began = time.perf_counter()
            make(path)
            taken_s.append(time.perf_counter() - began)
    facts = Mp4Files().probe(paths[-1])
    return Clipped(1000 * median(taken_s), 1000 * spent.cpu_s / CLIPS, facts.duration_s, facts.errors)


# ── the peer ──


def segmented(urls: Sequence[str], seconds: float, folder: Path) -> Kept:
    """Return what an ffmpeg for each address costs, and a file of the segments of the first."""
    folders = [folder / f"hls{number}" for number in range(len(urls))]
    with ExitStack() as stack:
        running = [stack.enter_context(_segmenting(url, into)) for url, into in zip(urls, folders, strict=True)]
        _until(lambda: all(len(segments(into)) > KEPT_S / SEGMENT_S - 2 for into in folders))
        time.sleep(SETTLE_S)
        before_s = sum(map(_cpu_s, running))
        time.sleep(seconds)
        spent_s = sum(map(_cpu_s, running)) - before_s
        cost = Cost(seconds, spent_s, seconds * len(urls), sum(map(proportional_mb, running)) / len(urls))
        disk_mb = sum(path.stat().st_size for path in folders[0].glob("*.ts")) / 1e6
        return Kept(cost, timed(lambda path: concatenate(folders[0], path), folder, "theirs"), disk_mb=disk_mb)


@contextmanager
def _segmenting(url: str, folder: Path) -> Iterator[int]:
    """Yield the process number of an ffmpeg that copies into segments as long as the block."""
    folder.mkdir()
    copying = ["-v", "error", "-nostdin", "-i", url, "-c", "copy", "-f", "hls"]
    listing = ["-hls_time", str(SEGMENT_S), "-hls_list_size", "45", "-hls_flags", "delete_segments+temp_file"]
    with subprocess.Popen(["ffmpeg", *copying, *listing, "live.m3u8"], cwd=folder) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def segments(folder: Path) -> list[str]:
    """Return the names of the finished segments, oldest first."""
    playlist = folder / "live.m3u8"
    lines = playlist.read_text(encoding="utf-8").splitlines() if playlist.exists() else []
    return [line for line in lines if line.endswith(".ts")]


def concatenate(folder: Path, path: Path) -> None:
    """Put the newest segments together, for at least 30 s."""
    listed = folder / "clip.txt"
    newest = segments(folder)[-int(CLIP_S / SEGMENT_S) :]
    listed.write_text("".join(f"file '{name}'\n" for name in newest), encoding="utf-8")
    made = ["-c", "copy", "-bsf:a", "aac_adtstoasc", "-movflags", "+faststart", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "concat", "-i", str(listed), *made], check=True)


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for what other programs write."""
    ends_at = time.monotonic() + START_S
    while not is_so():
        if time.monotonic() > ends_at:
            raise TimeoutError
        time.sleep(0.1)


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
