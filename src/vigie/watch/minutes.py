"""What was counted of an audience in each 10 s of a live, and put together to minutes that can be compared. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import median

BUCKET_S = 10.0
BUCKETS = 6
"""In a minute."""
FEWEST_BUCKETS = 3
"""A minute of which fewer were counted is unknown."""
MOST_MESSAGES_EACH = 2
"""In 10 s; more by the same person is no sign that more people care."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one bucket of 10 s. A bucket that is left out is unknown; None is what nobody tells."""

    at_s: float
    """Where it begins, in seconds since the live started; a multiple of 10."""
    messages: int = 0
    commenters: int = 0
    """How many different people wrote them."""
    likes: int = 0
    joins: int = 0
    """Kept for those who will fit the weights of reach; it has none."""
    follows: int | None = 0
    """How many different people followed; None where the platform does not tell."""
    shares: int | None = 0
    """How many different people shared; None where the platform does not tell."""
    gifts_value: int = 0
    viewers: int | None = None

    @property
    def place(self) -> int:
        """Its number in the live."""
        return round(self.at_s / BUCKET_S)


@dataclass(frozen=True, slots=True)
class Minute:
    """What a minute brings; of viewers, how many there are. None is unknown."""

    viewers: float | None = None
    messages: float | None = None
    """Two each person in 10 s at most."""
    commenters: float | None = None
    likes: float | None = None
    follows: float | None = None
    shares: float | None = None
    gifts: float | None = None


def minutes_at(counted: Iterable[Counted], starts: Iterable[int]) -> list[Minute]:
    """Return the known ones of the minutes that begin with these buckets; what is missing of one is made up for."""
    by_place = {one.place: one for one in counted}
    minutes = []
    for start in starts:
        found = [by_place[place] for place in range(start, start + BUCKETS) if place in by_place]
        if len(found) >= FEWEST_BUCKETS:
            minutes.append(_minute(found))
    return minutes


def typical_minute(counted: Sequence[Counted]) -> Minute | None:
    """Return the median minute of a live; None when no minute of it was counted."""
    minutes = minutes_at(counted, range(0, counted[-1].place + 1, BUCKETS)) if counted else []
    return middle(minutes) if minutes else None


def middle(minutes: Sequence[Minute]) -> Minute:
    """Return the median of each count; None where no minute knows it."""
    return _combined(median, minutes)


def larger(one: Minute, other: Minute) -> Minute:
    """Return the larger of each count; None where none of them knows it."""
    return _combined(max, (one, other))


def _combined(combine: Callable[[Sequence[float]], float], minutes: Sequence[Minute]) -> Minute:
    return Minute(*(_over(combine, (getattr(one, field.name) for one in minutes)) for field in fields(Minute)))


def _minute(found: Sequence[Counted]) -> Minute:
    return Minute(
        viewers=_over(median, (one.viewers for one in found)),
        messages=_over(_a_minute, (min(one.messages, MOST_MESSAGES_EACH * one.commenters) for one in found)),
        commenters=_over(_a_minute, (one.commenters for one in found)),
        likes=_over(_a_minute, (one.likes for one in found)),
        follows=_over(_a_minute, (one.follows for one in found)),
        shares=_over(_a_minute, (one.shares for one in found)),
        gifts=_over(_a_minute, (one.gifts_value for one in found)),
    )


def _a_minute(counts: Sequence[float]) -> float:
    return sum(counts) * BUCKETS / len(counts)


def _over(combine: Callable[[Sequence[float]], float], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(combine(known)) if known else None
