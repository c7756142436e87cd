"""What a rule may ask of what happened. Each condition is data, and can be asked whether it holds."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from vigie.events import Badge
from vigie.rules.durations import Duration
from vigie.rules.kinds import OF_THE_CHAT, WITH_TEXT, WITH_TOTAL, When
from vigie.rules.matching import Keyword, Place, checked
from vigie.rules.memory import Memory
from vigie.rules.occurrences import Occurrence
from vigie.rules.patterns import Pattern

MOST_NAMES = 1000
MOST = 10**12
"""No number of a rule or of a recording is higher."""
SMALLEST_PEAK = 10
"""A drop from fewer is none: three of five viewers left."""


class Value(BaseModel):
    """A part of a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(slots=True)
class Look:
    """What a condition is asked about."""

    happened: Occurrence
    is_said: bool
    """Whether its text holds one of the condition's keywords."""
    memory: Memory


class Condition(Value):
    """Something that holds or does not."""

    asks_of: ClassVar[frozenset[When]]
    """The kinds of occurrences that it can be asked of."""
    remembers: ClassVar[bool] = False
    """Whether the answer hangs on what came before: it is asked last, and counts only what fulfils the others."""

    @abstractmethod
    def holds(self, look: Look) -> bool:
        """Return whether it holds."""


def as_list(given: object) -> object:
    """Return a list where one thing may be written alone."""
    return [given] if isinstance(given, str | int | float) else given


def _as_text(given: object) -> object:
    """Return a number as a text: `says: 1312`."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _number(given: object) -> object:
    """Refuse what pydantic reads as a number besides: true is no 1."""
    if isinstance(given, bool):
        raise ValueError("it must be a number")  # noqa: TRY004 -- pydantic tells ValueError
    return given


def _share(given: object) -> object:
    """Return 0.3 for `30 %`."""
    if not isinstance(given, str):
        return _number(given)
    try:
        number = float(given.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        raise PydanticCustomError(
            "no_share", "“{given}” is no share: write 0.3 or 30 %", {"given": given[:40]}
        ) from None
    return number / 100 if given.strip().endswith("%") else number


def in_one_line(given: object) -> object:
    """Return a text without line breaks, and without what surrounds it."""
    return " ".join(given.split()) if isinstance(given, str) else _as_text(given)


Word = Annotated[str, BeforeValidator(_as_text)]
Name = Annotated[str, BeforeValidator(in_one_line), StringConstraints(min_length=1, max_length=300)]
Words = Annotated[tuple[Word, ...], BeforeValidator(as_list), Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_list), Field(min_length=1, max_length=MOST_NAMES)]
Whole = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MOST)]
Share = Annotated[float, BeforeValidator(_share), Field(ge=0, le=1)]
"""0..1, also written `30 %`."""


def folded(names: Collection[str]) -> frozenset[str]:
    """Return names as they are compared: without @ and case."""
    return frozenset(name.strip().removeprefix("@").casefold() for name in names)


class Says(Condition):
    """The text holds one of these keywords."""

    asks_of = WITH_TEXT
    says: Words
    place: Place = Place.WORD
    loose: bool = False
    """Whether letters written as figures, and letters held down, count as what they stand for."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        checked(self.keywords)
        return self

    @property
    def keywords(self) -> list[Keyword]:
        """Return what is looked for."""
        return [Keyword(text, self.place, self.loose) for text in self.says]

    def holds(self, look: Look) -> bool:
        """The one automaton of all rules found it."""
        return look.is_said


class Matches(Condition):
    """The text matches a pattern (RE2)."""

    asks_of = WITH_TEXT
    matches: str

    @field_validator("matches")
    @classmethod
    def _usable(cls, text: str) -> str:
        Pattern(text)
        return text

    @cached_property
    def _pattern(self) -> Pattern:
        return Pattern(self.matches)

    def holds(self, look: Look) -> bool:
        """Its pattern is found somewhere in the text."""
        return self._pattern.found_in(look.happened.text)


class Role(Condition):
    """Who did it has one of these badges."""

    asks_of = OF_THE_CHAT
    role: Annotated[tuple[Badge, ...], BeforeValidator(as_list), Field(min_length=1)]

    def holds(self, look: Look) -> bool:
        """One is enough."""
        return not look.happened.roles.isdisjoint(self.role)


class User(Condition):
    """Who did it is one of these: by login, name or pseudonym."""

    asks_of = OF_THE_CHAT
    user: Names

    @cached_property
    def _folded(self) -> frozenset[str]:
        return folded(self.user)

    def holds(self, look: Look) -> bool:
        """Case and @ do not count."""
        return not folded(look.happened.names).isdisjoint(self._folded)


class Worth(Condition):
    """A gift is worth, a raid brings, a wave has: at least so much. A streak of gifts counts once, whole."""

    asks_of = frozenset({When.GIFT, When.RAID, When.WAVE})
    value: Whole
    at_most: Whole | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.at_most is not None and self.at_most < self.value:
            raise PydanticCustomError(
                "nothing_between",
                "nothing is at least {least} and at most {most}",
                {"least": self.value, "most": self.at_most},
            )
        return self

    def holds(self, look: Look) -> bool:
        """Both ends included."""
        return self.value <= look.happened.value and (self.at_most is None or look.happened.value <= self.at_most)


class Viewers(Condition):
    """At least so many watched at that time, as last counted."""

    asks_of = frozenset(When)
    viewers: Whole

    def holds(self, look: Look) -> bool:
        """Where nobody counts, it does not hold."""
        return look.happened.viewers is not None and look.happened.viewers >= self.viewers


class Strength(Condition):
    """By how many standard deviations more people write than usual."""

    asks_of = frozenset({When.HYPE})
    strength: Annotated[float, BeforeValidator(_number), Field(gt=0, le=1000)]

    def holds(self, look: Look) -> bool:
        """`vigie.rules.hype` tells of 4 and more."""
        return look.happened.strength is not None and look.happened.strength >= self.strength


class Score(Condition):
    """A text is judged to be at least so harmful, 0..1."""

    asks_of = frozenset({When.ASSESSMENT, When.WAVE})
    score: Share

    def holds(self, look: Look) -> bool:
        """What was not judged has no score."""
        return look.happened.score is not None and look.happened.score >= self.score


class CategoryIs(Condition):
    """A text is judged to be one of these."""

    asks_of = frozenset({When.ASSESSMENT})
    category: Names

    def holds(self, look: Look) -> bool:
        """One is enough."""
        return look.happened.category.casefold() in folded(self.category)


class TargetIs(Condition):
    """A text is judged to be aimed at one of these."""

    asks_of = frozenset({When.ASSESSMENT})
    target: Names

    def holds(self, look: Look) -> bool:
        """One is enough."""
        return look.happened.target.casefold() in folded(self.target)


class Reaches(Condition):
    """A total passes one of these numbers for the first time in a live."""

    asks_of = WITH_TOTAL
    remembers = True
    reaches: Annotated[tuple[Whole, ...], BeforeValidator(as_list), Field(min_length=1, max_length=100)]

    def holds(self, look: Look) -> bool:
        """Once, however many of them are passed at a time."""
        best = look.memory.rise_to(look.happened.value)
        return any(best < mark <= look.happened.value for mark in self.reaches)


class Every(Condition):
    """A total passes a multiple of this number for the first time in a live."""

    asks_of = WITH_TOTAL
    remembers = True
    every: Annotated[Whole, Field(ge=1)]

    def holds(self, look: Look) -> bool:
        """Once, however many of them are passed at a time."""
        return look.memory.rise_to(look.happened.value) // self.every < look.happened.value // self.every


class Drops(Condition):
    """A total falls by so large a share of its peak within a time."""

    asks_of = WITH_TOTAL
    remembers = True
    drops: Annotated[Share, Field(gt=0)]
    within: Duration = 60.0

    def holds(self, look: Look) -> bool:
        """Once a drop: what is left is what the next one is measured from."""
        at, value = look.happened.at, look.happened.value
        peak = look.memory.peak(at, value, within_s=self.within)
        has_dropped = peak >= SMALLEST_PEAK and value <= peak * (1 - self.drops)
        if has_dropped:
            look.memory.entries.clear()
            look.memory.peak(at, value, within_s=self.within)
        return has_dropped


class Burst(Condition):
    """So many of these happen within a time; a streak or a heap of likes counts as many as it holds."""

    asks_of = OF_THE_CHAT
    remembers = True
    burst: Annotated[Whole, Field(ge=2)]
    within: Duration = 10.0

    def holds(self, look: Look) -> bool:
        """What made one burst makes no second one."""
        is_burst = look.memory.add(look.happened.at, look.happened.count, within_s=self.within) >= self.burst
        if is_burst:
            look.memory.entries.clear()
        return is_burst


CONDITIONS: Mapping[str, type[Condition]] = {
    "says": Says,
    "matches": Matches,
    "role": Role,
    "user": User,
    "value": Worth,
    "viewers": Viewers,
    "reaches": Reaches,
    "every": Every,
    "drops": Drops,
    "burst": Burst,
    "strength": Strength,
    "score": Score,
    "category": CategoryIs,
    "target": TargetIs,
}
"""By the field that names each."""


def name_of(condition: object) -> str | None:
    """Return the name of a condition, or of the fields of one; None where none of them names any."""
    if isinstance(condition, Mapping):
        return next((name for name in CONDITIONS if name in condition), None)
    return next((name for name, kind in CONDITIONS.items() if isinstance(condition, kind)), None)


AnyCondition = Annotated[
    Annotated[Says, Tag("says")]
    | Annotated[Matches, Tag("matches")]
    | Annotated[Role, Tag("role")]
    | Annotated[User, Tag("user")]
    | Annotated[Worth, Tag("value")]
    | Annotated[Viewers, Tag("viewers")]
    | Annotated[Reaches, Tag("reaches")]
    | Annotated[Every, Tag("every")]
    | Annotated[Drops, Tag("drops")]
    | Annotated[Burst, Tag("burst")]
    | Annotated[Strength, Tag("strength")]
    | Annotated[Score, Tag("score")]
    | Annotated[CategoryIs, Tag("category")]
    | Annotated[TargetIs, Tag("target")],
    Discriminator(
        name_of,
        custom_error_type="no_condition",
        custom_error_message=f"no condition that is known; write one of: {', '.join(CONDITIONS)}",
    ),
]
