"""The two small drawings of a tile, as text for SVG: the pace of its chat, the risk of its last minutes. Pure.

Risk is drawn in cells of 5 s numbered from the start of the live, so that the page can add one and let the others
slide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor

from vigie.moderation.ordering import Severity, severity
from vigie.site.strips import LOWEST, Run, Scored, Stretch

SPAN_S = 300
"""Both show the last five minutes."""
BUCKET_S = 10
BUCKETS = SPAN_S // BUCKET_S
A_MINUTE = 60 // BUCKET_S
STEP, HEIGHT = 2, 40
"""Of a spark: units between two points, and from its floor to its highest."""
FEWEST = 4
"""Messages in 10 s that reach the top at least: one message is no peak."""
CELL_S = 5
CELLS = SPAN_S // CELL_S


@dataclass(frozen=True, slots=True)
class Spark:
    """The pace of a chat over five minutes."""

    path: str
    a_minute: int
    """Messages in the last whole minute."""


def spark(messages: Mapping[int, int], edge_s: float) -> Spark:
    """Return the pace up to `edge_s`, from the messages of each 10 s (their start, in seconds); none counts as 0.

    The 10 s that are not over yet are left out: they would always look like a fall.
    """
    end = floor(edge_s / BUCKET_S) * BUCKET_S
    counts = [messages.get(end - BUCKET_S * back, 0) for back in range(BUCKETS, 0, -1)]
    top = max(*counts, FEWEST)
    points = (f"{STEP * at} {HEIGHT - round(HEIGHT * count / top)}" for at, count in enumerate(counts))
    return Spark("M" + " ".join(points), sum(counts[-A_MINUTE:]))


@dataclass(frozen=True, slots=True)
class Bars:
    """The risk of five minutes: one path a band, and what is missing of it; widths are in cells."""

    first: int
    """The cell at the left edge."""
    low: str
    medium: str
    high: str
    waiting: tuple[Run, ...]
    """Heard, not judged yet."""
    gaps: tuple[Run, ...]
    """Not received."""
    peak: float | None
    """The highest score, 0..1; None where nothing was judged."""


def bars(
    edge_s: float, scores: Iterable[Scored], *, waiting: Iterable[Stretch] = (), gaps: Iterable[Stretch] = ()
) -> Bars:
    """Return the risk of the five minutes that end at `edge_s`; what lies before them is left out."""
    first = first_cell(edge_s)
    heights: dict[int, float] = {}
    for start_s, end_s, score in scores:
        for cell in range(max(cell_of(start_s), first), cell_of(end_s) + 1):
            heights[cell] = max(heights.get(cell, 0.0), score)
    paths: dict[Severity, list[str]] = {band: [] for band in Severity}
    for cell, score in sorted(heights.items()):
        paths[severity(score)].append(_bar(cell, score))
    return Bars(
        first=first,
        low="".join(paths[Severity.LOW]),
        medium="".join(paths[Severity.MEDIUM]),
        high="".join(paths[Severity.HIGH]),
        waiting=tuple(run(*stretch) for stretch in waiting),
        gaps=tuple(run(*stretch) for stretch in gaps),
        peak=max(heights.values(), default=None),
    )


def bar(start_s: float, end_s: float, score: float) -> str:
    """Return the path of one judged stretch."""
    return "".join(_bar(cell, score) for cell in range(cell_of(start_s), cell_of(end_s) + 1))


def run(start_s: float, end_s: float) -> Run:
    """Return where a stretch lies, in cells."""
    return Run(_places(start_s), _places(end_s - start_s), _places(end_s))


def first_cell(edge_s: float) -> int:
    """Return the cell at the left edge of the five minutes that end at `edge_s`; negative in the first minutes."""
    return cell_of(edge_s) - CELLS + 1


def cell_of(at_s: float) -> int:
    """Return the cell that a moment lies in."""
    return floor(at_s / CELL_S)


def _places(seconds: float) -> str:
    return f"{seconds / CELL_S:.1f}"


def _bar(cell: int, score: float) -> str:
    return f"M{cell}.1 100v-{max(round(score * 100), LOWEST)}h.8V100z"
