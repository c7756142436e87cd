"""Benchmarks: what Vigie costs, beside a named peer measured in the same run.

Each module here has `run(quick: bool) -> Iterator[Result]`; `python -m bench` finds them and prints their figures.
"""

import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One figure, and the same figure of a peer where there is one."""

    metric: str
    """What was measured: `audio_s_per_core_s`."""
    value: float
    unit: str
    peer: str = ""
    """Name and version of what ours is compared with: `openai-whisper 20250625`."""
    peer_value: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """Conditions of the measurement, as JSON values: sizes, counts, model."""

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's; None without a peer."""
        return self.value / self.peer_value if self.peer_value else None


@dataclass(slots=True)
class Spent:
    """Processor time, in seconds; 0 until the measured block ends."""

    cpu_s: float = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure the processor time of a block: all threads of this process, and the children that ended in it."""
    spent, before = Spent(), _cpu_s()
    yield spent
    spent.cpu_s = _cpu_s() - before


def _cpu_s() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def resident_mb() -> float:
    """Return the memory this process holds now, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6
