"""The lanes under the sound of a moment: risk and holes over one axis, as the numbers an SVG needs.

Places are shares of the width or height, written `62.22%`: templates would write a number the reader's way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.moderation.moment import Hole, Row, Speech, Window
from vigie.moderation.ordering import Severity, severity

LEAST_HEIGHT = 0.06
"""A score of nearly 0 is still seen."""
ROOM = 0.2
"""Share of the width that two labels need beside each other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A judged stretch; its height is the score."""

    x: str
    width: str
    y: str
    height: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the width."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Lanes:
    """What is drawn over the axis of a moment."""

    bars: list[Bar]
    waiting: list[Stretch]
    """Said, but not analysed: dots."""
    holes: list[Stretch]
    threshold: str
    """Height of the line from which an alert is raised."""
    subject: str
    """Where what raised the alert begins."""
    before: str
    """Seconds from the left edge to there, as written on the axis; empty where there is no room."""
    after: str
    """Seconds from its end to the right edge, likewise."""


def lanes(grid: Sequence[Row], window: Window, threshold: float) -> Lanes:
    """Return the lanes of the rows of a moment. `threshold` is 0..1."""
    speech = [row for row in grid if isinstance(row, Speech)]
    subject = window.share(window.from_s)
    return Lanes(
        bars=[_bar(row, window, row.judgement.score) for row in speech if row.judgement and _is_scored(row)],
        waiting=[_stretch(row, window) for row in speech if not _is_scored(row)],
        holes=[_stretch(row, window) for row in grid if isinstance(row, Hole)],
        threshold=percent(1 - threshold),
        subject=percent(subject),
        before=f"\N{MINUS SIGN}{window.from_s - window.start_s:.0f} s" if subject > ROOM else "",
        after=f"+{window.end_s - window.to_s:.0f} s" if subject < 1 - ROOM else "",
    )


def percent(share: float) -> str:
    """Return a share (0..1) as SVG wants it: `62.22%`."""
    return f"{100 * share:.2f}%"


def _is_scored(row: Speech) -> bool:
    return row.judgement is not None and row.judgement.outcome == "analysed"


def _bar(row: Speech, window: Window, score: float) -> Bar:
    stretch = _stretch(row, window)
    height = max(score, LEAST_HEIGHT)
    return Bar(stretch.x, stretch.width, percent(1 - height), percent(height), severity(score))


def _stretch(row: Row, window: Window) -> Stretch:
    start, end = window.share(row.start_s), window.share(row.end_s)
    return Stretch(percent(start), percent(end - start))
