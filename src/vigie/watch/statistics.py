"""What the lives of a channel come to over some time: how often, how long, when in the week, before how many. Pure.

Lives in, figures out. Moments are aware; the week is the reader's: a quarter of an hour belongs to the day and the hour
that their clock showed then, summer time included.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from statistics import median

QUARTER = timedelta(minutes=15)
"""No clock in the world differs from UTC by less."""
DAYS, HOURS = 7, 24
USUAL = 0.5
"""An hour of the week in which a channel is on air so often is one of its usual ones."""
SOMETIMES, OFTEN = 0.0, 0.25
FEWEST_DAYS = 21
"""Before three weeks nobody can tell what is usual."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some time: from a moment, included, to another one."""

    from_at: datetime
    to_at: datetime

    @property
    def days(self) -> float:
        """How long it is, in days."""
        return (self.to_at - self.from_at) / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Aired:
    """A live, as far as it counts here."""

    live_id: int
    began_at: datetime
    ended_at: datetime | None = None
    """None while it lasts."""
    viewers: float | None = None
    """On average; None where nobody counted them."""
    peak_viewers: int | None = None
    messages: int = 0
    heard_s: float = 0.0
    lost_s: float = 0.0
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What some lives come to. None is what nothing is known of."""

    lives: int = 0
    aired_s: float = 0.0
    """Seconds on air inside the period; what overlaps counts once."""
    median_s: float | None = None
    """Of the lives that are over, each as long as it was, also where it began before the period."""
    longest_s: float | None = None
    viewers: float | None = None
    """The median of the averages of lives."""
    peak_viewers: int | None = None
    messages: int = 0
    heard_share: float | None = None
    """Of what could be heard, 0..1."""
    reach: Mapping[str, int] | None = None
    """Reach -> how many lives."""


def figures(lives: Sequence[Aired], period: Period) -> Figures:
    """Return what the lives that touch a period come to."""
    counted = [live for live in lives if _touches(live, period)]
    lengths_s = [(live.ended_at - live.began_at).total_seconds() for live in counted if live.ended_at]
    audiences = [live.viewers for live in counted if live.viewers is not None]
    heard_s, lost_s = (sum(getattr(live, name) for live in counted) for name in ("heard_s", "lost_s"))
    return Figures(
        lives=len(counted),
        aired_s=sum((end - start).total_seconds() for start, end in on_air(counted, period)),
        median_s=median(lengths_s) if lengths_s else None,
        longest_s=max(lengths_s, default=None),
        viewers=median(audiences) if audiences else None,
        peak_viewers=max((live.peak_viewers for live in counted if live.peak_viewers is not None), default=None),
        messages=sum(live.messages for live in counted),
        heard_share=heard_s / (heard_s + lost_s) if heard_s + lost_s else None,
        reach=Counter(live.reach for live in counted),
    )


def _touches(live: Aired, period: Period) -> bool:
    return live.began_at < period.to_at and (live.ended_at is None or live.ended_at > period.from_at)


def on_air(lives: Iterable[Aired], period: Period) -> list[tuple[datetime, datetime]]:
    """Return when a channel was on air inside a period: in order, and apart from each other."""
    found: list[tuple[datetime, datetime]] = []
    for live in sorted(lives, key=lambda live: live.began_at):
        start = max(live.began_at, period.from_at, found[-1][1] if found else period.from_at)
        end = min(live.ended_at or period.to_at, period.to_at)
        if start < end:
            found.append((start, end))
    return found


# ── the week ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some hours of the week in a row."""

    day: int
    """0 is Monday."""
    from_hour: int
    hours: int

    @property
    def to_hour(self) -> int:
        """The hour it ends at, 0..23; of the next day where that is not later."""
        return (self.from_hour + self.hours) % HOURS


@dataclass(frozen=True, slots=True)
class Week:
    """How often a channel is on air in each hour of the week, Monday 0 h first: 168 shares, 0..1."""

    shares: tuple[float, ...]
    days: float
    """From how many days this is known."""

    @property
    def is_telling(self) -> bool:
        """Whether it was looked at for long enough to speak of habits."""
        return self.days >= FEWEST_DAYS

    def rows(self) -> list[Sequence[float]]:
        """Return the shares a day, Monday first."""
        return [self.shares[HOURS * day : HOURS * (day + 1)] for day in range(DAYS)]

    def usual(self) -> list[Stretch]:
        """Return the usual hours of the channel, in the order of the week; none where nobody can tell."""
        if not self.is_telling:
            return []
        is_usual = [share >= USUAL for share in self.shares]
        if all(is_usual):
            return [Stretch(0, 0, DAYS * HOURS)]
        starts = (hour for hour, holds in enumerate(is_usual) if holds and not is_usual[hour - 1])
        return [Stretch(*divmod(start, HOURS), _run(is_usual, start)) for start in starts]


def level(share: float) -> int:
    """Return how often something happens: 0 never, 1 rarely, 2 now and then, 3 usually."""
    return (share > SOMETIMES) + (share >= OFTEN) + (share >= USUAL)


def week(lives: Sequence[Aired], period: Period, zone: tzinfo) -> Week:
    """Return how often a channel is on air in each hour of the week that a clock in `zone` shows."""
    there = _seconds(_quarters(period.from_at, period.to_at), zone)
    aired = _seconds(chain.from_iterable(_quarters(*stretch) for stretch in on_air(lives, period)), zone)
    shares = (aired[hour] / there[hour] if hour in there else 0.0 for hour in range(DAYS * HOURS))
    return Week(tuple(min(share, 1.0) for share in shares), period.days)


def _run(holds: Sequence[bool], start: int) -> int:
    """Return how many in a row hold from `start` on; after the last comes the first."""
    length = 1
    while holds[(start + length) % len(holds)]:
        length += 1
    return length


def _quarters(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """Yield where each quarter of an hour between two moments begins, and how many seconds of it lie there."""
    at = start.astimezone(UTC)
    while at < end:
        into = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
        later = min(at - into + QUARTER, end.astimezone(UTC))
        yield at, (later - at).total_seconds()
        at = later


def _seconds(quarters: Iterable[tuple[datetime, float]], zone: tzinfo) -> defaultdict[int, float]:
    """Return the seconds in each hour of the week."""
    found: defaultdict[int, float] = defaultdict(float)
    for at, seconds in quarters:
        local = at.astimezone(zone)
        found[HOURS * local.weekday() + local.hour] += seconds
    return found


# ── from live to live ──────────────────────────────────────────────────────────────────────────────────────────────

MOST_SHOWN = 60
"""Lives that a small graph can tell apart."""
FEWEST_PLACES = 20
"""So that the bars of a few lives are bars, too."""
STEP, TOP = 10, 100


@dataclass(frozen=True, slots=True)
class Trend:
    """The viewers of live after live, as text for SVG: a bar for the average, a tick for the peak."""

    bars: str
    peaks: str
    width: int
    lowest: float
    highest: float
    """Of the averages."""
    peak: int
    count: int
    """Lives whose viewers were counted."""


def trend(lives: Iterable[Aired]) -> Trend | None:
    """Return the viewers of the last lives, the oldest first; None where fewer than two were counted."""
    shown = sorted(lives, key=lambda live: live.began_at)[-MOST_SHOWN:]
    averages = [(at, live.viewers) for at, live in enumerate(shown) if live.viewers is not None]
    peaks = [(at, live.peak_viewers) for at, live in enumerate(shown) if live.peak_viewers is not None]
    if len(averages) < 2:
        return None
    top = max(1.0, *(viewers for _, viewers in averages), *(viewers for _, viewers in peaks))
    heights = ((at, max(1, round(TOP * viewers / top))) for at, viewers in averages)
    ticks = ((at, TOP - round(TOP * viewers / top)) for at, viewers in peaks)
    return Trend(
        bars="".join(f"M{STEP * at + 1} {TOP}v-{height}h{STEP - 2}V{TOP}z" for at, height in heights),
        peaks="".join(f"M{STEP * at + 1} {y}h{STEP - 2}" for at, y in ticks),
        width=STEP * max(len(shown), FEWEST_PLACES),
        lowest=min(viewers for _, viewers in averages),
        highest=max(viewers for _, viewers in averages),
        peak=max((viewers for _, viewers in peaks), default=0),
        count=len(averages),
    )
