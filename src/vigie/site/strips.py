"""The risk of a stretch of a live, drawn: height says how much, colour which band. Pure.

Everything comes out as text for SVG, with a point whatever the reader's language. Lengths are percent of the width.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor

from vigie.moderation.lanes import percent
from vigie.moderation.ordering import Severity, severity

Stretch = tuple[float, float]
Scored = tuple[float, float, float]
"""From, to (seconds in the live), score (0..1)."""

LOWEST = 4
"""Percent of the height that speech without risk has: it was heard."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is drawn, in seconds since the live started, and in how many cells."""

    from_s: float
    to_s: float
    cells: int


@dataclass(frozen=True, slots=True)
class Run:
    """A part of the width."""

    x: str
    width: str
    end: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A drawing: one SVG path a band, in cells by percent; runs over them."""

    cells: int
    low: str
    medium: str
    high: str
    waiting: tuple[Run, ...]
    """Heard, not judged yet."""
    gaps: tuple[Run, ...]
    """Not received."""
    peak: float | None
    """The highest score, 0..1; None where nothing was judged."""


def strip(
    window: Window, *, scores: Iterable[Scored], waiting: Iterable[Stretch] = (), gaps: Iterable[Stretch] = ()
) -> Strip:
    """Return the drawing of a window; what lies outside it is left out."""
    heights = _heights(window, scores)
    paths: dict[Severity, list[str]] = {band: [] for band in Severity}
    for cell, score in sorted(heights.items()):
        top = 100 - max(round(score * 100), LOWEST)
        paths[severity(score)].append(f"M{cell}.1 100V{top}h.8V100z")
    return Strip(
        cells=window.cells,
        low="".join(paths[Severity.LOW]),
        medium="".join(paths[Severity.MEDIUM]),
        high="".join(paths[Severity.HIGH]),
        waiting=_runs(window, waiting),
        gaps=_runs(window, gaps),
        peak=max(heights.values(), default=None),
    )


def _heights(window: Window, scores: Iterable[Scored]) -> dict[int, float]:
    """Return the highest score said in each cell that anything was said in."""
    cell_s = (window.to_s - window.from_s) / window.cells
    heights: dict[int, float] = {}
    for start_s, end_s, score in scores:
        first, last = (floor((moment - window.from_s) / cell_s) for moment in (start_s, end_s))
        for cell in range(max(first, 0), min(last, window.cells - 1) + 1):
            heights[cell] = max(heights.get(cell, 0.0), score)
    return heights


def _runs(window: Window, stretches: Iterable[Stretch]) -> tuple[Run, ...]:
    length_s = window.to_s - window.from_s
    inside = ((max(start_s, window.from_s), min(end_s, window.to_s)) for start_s, end_s in stretches)
    shares = (
        ((start_s - window.from_s) / length_s, (end_s - window.from_s) / length_s)
        for start_s, end_s in inside
        if start_s < end_s
    )
    return tuple(Run(percent(start), percent(end - start), percent(end)) for start, end in shares)
