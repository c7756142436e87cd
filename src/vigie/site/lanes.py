"""The lanes of a live, drawn: what was counted, what was marked, what is missing, over one axis. Pure.

Drawings come out as text for SVG, in a box of 1000 by 100, and places as percent of the width: templates would write
numbers the reader's way. Moments are seconds since the live started.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from vigie.moderation.lanes import percent
from vigie.site.strips import Run

SAMPLE_S = 10
"""What is counted is counted in stretches of this length."""
CELLS = 180
"""So many bars a lane has at most."""
WIDTH, HEIGHT = 1000, 100
BAR = 0.72
"""Of its stretch that a bar fills."""
LOWEST = 4
"""Of the height that the smallest count has: something was there."""
HEADROOM = 1.15
"""What a lane could show, over what it shows at most."""
FEWEST = 4
"""Messages that reach the top at least: one message is no peak."""
LONGEST_HOLE_S = 180
"""Counts that are further apart are not joined by a line; platforms count once a minute, some."""
TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)
MOST_TICKS = 6
EDGE = 0.09
"""Share of the width at each end that the ends' own labels need."""
ROOM = 0.15
"""Share of the width that the label of a mark needs."""
SHORTEST_S, LONGEST_S = 60.0, 7 * 86_400.0
SCALES = {"5min": 300.0, "30min": 1800.0, "all": LONGEST_S}
"""Windows that have a name; the others are between two moments."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a live that is drawn; it lasts `SHORTEST_S` at least."""

    from_s: float
    to_s: float

    @property
    def length_s(self) -> float:
        """Seconds drawn."""
        return self.to_s - self.from_s

    @property
    def step_s(self) -> int:
        """Seconds that a bar stands for: whole samples, and `CELLS` bars at most."""
        return SAMPLE_S * max(1, ceil(self.length_s / SAMPLE_S / CELLS))

    def share(self, at_s: float) -> float:
        """Return where a moment lies: 0 at the left edge, 1 at the right one, beyond them outside."""
        return (at_s - self.from_s) / self.length_s

    def x(self, at_s: float) -> str:
        """Return where a moment lies in the box."""
        return f"{WIDTH * self.share(at_s):.1f}"

    def run(self, from_s: float, to_s: float) -> Run:
        """Return the part of the width that a stretch takes."""
        start, end = (min(max(self.share(at_s), 0.0), 1.0) for at_s in (from_s, to_s))
        return Run(percent(start), percent(end - start), percent(end))


def framed(edge_s: float, *, from_s: float | None, to_s: float | None, scale: str) -> Frame:
    """Return what to draw of a live that reaches to `edge_s`: what was asked for, as far as it makes sense."""
    end_s = max(edge_s, SHORTEST_S)
    if from_s is None or to_s is None:
        return Frame(max(0.0, end_s - SCALES.get(scale, SCALES["30min"])), end_s)
    length_s = min(max(to_s - from_s, SHORTEST_S), end_s)
    start_s = min(max(0.0, from_s), end_s - length_s)
    return Frame(start_s, start_s + length_s)


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted in one step."""

    at_s: int
    """Where it begins."""
    viewers: int | None = None
    """The most at once; None where nobody told."""
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """How many watched."""

    line: str
    area: str
    last: int | None
    most: int


def curve(frame: Frame, counts: Sequence[Count]) -> Curve:
    """Return the line of viewers and the area below it, with a hole where nobody counted for long."""
    known = [(count.at_s + frame.step_s / 2, count.viewers) for count in counts if count.viewers is not None]
    most = max((viewers for _, viewers in known), default=0)
    top = HEADROOM * max(most, 1)
    hole_s = max(LONGEST_HOLE_S, 2 * frame.step_s)
    pieces: list[list[tuple[float, int]]] = [known[:1]] if known else []
    for (before_s, _), point in pairwise(known):
        if point[0] - before_s > hole_s:
            pieces.append([])
        pieces[-1].append(point)
    for piece in pieces:  # a count holds until the next one
        piece.append((piece[-1][0] + frame.step_s / 2, piece[-1][1]))
    paths = ["L".join(f"{frame.x(at_s)} {HEIGHT * (1 - n / top):.1f}" for at_s, n in piece) for piece in pieces]
    ends = [(frame.x(piece[0][0]), frame.x(piece[-1][0])) for piece in pieces]
    areas = (f"M{start} {HEIGHT}L{path}L{end} {HEIGHT}Z" for path, (start, end) in zip(paths, ends, strict=True))
    return Curve("".join(f"M{path}" for path in paths), "".join(areas), known[-1][1] if known else None, most)


@dataclass(frozen=True, slots=True)
class Bars:
    """The pace of a chat."""

    path: str
    a_minute: int
    """In the last whole minute that is drawn."""
    most: int
    """A minute, in the busiest step."""


def bars(frame: Frame, counts: Iterable[Count]) -> Bars:
    """Return a bar for each step in which something was written. Heights compare within the drawing."""
    found = [count for count in counts if count.messages]
    most = max((count.messages for count in found), default=0)
    top = max(most, FEWEST * frame.step_s // SAMPLE_S)
    width = f"{WIDTH * BAR * frame.step_s / frame.length_s:.1f}"
    heights = ((frame.x(count.at_s), max(round(HEIGHT * count.messages / top), LOWEST)) for count in found)
    path = "".join(f"M{x} {HEIGHT}v-{height}h{width}V{HEIGHT}z" for x, height in heights)
    return Bars(path, _pace(frame, found), round(most * 60 / frame.step_s))


def _pace(frame: Frame, found: Sequence[Count]) -> int:
    """Return messages in the last minute before the step under way, which would always look like a fall."""
    steps = max(1, 60 // frame.step_s)
    end_s = floor(frame.to_s / frame.step_s) * frame.step_s
    last = sum(count.messages for count in found if end_s - steps * frame.step_s <= count.at_s < end_s)
    return round(last * 60 / (steps * frame.step_s))


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis."""

    at_s: float
    x: str
    anchor: str
    """`start`, `middle` or `end`."""
    is_whole: bool = False
    """A whole minute: its seconds are left out."""
    is_middle: bool = False
    """The one between the ends that is kept where there is no room for more."""


def ticks(frame: Frame) -> tuple[Tick, ...]:
    """Return both ends and round moments between them, few enough to be read."""
    fitting = (step for step in TICKS_S if frame.length_s / step <= MOST_TICKS)
    step_s = next(fitting, TICKS_S[-1] * ceil(frame.length_s / TICKS_S[-1] / MOST_TICKS))
    first = ceil(frame.from_s / step_s)
    inner = (place * step_s for place in range(first, floor(frame.to_s / step_s) + 1))
    shown = [at_s for at_s in inner if EDGE < frame.share(at_s) < 1 - EDGE]
    middle_s = min(shown, key=lambda at_s: abs(frame.share(at_s) - 0.5), default=None)
    return (
        Tick(frame.from_s, "0%", "start"),
        *(
            Tick(at_s, percent(frame.share(at_s)), "middle", is_whole=at_s % 60 == 0, is_middle=at_s == middle_s)
            for at_s in shown
        ),
        Tick(frame.to_s, "100%", "end"),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """What a mark says, and where."""

    from_s: float
    to_s: float
    label: str
    kind: str
    key: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A mark as it is drawn."""

    run: Run
    moment: Moment
    has_room: bool
    """Whether its label fits beside it."""


def pins(frame: Frame, moments: Iterable[Moment]) -> tuple[Pin, ...]:
    """Return the marks of a frame in order; a label is left out where the next mark, or the edge, is too near."""
    seen = sorted((one for one in moments if one.to_s >= frame.from_s and one.from_s <= frame.to_s), key=_start)
    shares = [max(frame.share(one.from_s), 0.0) for one in seen]
    rooms = [after - share for share, after in pairwise([*shares, 1.0])]
    return tuple(
        Pin(frame.run(one.from_s, one.to_s), one, has_room=room >= ROOM) for one, room in zip(seen, rooms, strict=True)
    )


def _start(moment: Moment) -> tuple[float, int]:
    return moment.from_s, moment.key
