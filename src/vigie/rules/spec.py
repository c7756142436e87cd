"""A rule as data: when this happens, if that holds, unless ..., then do so.

The same values are read from YAML, from the editor's form and from the database, and written back.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from vigie.rules.conditions import MOST_NAMES, AnyCondition, Name, Value, Whole, as_list, in_one_line, name_of
from vigie.rules.durations import Duration
from vigie.rules.kinds import KNOWN_OF, WITH_TOTAL, Scope, When

MOST_CONDITIONS = 20
MOST_ACTIONS = 10
USUAL_PER_HOUR = 60
"""How often a rule acts in an hour unless it says otherwise: a slip of the pen must not bury anybody."""
MOST_PER_HOUR = 600


class Quorum(Value):
    """So many different people must do it within a time."""

    users: Annotated[Whole, Field(ge=2, le=1000)]
    within: Duration


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00")


def _zone(given: object) -> object:
    if isinstance(given, ZoneInfo):
        return given
    try:
        return ZoneInfo(str(given))
    except (ValueError, OSError, LookupError):
        raise PydanticCustomError("no_zone", "“{given}” is no time zone", {"given": str(given)[:40]}) from None


def _clock(given: object) -> object:
    """Return a time of day: to the minute, of no zone; `24:00` is midnight."""
    if isinstance(given, time):
        return given
    found = _TIME.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise PydanticCustomError(
            "no_time_of_day", "“{given}” is no time of day: write 18:30", {"given": str(given)[:40]}
        )
    return time(int(found[1] or 0), int(found[2] or 0))


TimeOfDay = Annotated[time, BeforeValidator(_clock), PlainSerializer(lambda at: f"{at:%H:%M}")]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), PlainSerializer(str)]


class Schedule(Value):
    """When a rule is in force: on these days, from a time of day to another, which may be on the next day."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    days: Annotated[tuple[Day, ...], BeforeValidator(as_list), Field(min_length=1)] = tuple(Day)
    from_: TimeOfDay = Field(time(0), alias="from")
    to: TimeOfDay = time(0)
    zone: Zone = ZoneInfo("UTC")

    def is_open(self, at: datetime) -> bool:
        """Return whether the rule is in force at that moment. Equal times are the whole day."""
        local = at.astimezone(self.zone)
        now, today = local.time().replace(tzinfo=None), list(Day)[local.weekday()]
        if self.from_ < self.to:
            return today in self.days and self.from_ <= now < self.to
        yesterday = list(Day)[local.weekday() - 1]
        return (today in self.days and now >= self.from_) or (yesterday in self.days and now < self.to)


class Action(Value):
    """What is to be done: the name of a registered action, and what it is told."""

    do: str
    options: dict[str, Any] = Field(default_factory=dict)


def _action(given: object) -> object:
    """Return `mark`, or `{clip: {before: 30 s}}`, as the fields of an action."""
    if isinstance(given, str):
        return {"do": given}
    if isinstance(given, Mapping) and len(given) == 1 and "do" not in given:
        [(name, options)] = given.items()
        return {"do": name, "options": options or {}}
    return given


def _as_written(action: Action) -> object:
    return {action.do: action.options} if action.options else action.do


class RuleSpec(Value):
    """A rule, complete."""

    name: Annotated[str, BeforeValidator(in_one_line), StringConstraints(min_length=1, max_length=120)]
    when: When
    channels: Annotated[tuple[Name, ...], BeforeValidator(as_list), Field(max_length=MOST_NAMES)] = ()
    """Addresses or names of channels; none: all of the team's."""
    if_: tuple[AnyCondition, ...] = Field((), alias="if", max_length=MOST_CONDITIONS)
    unless: tuple[AnyCondition, ...] = Field((), max_length=MOST_CONDITIONS)
    """Where one of these holds, the rule holds back, and says so."""
    quorum: Quorum | None = None
    cooldown: dict[Scope, Duration] = Field(default_factory=dict)
    per_hour: Annotated[Whole, Field(ge=1, le=MOST_PER_HOUR)] = USUAL_PER_HOUR
    schedule: Schedule | None = None
    then: Annotated[
        tuple[Annotated[Action, BeforeValidator(_action), PlainSerializer(_as_written)], ...],
        BeforeValidator(as_list),
        Field(max_length=MOST_ACTIONS),
    ] = ()

    @field_validator("cooldown", mode="before")
    @classmethod
    def _one_or_each(cls, given: object) -> object:
        return given if isinstance(given, Mapping) else {Scope.CHANNEL: given}

    @model_validator(mode="after")
    def _is_a_rule(self) -> Self:
        told: dict[str, Any] = {"when": self.when.value}
        for section, conditions in (("if", self.if_), ("unless", self.unless)):
            for place, condition in enumerate(conditions):
                told |= {"name": name_of(condition), "row": (section, place)}
                if self.when not in condition.asks_of:
                    raise PydanticCustomError("not_asked_of", "“{name}” cannot be asked of “{when}”", told)
                if section == "unless" and condition.remembers:
                    raise PydanticCustomError("counts", "“{name}” counts; it can only stand below “if”", told)
        for scope in self.cooldown:
            if self.when not in KNOWN_OF.get(scope, When):
                told |= {"scope": scope.value, "row": ("cooldown", scope.value)}
                raise PydanticCustomError("no_scope", "“{when}” tells of no {scope}: it cannot rest for one", told)
        if self.when in WITH_TOTAL and not self.if_:
            raise PydanticCustomError(
                "all_the_time", "“{when}” happens all the time: say what it reaches, or how far it drops", told
            )
        return self

    def as_data(self) -> dict[str, Any]:
        """Return it as it is written: what is usual is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
