"""One rule in force: what it remembers, and what it makes of something that happened."""

from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigie.rules.brakes import Brake, Held
from vigie.rules.conditions import Condition, Look, Memory, name_of
from vigie.rules.durations import written
from vigie.rules.kinds import Scope
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec

HOUR = timedelta(hours=1)
MOST_RESTING = 10_000
"""Users, targets and channels that a rule remembers to rest for; those it rested for longest are forgotten first."""
MOST_OF_A_QUORUM = 5_000
"""Occurrences that wait for a quorum in one live."""


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


@dataclass(slots=True, eq=False)
class Standing:
    """A rule and its memory."""

    ruling: Ruling
    remaining: Counter[int] = field(default_factory=Counter)
    """How many occurrences were left after each condition, by its place among all of the rule."""
    _memories: dict[tuple[str, int], Memory] = field(default_factory=dict)
    _waiting: dict[str, deque[Occurrence]] = field(default_factory=dict)
    """Of each live, what may still make a quorum."""
    _acted: deque[datetime] = field(default_factory=deque)
    """When it acted within the last hour."""
    _resting: dict[tuple[Scope, str], datetime] = field(default_factory=dict)
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
        if not self.ruling.concerns(happened) or not self._holds(happened, said):
            return None
        held = self._exception(happened, said) or self._short_of_quorum(happened) or self._held(happened)
        return Outcome(self.ruling, happened.at, self._met(happened, held), held)

    def acted(self, at: datetime, happened: Occurrence) -> None:
        """Remember that the rule acted, then."""
        self._acted.append(at)
        for scope in self.ruling.spec.cooldown:
            if key := _key(scope, happened):
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
        for key in [key for key in self._memories if key[0] == live]:
            del self._memories[key]

    # ── does it match ──────────────────────────────────────────────────────────────────────────────────────────────

    def _holds(self, happened: Occurrence, said: Collection[int]) -> bool:
        """Return whether all conditions hold; what is history is asked nothing that would be remembered."""
        for place, condition in self._asked:
            if condition.remembers and happened.is_history:
                continue
            memory = self._memories.setdefault((happened.live, place), Memory()) if condition.remembers else Memory()
            if not condition.holds(Look(happened, place in said, memory)):
                return False
            self.remaining[place] += 1
        return True

    # ── does it act ────────────────────────────────────────────────────────────────────────────────────────────────

    def _exception(self, happened: Occurrence, said: Collection[int]) -> Held | None:
        if happened.is_history:
            return Held(Brake.HISTORY)
        first = len(self.ruling.spec.if_)
        for place, condition in enumerate(self.ruling.spec.unless, first):
            if condition.holds(Look(happened, place in said, Memory())):
                return Held(Brake.EXCEPT, {"which": name_of(condition)})
        return None

    def _short_of_quorum(self, happened: Occurrence) -> Held | None:
        """Let it wait for others, and say how many there are."""
        quorum = self.ruling.spec.quorum
        if quorum is None:
            return None
        waiting = self._waiting.setdefault(happened.live, deque(maxlen=MOST_OF_A_QUORUM))
        waiting.append(happened)
        while waiting[0].at <= happened.at - timedelta(seconds=quorum.within):
            waiting.popleft()
        people = len({other.user or other.key for other in waiting})
        return Held(Brake.QUORUM, {"people": people, "needed": quorum.users}) if people < quorum.users else None

    def _held(self, happened: Occurrence) -> Held | None:
        spec, at = self.ruling.spec, happened.at
        if spec.schedule and not spec.schedule.is_open(at):
            return Held(Brake.SCHEDULE)
        for scope, rest_s in spec.cooldown.items():
            last = self._resting.get((scope, _key(scope, happened)))
            if last is not None and abs((at - last).total_seconds()) < rest_s:
                return Held(Brake.COOLDOWN, {"ago": written(round((at - last).total_seconds())), "scope": scope})
        while self._acted and self._acted[0] <= at - HOUR:
            self._acted.popleft()
        return Held(Brake.HOURLY_CAP, {"cap": spec.per_hour}) if len(self._acted) >= spec.per_hour else None

    def _met(self, happened: Occurrence, held: Held | None) -> tuple[Occurrence, ...]:
        """Return what the outcome is about; what it acts on makes no second quorum."""
        if held:
            return (happened,)
        self.acted(happened.at, happened)
        waiting = self._waiting.pop(happened.live, None) or deque([happened])
        last = {other.user or other.key: other for other in waiting}
        return tuple(sorted(last.values(), key=lambda other: (other is happened, other.at)))


def _key(scope: Scope, happened: Occurrence) -> str:
    """Return whom the rule rests for; empty where there is nobody."""
    return {
        Scope.RULE: "rule",
        Scope.CHANNEL: happened.channel or happened.live,
        Scope.USER: happened.user,
        Scope.TARGET: happened.target,
    }[scope]
