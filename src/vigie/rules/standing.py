"""One rule in force: what it remembers, and what it makes of something that happened."""

from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigie.rules.brakes import Brake, Held
from vigie.rules.conditions import Condition, Look, name_of
from vigie.rules.durations import written
from vigie.rules.kinds import Scope
from vigie.rules.memory import Memory, recall
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import MOST_PER_HOUR, RuleSpec

HOUR = timedelta(hours=1)
MOST_RESTING = 24 * MOST_PER_HOUR * len(Scope)
"""As many as a rule can rest for: a rest lasts at most a day."""
MOST_LIVES = 1_000
"""Lives that a rule remembers, where nobody tells that they are over."""
NO_MEMORY = Memory()
"""Of conditions that remember nothing."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule, and where it is in force."""

    id: str
    spec: RuleSpec
    channels: frozenset[str] | None = None
    """Of these channels only; None: of all of its team."""
    team: str = ""

    def concerns(self, happened: Occurrence) -> bool:
        """Return whether it is in force where this happened."""
        return happened.team == self.team and (self.channels is None or happened.channel in self.channels)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule matched: it acts, or holds back."""

    ruling: Ruling
    at: datetime
    """When what made it act happened."""
    occurrences: tuple[Occurrence, ...]
    """What it acts on, in order; the last one made it act."""
    held: Held | None = None
    """Why it does not act."""

    @property
    def since(self) -> datetime:
        """When it began: a surge begins before it is plain, and a quorum with the first of its people."""
        return min(happened.since or happened.at for happened in self.occurrences)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a rule that is to remember what it saw before a restart."""

    since: datetime
    """When it was put in force; what happened before it did not see."""
    acts: Collection[tuple[str, str]] = ()
    """On which occurrences it acted: live and key."""


@dataclass(slots=True, eq=False)
class Standing:
    """A rule and its memory."""

    ruling: Ruling
    remaining: Counter[int] = field(default_factory=Counter)
    """How many occurrences were left after each condition, by its place among all of the rule."""
    past: Past | None = None
    """While it is shown what it saw before: it then acts on what it acted on, whatever it remembers."""
    _memories: dict[str, dict[int, Memory]] = field(default_factory=dict)
    """Of each live, by the place of the condition."""
    _waiting: dict[str, dict[str, Occurrence]] = field(default_factory=dict)
    """Of each live, what may still make a quorum: what each person did last, of no more people than it takes."""
    _acted: deque[datetime] = field(default_factory=lambda: deque(maxlen=MOST_PER_HOUR))
    """When it acted last."""
    _resting: dict[tuple[Scope, str | None], datetime] = field(default_factory=dict)
    """When it last acted for whom."""
    _asked: list[tuple[int, Condition]] = field(init=False)
    """The conditions in the order in which they are asked: those that remember come last, and so count what fulfils
    all the others: twenty shares *by followers* within ten seconds."""

    def __post_init__(self) -> None:
        self._asked = sorted(enumerate(self.ruling.spec.if_), key=lambda asked: asked[1].remembers)

    def look(self, happened: Occurrence, said: Collection[int]) -> Outcome | None:
        """Return what the rule makes of it; None where it does not match.

        `said` are the places of the keyword lists that its text holds: `if` counts from 0, `unless` goes on from there.
        """
        if not self.ruling.concerns(happened) or (self.past and happened.at < self.past.since):
            return None
        if not self._holds(happened, said):
            return None
        held = self._exception(happened, said) or self._short_of_quorum(happened) or self._held(happened)
        if self.past and (happened.live, happened.key) in self.past.acts:
            held = None  # whatever is not seen any more of what led to it
        return Outcome(self.ruling, happened.at, self._met(happened, held), held)

    def acted(self, at: datetime, happened: Occurrence) -> None:
        """Remember that the rule acted, then."""
        self._acted.append(at)
        for scope in self.ruling.spec.cooldown:
            if (key := _key(scope, happened)) is not None:
                self._resting.pop((scope, key), None)
                self._resting[scope, key] = at
        while len(self._resting) > MOST_RESTING:
            self._resting.pop(next(iter(self._resting)))

    def forget_acts(self) -> None:
        """Forget when it acted."""
        self._acted.clear()
        self._resting.clear()

    def forget(self, live: str) -> None:
        """Forget what was remembered of a live that is over."""
        self._waiting.pop(live, None)
        self._memories.pop(live, None)

    # ── does it match ──────────────────────────────────────────────────────────────────────────────────────────────

    def _holds(self, happened: Occurrence, said: Collection[int]) -> bool:
        """Return whether all conditions hold. What is history makes no burst, and reaches no total."""
        for place, condition in self._asked:
            if condition.remembers and happened.is_history:
                return False
            memory = self._memory(happened.live, place) if condition.remembers else NO_MEMORY
            if not condition.holds(Look(happened, place in said, memory)):
                return False
            self.remaining[place] += 1
        return True

    def _memory(self, live: str, place: int) -> Memory:
        return recall(self._memories, live, dict, most=MOST_LIVES).setdefault(place, Memory())

    # ── does it act ────────────────────────────────────────────────────────────────────────────────────────────────

    def _exception(self, happened: Occurrence, said: Collection[int]) -> Held | None:
        if happened.is_history:
            return Held(Brake.HISTORY)
        first = len(self.ruling.spec.if_)
        for place, condition in enumerate(self.ruling.spec.unless, first):
            if condition.holds(Look(happened, place in said, NO_MEMORY)):
                return Held(Brake.EXCEPT, {"which": name_of(condition)})
        return None

    def _short_of_quorum(self, happened: Occurrence) -> Held | None:
        """Let it wait for others, and say how many there are."""
        quorum = self.ruling.spec.quorum
        if quorum is None:
            return None
        waiting = recall(self._waiting, happened.live, dict, most=MOST_LIVES)
        waiting.pop(_person(happened), None)
        recall(waiting, _person(happened), lambda: happened, most=quorum.users)
        window = timedelta(seconds=quorum.within)
        for person in [person for person, other in waiting.items() if abs(happened.at - other.at) >= window]:
            del waiting[person]
        people = len(waiting)
        return Held(Brake.QUORUM, {"people": people, "needed": quorum.users}) if people < quorum.users else None

    def _held(self, happened: Occurrence) -> Held | None:
        spec, at = self.ruling.spec, happened.at
        if self.past:
            return Held(Brake.SCHEDULE)
        if spec.schedule and not spec.schedule.is_open(at):
            return Held(Brake.SCHEDULE)
        for scope, rest_s in spec.cooldown.items():
            last = self._resting.get((scope, _key(scope, happened)))
            if last is not None and (ago_s := abs((at - last).total_seconds())) < rest_s:
                return Held(Brake.COOLDOWN, {"ago": written(round(ago_s)), "scope": scope})
        acted = sum(abs(at - other) < HOUR for other in self._acted)
        return Held(Brake.HOURLY_CAP, {"cap": spec.per_hour}) if acted >= spec.per_hour else None

    def _met(self, happened: Occurrence, held: Held | None) -> tuple[Occurrence, ...]:
        """Return what the outcome is about; what it acts on makes no second quorum."""
        if held:
            return (happened,)
        self.acted(happened.at, happened)
        waiting = self._waiting.pop(happened.live, None) or {"": happened}
        return tuple(sorted(waiting.values(), key=lambda other: (other is happened, other.at)))


def _person(happened: Occurrence) -> str:
    """Return who did it; where nobody is named, each is somebody else."""
    return happened.user or happened.key


def _key(scope: Scope, happened: Occurrence) -> str | None:
    """Return whom the rule rests for; None where there is nobody."""
    return {
        Scope.RULE: "",
        Scope.CHANNEL: happened.channel or happened.live,
        Scope.USER: happened.user or None,
        Scope.TARGET: happened.target or None,
    }[scope]
