"""When a channel is usually on air, in the reader's words, and as a drawing of its week."""

from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext

from vigie.watch.statistics import DAYS, HOURS, Stretch, Week, level

MOST_NAMED = 4
WIDTHS = {1: 0.3, 2: 0.6, 3: 0.9}
"""How much of its place an hour takes, by how often the channel is on air in it."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week, for the table."""

    day: str
    shares: list[tuple[int, float]]
    """Hour and how often the channel is on air in it, 0..1, where it ever is."""


@dataclass(frozen=True, slots=True)
class Habit:
    """When a channel is on air, as a page shows it."""

    sentence: str
    usual: str
    """The usual hours as a path for SVG, 24 by 7."""
    other: str
    """The other hours in which it is on air."""
    days: list[str]
    """Short, Monday first."""
    rows: list[Day]


def habit_of(week: Week) -> Habit:
    """Return when a channel is on air, in words, as a drawing and as a table."""
    return Habit(
        sentence=sentence(week),
        usual=drawing(week, usual=True),
        other=drawing(week, usual=False),
        days=[str(WEEKDAYS_ABBR[day]) for day in range(DAYS)],
        rows=[
            Day(str(WEEKDAYS[day]), [(hour, share) for hour, share in enumerate(row) if share])
            for day, row in enumerate(week.rows())
        ],
    )


def sentence(week: Week) -> str:
    """Return when a channel is usually on air, in the reader's language."""
    if not week.is_telling:
        return gettext("Less than three weeks: too little to tell habits from chance.")
    usual = week.usual()
    if not usual:
        return gettext("No habit: there is no hour of the week in which it is on air every other time.")
    if usual[0].hours == DAYS * HOURS:
        return gettext("Usually on air at any hour.")
    named = ", ".join(_stretch(one) for one in usual[:MOST_NAMED])
    more = len(usual) - MOST_NAMED
    if more > 0:
        named = ngettext("%(named)s and %(more)d other time", "%(named)s and %(more)d other times", more) % {
            "named": named,
            "more": more,
        }
    return gettext("Usually on air: %(when)s.") % {"when": named}


def _stretch(one: Stretch) -> str:
    return gettext("%(day)s from %(begin)s to %(end)s") % {
        "day": WEEKDAYS[one.day],
        "begin": f"{one.from_hour:02d}:00",
        "end": f"{one.to_hour:02d}:00",
    }


def drawing(week: Week, *, usual: bool) -> str:
    """Return the hours as a path for SVG, 24 by 7: the usual ones, or the others; the more often, the larger."""
    return "".join(
        _cell(hour, day, WIDTHS[step])
        for day, row in enumerate(week.rows())
        for hour, share in enumerate(row)
        if (step := level(share)) and (step == 3 and week.is_telling) is usual
    )


def _cell(hour: int, day: int, side: float) -> str:
    margin = (1 - side) / 2
    return f"M{hour + margin:.2f} {day + margin:.2f}h{side}v{side}h-{side}z"
