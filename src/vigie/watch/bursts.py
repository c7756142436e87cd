"""Where an audience bursts out: counts of 10 s each -> stretches in which much more happened than usually. Pure.

A count of events varies by the root of itself; `2 * sqrt(x + 3/8)` of it varies by 1, however many there are (Anscombe
1948). So one threshold serves a chat of three people and one of thousands. What is usual is the median of the last five
minutes; too few events are looked at in wider buckets; above a hundred a bucket, the trend counts too, for a chat that
grows steadily would burst out all the time otherwise.

Simulated (lives of an hour, Poisson, drift of 30 %, a burst of 60 s times three): at most 0.2 false alarms an hour at
any rate, and at 10 events in 10 s and more, nine bursts in ten found. At one event in 20 s nothing can be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import inf, sqrt
from statistics import median

from vigie.watch.trends import slope

BUCKET_S = 10
USUAL_BUCKETS = 30
"""Five minutes say what is usual, and no burst is longer: what lasts is the new usual."""
FURTHEST_BUCKETS = 60
"""How far back those five minutes are gathered: bursts and what was not counted are no part of them."""
WARM_UP_BUCKETS = 18
"""Fewer than so many say nothing."""
ENOUGH_BUCKETS = 120
"""The last 20 minutes tell the same bursts in their last five as the whole live."""
ENTER_Z, STAY_Z = 4.0, 2.0
CALM_BUCKETS = 3
"""So many calm or unknown buckets in a row end a burst: fewer are a breath in the middle of it."""
WIDTHS = (1, 3, 6)
FEW, MANY = 10.0, 100.0
"""Events a bucket: with fewer, it is widened to 30 s or 60 s; with more, the trend is subtracted."""
MAD_TO_DEVIATION = 1.4826
MARKED = 1.5
"""A burst begins and ends where it has more than so many times the usual."""


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst; buckets are counted from the beginning of the live, and `to_bucket` is the last one that belongs."""

    from_bucket: int
    to_bucket: int
    peak: int
    """Events in its fullest bucket."""
    z: float
    """By how many standard deviations it stood out at most; above 4."""
    is_over: bool
    """Otherwise it may go on, and its end, peak and z may grow."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What was to be expected of `width` buckets together: Anscombe's level of the count, and its deviation."""

    width: int
    level: float
    deviation: float

    @property
    def a_bucket(self) -> float:
        """Events in one bucket."""
        return max(0.0, self.level**2 / 4 - 3 / 8) / self.width

    def z(self, counts: Sequence[int | None], number: int) -> float | None:
        """Return how far the buckets that end with `number` stand out; None where one of them is unknown."""
        total = _total(counts, number, self.width)
        return None if total is None else (_level(total) - self.level) / self.deviation


@dataclass(frozen=True, slots=True)
class _Running:
    """A burst that goes on; numbers are places in the sequence."""

    start: int
    usual: Usual
    z: float
    calm: int = 0

    def after(self, z: float | None) -> "_Running":
        """Return what it is after one more bucket."""
        reached = -inf if z is None else z
        return replace(self, z=max(self.z, reached), calm=0 if reached >= STAY_Z else self.calm + 1)


def find_bursts(counts: Sequence[int | None], *, first: int = 0) -> list[Burst]:
    """Return the bursts among these counts in order of time, none overlapping another.

    Args:
        counts: events in each bucket of 10 s, one after the other; None for one that was not counted.
        first: the number of the first of them in the live. `ENOUGH_BUCKETS` of the last ones are enough.
    """
    search = _Search(counts)
    for number in range(len(counts)):
        search.look_at(number)
    return [
        replace(burst, from_bucket=first + burst.from_bucket, to_bucket=first + burst.to_bucket)
        for burst in search.all()
    ]


@dataclass(slots=True)
class _Search:
    counts: Sequence[int | None]
    found: list[Burst] = field(default_factory=list)
    calm: list[int | None] = field(init=False)
    """The counts without those of bursts: what the usual is made of."""
    running: _Running | None = None

    def __post_init__(self) -> None:
        self.calm = list(self.counts)

    def look_at(self, number: int) -> None:
        """Begin, go on with, or end a burst."""
        if self.running is None:
            self._begin(number)
            return
        self.running = self.running.after(self.running.usual.z(self.counts, number))
        lasts = number - self.running.start >= USUAL_BUCKETS - 1
        if self.running.calm >= CALM_BUCKETS or lasts:
            burst = self._burst(self.running, number, is_over=True)
            self.found.append(burst)
            self.running = None
            if not lasts:
                self.calm[burst.from_bucket : burst.to_bucket + 1] = [None] * (burst.to_bucket + 1 - burst.from_bucket)

    def all(self) -> list[Burst]:
        """Return what was found, the burst that goes on included."""
        if self.running is None:
            return self.found
        return [*self.found, self._burst(self.running, len(self.counts) - 1, is_over=False)]

    def _begin(self, number: int) -> None:
        usual = usual_before(self.calm, number)
        z = usual.z(self.counts, number) if usual else None
        if usual is None or z is None or z <= ENTER_Z:
            return
        earliest = max(number - usual.width + 1, self.found[-1].to_bucket + 1 if self.found else 0)
        surplus = list(accumulate(_surplus(self.counts, range(number, earliest - 1, -1), usual)))
        self.running = _Running(number - surplus.index(max(surplus)), usual, z)

    def _burst(self, running: _Running, number: int, *, is_over: bool) -> Burst:
        surplus = list(accumulate(_surplus(self.counts, range(running.start, number + 1), running.usual)))
        end = running.start + surplus.index(max(surplus))
        peak = max(self.counts[place] or 0 for place in range(running.start, end + 1))
        return Burst(running.start, end, peak, running.z, is_over)


def usual_before(calm: Sequence[int | None], number: int) -> Usual | None:
    """Return what is to be expected of the buckets that end with `number`; None while too little is known."""
    known = [place for place in range(max(0, number - FURTHEST_BUCKETS), number) if calm[place] is not None]
    if len(known) < WARM_UP_BUCKETS:
        return None
    earliest = known[-USUAL_BUCKETS:][0]
    usual = None
    for width in WIDTHS:
        places = range(earliest, number - width + 1)
        totals = [(place, total) for place in places if (total := _total(calm, place, width)) is not None]
        if totals:
            usual = _usual(totals, width, number)
            if median(total for _, total in totals) >= FEW:
                break
    return usual


def _usual(totals: Sequence[tuple[int, int]], width: int, number: int) -> Usual:
    """Return the median and the deviation of the levels; where there are many events, those about their trend.

    Real chats vary more than Poisson says: the deviation is measured, and never taken to be less than 1.
    """
    has_trend = width == 1 and median(total for _, total in totals) > MANY
    levels = [(float(place - number), _level(total)) for place, total in totals]
    rise = slope(levels) if has_trend else 0.0
    now = [level - rise * before for before, level in levels]
    middle = median(now)
    return Usual(width, middle, max(1.0, MAD_TO_DEVIATION * median(abs(level - middle) for level in now)))


def _surplus(counts: Sequence[int | None], places: range, usual: Usual) -> list[float]:
    """Return by how much each bucket exceeds one and a half times the usual; 0.0 for an unknown one."""
    most = MARKED * usual.a_bucket
    return [0.0 if (count := counts[place]) is None else count - most for place in places]


def _total(counts: Sequence[int | None], last: int, width: int) -> int | None:
    """Return the events in the `width` buckets that end with `last`; None where one of them is unknown."""
    if last < width - 1:
        return None
    total = 0
    for count in counts[last - width + 1 : last + 1]:
        if count is None:
            return None
        total += count
    return total


def _level(count: float) -> float:
    return 2.0 * sqrt(count + 3 / 8)
