"""All rules in force, fed with what happens. Pure, and on the time of events: live and dry run are the same.

What is fed must come in the order in which it was stored. Cost: one search of one automaton for the texts of a batch,
then only the rules that wait for what happened, and of those with keywords only the ones whose keywords were found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from vigie.rules.conditions import Says
from vigie.rules.hype import HypeMeter
from vigie.rules.kinds import When
from vigie.rules.matching import Keyword, Matcher
from vigie.rules.memory import recall
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import MOST_LIVES, Outcome, Past, Ruling, Standing

Said = Mapping[str, frozenset[int]]
"""Of one text: ruling -> the places of its keyword lists that were found."""
NOTHING: frozenset[int] = frozenset()
RECALLED_AT_ONCE = 1000
KEPT_AFTER_END = timedelta(hours=1)
"""How long a live is remembered that is over: what was said at its end may be transcribed late, and it may go on."""
LATE = timedelta(minutes=1)
"""What happens so long after the end of a live says that it goes on."""


class Engine:
    """Rules and what they remember of each live."""

    def __init__(self, rulings: Iterable[Ruling], *, former: "Engine | None" = None, is_thorough: bool = False) -> None:
        """Put rules in force; those that `former` has too keep what they remember.

        Building it is work for a thread: 0.1 s for ten thousand keywords. A thorough one asks each condition in turn,
        so that `remaining` says how many were left after each.
        """
        rulings = list(rulings)
        known = {standing.ruling.id: standing for standing in former.standings} if former else {}
        self.standings: list[Standing] = [
            known[ruling.id] if ruling.id in known and known[ruling.id].ruling == ruling else Standing(ruling)
            for ruling in rulings
        ]
        self.hypes: Hypes = former.hypes if former else Hypes()
        self._over: dict[str, datetime] = former._over if former else {}  # noqa: SLF001 -- another of its kind
        """When lives ended that are still remembered; in order."""
        self._by_id = {standing.ruling.id: standing for standing in self.standings}
        self._turns = {standing: turn for turn, standing in enumerate(self.standings)}
        self._always: dict[tuple[str, When], list[Standing]] = defaultdict(list)
        """By team and kind, those that are asked whatever a text holds."""
        for standing in self.standings:
            ruling = standing.ruling
            if is_thorough or not _has_words(ruling.spec):
                self._always[ruling.team, ruling.spec.when].append(standing)
        self._excitable = {ruling.team for ruling in rulings if ruling.spec.when is When.HYPE}
        """Teams that want to know of surges."""
        self._matcher = Matcher(dict(_keywords(self.standings)))

    def feed(self, batch: Sequence[Occurrence]) -> list[Outcome]:
        """Return what the rules make of these, in order."""
        outcomes: list[Outcome] = []
        for happened, said in zip(batch, self._said(batch), strict=True):
            outcomes += self._look(happened, said)
            if happened.team in self._excitable and (surge := self.hypes.of(happened)):
                outcomes += self._look(surge, {})
            self._note_end(happened)
        return outcomes

    def recall(self, seen: Iterable[Occurrence], pasts: Mapping[str, Past]) -> None:
        """Let the rules remember what they saw before a restart, and nothing of when they acted.

        `pasts` has one for each ruling.
        """
        for standing in self.standings:
            standing.past = pasts[standing.ruling.id]
        waiting = iter(seen)
        while batch := list(islice(waiting, RECALLED_AT_ONCE)):
            self.feed(batch)
        for standing in self.standings:
            standing.past = None
            standing.forget_acts()

    def standing(self, ruling_id: str) -> Standing:
        """Return a rule with what it remembers."""
        return self._by_id[ruling_id]

    def _look(self, happened: Occurrence, said: Said) -> Iterator[Outcome]:
        asked = self._always.get((happened.team, happened.kind), [])
        if said:
            found = [self._by_id[name] for name in said if self._by_id[name].ruling.spec.when is happened.kind]
            asked = sorted({*asked, *found}, key=self._turns.__getitem__)
        for standing in asked:
            if outcome := standing.look(happened, said.get(standing.ruling.id, NOTHING)):
                yield outcome

    def _said(self, batch: Sequence[Occurrence]) -> list[Said]:
        """Return for each which keyword lists its text holds."""
        return [_by_ruling(found) for found in self._matcher.hits_of([happened.text for happened in batch])]

    def _note_end(self, happened: Occurrence) -> None:
        """Note that a live is over, or goes on after all; forget what has been over for long."""
        if happened.kind is When.LIVE_ENDED:
            self._over.pop(happened.live, None)
            self._over[happened.live] = happened.at
        elif self._over and happened.at > self._over.get(happened.live, happened.at) + LATE:
            del self._over[happened.live]
        while self._over and (over := next(iter(self._over.items())))[1] < happened.at - KEPT_AFTER_END:
            self._forget(over[0])

    def _forget(self, live: str) -> None:
        del self._over[live]
        self.hypes.meters.pop(live, None)
        for standing in self.standings:
            standing.forget(live)


@dataclass(slots=True)
class Hypes:
    """The excitement of each live's chat."""

    meters: dict[str, HypeMeter] = field(default_factory=dict)

    def of(self, happened: Occurrence) -> Occurrence | None:
        """Return the surge that a message makes plain."""
        if happened.kind is not When.CHAT or happened.is_history:
            return None
        meter = recall(self.meters, happened.live, HypeMeter, most=MOST_LIVES)
        surge = meter.add(happened.at.timestamp(), happened.user or happened.key)
        if surge is None:
            return None
        since = happened.at.fromtimestamp(surge.since_s, happened.at.tzinfo)
        return Occurrence(
            When.HYPE,
            f"hype:{surge.since_s:.0f}",
            happened.at,
            happened.live,
            happened.channel,
            happened.team,
            happened.at_s,
            value=surge.people,
            strength=surge.z,
            viewers=happened.viewers,
            since=since,
        )


def _has_words(spec: RuleSpec) -> bool:
    return any(isinstance(condition, Says) for condition in spec.if_)


def _keywords(standings: Iterable[Standing]) -> Iterator[tuple[tuple[str, int], list[Keyword]]]:
    """Yield the keyword lists of all rules, by ruling and place."""
    for standing in standings:
        spec = standing.ruling.spec
        for place, condition in enumerate((*spec.if_, *spec.unless)):
            if isinstance(condition, Says):
                yield (standing.ruling.id, place), condition.keywords


def _by_ruling(found: Iterable[tuple[str, int]]) -> Said:
    if not found:
        return {}
    places: dict[str, set[int]] = defaultdict(set)
    for ruling, place in found:
        places[ruling].add(place)
    return {ruling: frozenset(numbers) for ruling, numbers in places.items()}
