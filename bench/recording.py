"""Recording: the memory that a file of ten hours takes, beside one of an hour: it must be the same.

The files are silence, written as holes: what is measured is the way of the sound, not the disk. Each is watched to its
end in a process of its own; with --quick it is decoded and placed only, otherwise also searched for voices, and kept.

`peak_mb`: the most that the process held at any time. `audio_s_per_s`: seconds of sound a second on the clock.
"""

import asyncio
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench import Result

HOURS = (1, 10)
RATE, SAMPLE_BYTES = 16_000, 2
HEADER_BYTES = 44


@dataclass(frozen=True, slots=True)
class Watched:
    """What watching a file took."""

    heard_s: float
    seconds: float
    peak_mb: float


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Watch a file of an hour, then one of ten."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (apart(Path(folder) / str(hours), hours * 3600, is_deaf=quick) for hours in HOURS)
    details = {"hours": HOURS[1], "heard_s": long.heard_s, "kept": not quick}
    yield Result("peak_mb", long.peak_mb, "MB", f"the same, {HOURS[0]} hour", short.peak_mb, details)
    yield Result("audio_s_per_s", long.heard_s / long.seconds, "s/s", details=details)


def apart(folder: Path, length_s: int, *, is_deaf: bool) -> Watched:
    """Watch a file of that length in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(watch, folder, length_s, is_deaf=is_deaf).result()


def write_silence(path: Path, length_s: int) -> Path:
    """Write a WAV file of silence that takes no room on the disk; return its path."""
    size = length_s * RATE * SAMPLE_BYTES
    form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    path.write_bytes(struct.pack("<4sI8s20s4sI", b"RIFF", 36 + size, b"WAVEfmt ", form, b"data", size))
    os.truncate(path, HEADER_BYTES + size)
    return path


def watch(folder: Path, length_s: int, *, is_deaf: bool) -> Watched:
    """Watch a file to its end, on a data folder of its own."""
    folder.mkdir()
    os.environ |= {
        "VIGIE_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "vigie.site.settings",
        "VIGIE_RECOGNIZER": "none",
    }
    import django  # noqa: PLC0415 -- after the settings, in its own process

    django.setup()
    from vigie.people.models import Workspace  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.ports import Reach  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.runtime import clock  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.site import bootstrap, upkeep  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.watch import sinks, watching  # noqa: PLC0415 -- after the settings, in its own process
    from vigie.watch.models import Channel, Live  # noqa: PLC0415 -- after the settings, in its own process

    if is_deaf:
        sinks.forget_all()
    bootstrap.let_sources_reach(Reach.DISK)
    upkeep.migrate(clock.now())
    path = write_silence(folder / "silence.wav", length_s)
    workspace = Workspace.objects.create(name="bench", slug="bench")
    channel = Channel.objects.create(
        workspace=workspace, address=str(path), name="silence", is_watched=True, added_at=clock.now()
    )
    began = time.perf_counter()
    asyncio.run(watching.watch_live(channel.pk))
    seconds = time.perf_counter() - began
    return Watched(Live.objects.get().heard_s, seconds, peak_mb())


def peak_mb() -> float:
    """Return the most memory that this process ever held, in megabytes (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000
