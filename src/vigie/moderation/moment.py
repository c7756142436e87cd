"""The moment around an alert: from when to when, what was said and not received in it, and what is current at a time.

Times are seconds since the live started.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BEFORE_S, AFTER_S = 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a live that a moment shows."""

    start_s: float
    end_s: float
    from_s: float
    """Where what raised the alert begins."""
    to_s: float
    """Where it ends."""

    @property
    def length_s(self) -> float:
        """Seconds shown; more than zero."""
        return self.end_s - self.start_s

    def share(self, at_s: float) -> float:
        """Return where a time lies in the window: 0 at its start, 1 at its end; clipped."""
        return min(max((at_s - self.start_s) / self.length_s, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an analyst made of something said."""

    outcome: str
    category: str
    """In words; empty for what is neutral."""
    score: float
    spans: Sequence[Sequence[int | str]]
    """[[start, end, reason], ...] in characters of the text."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Something said."""

    start_s: float
    end_s: float
    text: str
    unheard: str = ""
    """Why there are no words, where there are none."""
    judgement: Judgement | None = None
    is_subject: bool = False
    """Whether it raised the alert."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch that was not received."""

    start_s: float
    end_s: float
    cause: str

    @property
    def length_s(self) -> float:
        """How much was lost, in seconds."""
        return self.end_s - self.start_s


Row = Speech | Hole


def around(from_s: float, to_s: float, *, received_s: float | None) -> Window:
    """Return the window of what was said between `from_s` and `to_s`: 60 s before, 30 s after.

    It starts with the live at the earliest. `received_s` is the length of a live that is over, which ends the window;
    None while it is on air.
    """
    end_s = to_s + AFTER_S
    if received_s is not None:
        end_s = max(min(end_s, received_s), to_s)
    start_s = max(from_s - BEFORE_S, 0.0)
    return Window(start_s, max(end_s, start_s + 1.0), from_s, to_s)


def rows(speech: Iterable[Speech], holes: Iterable[Hole]) -> list[Row]:
    """Return the rows of the transcript grid, in order of time; a hole comes before what is said after it."""
    found: list[Row] = [*holes, *speech]
    return sorted(found, key=lambda row: row.start_s)


def current(grid: Sequence[Row], at_s: float) -> int | None:
    """Return the index of the row that is heard at a time: the last that has begun. None before the first."""
    index = bisect_right(grid, at_s, key=lambda row: row.start_s) - 1
    return index if index >= 0 else None
