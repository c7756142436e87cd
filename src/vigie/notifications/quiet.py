"""When somebody does not want to be disturbed: hours of the clock on their wall, whatever is done to that clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of the day, from `start` up to and without `end`, which is on the next day where it is not later."""

    start: time
    end: time
    """Never equal to `start`."""
    days: frozenset[int]
    """On which a stretch begins: 1 is Monday, 7 is Sunday."""
    zone: ZoneInfo


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """Return when the quiet that `now` lies in ends, in UTC; None where nothing keeps one from speaking.

    An hour that the clock shows twice is quiet both times, one that it leaps over disturbs nobody: as long as the clock
    on the wall shows quiet hours, it is quiet.
    """
    until, at = None, now.astimezone(UTC)
    while end := max((end for start, end in _stretches(hours, at) if start <= at < end), default=None):
        until = at = end
    return until


def _stretches(hours: QuietHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches that may hold a moment, in UTC."""
    today = at.astimezone(hours.zone).date()
    for day in (today - DAY, today, today + DAY):
        if day.isoweekday() in hours.days:
            last = day if hours.end > hours.start else day + DAY
            yield min(_moments(day, hours.start, hours.zone)), max(_moments(last, hours.end, hours.zone))


def _moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Return the moments when a clock shows a time: twice the same, unless it was set that night."""
    return [datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
