"""All rules in force, fed with what happens. Pure, and on the time of events: live and dry run are the same.

What is fed must come in the order in which it was stored. Cost: one search of one automaton for the texts of a batch,
then only the rules that wait for what happened, and of those with keywords only the ones whose keywords were found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vigie.rules.conditions import Says
from vigie.rules.hype import HypeMeter
from vigie.rules.kinds import When
from vigie.rules.matching import Keyword, Matcher
from vigie.rules.occurrences import Occurrence
from vigie.rules.standing import Outcome, Ruling, Standing

Said = Mapping[str, frozenset[int]]
"""Of one text: ruling -> the places of its keyword lists that were found."""
NOTHING: frozenset[int] = frozenset()


class Engine:
    """Rules and what they remember of each live."""

    def __init__(self, rulings: Iterable[Ruling], *, former: "Engine | None" = None, is_thorough: bool = False) -> None:
        """Put rules in force; those that `former` has too keep what they remember.

        Building it is work for a thread: 0.1 s for ten thousand keywords. A thorough one asks each condition in turn,
        so that `remaining` says how many were left after each.
        """
        known = {standing.ruling.id: standing for standing in former.standings} if former else {}
        self.standings: list[Standing] = [
            known[ruling.id] if ruling.id in known and known[ruling.id].ruling == ruling else Standing(ruling)
            for ruling in rulings
        ]
        self.hypes: Hypes = former.hypes if former else Hypes()
        self._is_thorough = is_thorough
        self._by_kind: dict[When, list[Standing]] = defaultdict(list)
        self._by_id = {standing.ruling.id: standing for standing in self.standings}
        self._turns = {standing: turn for turn, standing in enumerate(self.standings)}
        self._without_words: dict[When, list[Standing]] = defaultdict(list)
        for standing in self.standings:
            self._by_kind[standing.ruling.spec.when].append(standing)
            if is_thorough or not _words(standing.ruling):
                self._without_words[standing.ruling.spec.when].append(standing)
        self._matcher = Matcher(dict(_keywords(self.standings)))

    def feed(self, batch: Sequence[Occurrence]) -> list[Outcome]:
        """Return what the rules make of these, in order."""
        outcomes: list[Outcome] = []
        for happened, said in zip(batch, self._said(batch), strict=True):
            outcomes += self._look(happened, said)
            if When.HYPE in self._by_kind and (surge := self.hypes.of(happened)):
                outcomes += self._look(surge, {})
            if happened.kind is When.LIVE_ENDED:
                self._forget(happened.live)
        return outcomes

    def standing(self, ruling_id: str) -> Standing:
        """Return a rule with what it remembers."""
        return self._by_id[ruling_id]

    def _look(self, happened: Occurrence, said: Said) -> Iterator[Outcome]:
        found = [self._by_id[name] for name in said if self._by_id[name].ruling.spec.when is happened.kind]
        asked = dict.fromkeys([*self._without_words.get(happened.kind, ()), *found])
        for standing in sorted(asked, key=self._turns.__getitem__):
            if outcome := standing.look(happened, said.get(standing.ruling.id, NOTHING)):
                yield outcome

    def _said(self, batch: Sequence[Occurrence]) -> list[Said]:
        """Return for each which keyword lists its text holds."""
        return [_by_ruling(found) for found in self._matcher.hits_of([happened.text for happened in batch])]

    def _forget(self, live: str) -> None:
        self.hypes.meters.pop(live, None)
        for standing in self.standings:
            standing.forget(live)


@dataclass(slots=True)
class Hypes:
    """The excitement of each live's chat."""

    meters: dict[str, HypeMeter] = field(default_factory=lambda: defaultdict(HypeMeter))

    def of(self, happened: Occurrence) -> Occurrence | None:
        """Return the surge that a message makes plain."""
        if happened.kind is not When.CHAT or happened.is_history:
            return None
        surge = self.meters[happened.live].add(happened.at.timestamp(), happened.user)
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


def _words(ruling: Ruling) -> bool:
    return any(isinstance(condition, Says) for condition in ruling.spec.if_)


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
