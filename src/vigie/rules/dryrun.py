"""What rules would have done: a recording, or recorded lives, fed to the engine that also runs live."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from vigie.rules.conditions import folded
from vigie.rules.engine import Engine
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome, Ruling

BATCH = 1000
UNTOLD = frozenset({"kind", "key", "at", "team", "at_s", "names", "is_history"})
SHOWN = tuple(field.name for field in fields(Occurrence) if field.name not in UNTOLD)
"""What is told of an occurrence besides its kind and its date, under the names that a recording has for it."""

USUAL = {"count": 1}


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcomes of a dry run, and how many occurrences were left after each condition of each rule."""

    outcomes: Sequence[Outcome]
    remaining: Mapping[str, Mapping[int, int]]

    @property
    def acted(self) -> list[Outcome]:
        """Return when the rules would have acted."""
        return [outcome for outcome in self.outcomes if outcome.held is None]


def rulings(rules: Iterable[RuleSpec]) -> list[Ruling]:
    """Return rules put in force for the channels that they name."""
    return [Ruling(rule.name, rule, folded(rule.channels) if rule.channels else None) for rule in rules]


def run(rules: Iterable[Ruling], recorded: Iterable[Occurrence]) -> Iterator[Outcome]:
    """Yield what the rules would have made of what is recorded, in order."""
    yield from _feed(Engine(rules), recorded)


def replay(rules: Iterable[Ruling], recorded: Iterable[Occurrence]) -> Replay:
    """Return what the rules would have made of what is recorded, with what each condition left."""
    engine = Engine(rules, is_thorough=True)
    outcomes = list(_feed(engine, recorded))
    return Replay(outcomes, {standing.ruling.id: dict(standing.remaining) for standing in engine.standings})


def _feed(engine: Engine, recorded: Iterable[Occurrence]) -> Iterator[Outcome]:
    waiting = iter(recorded)
    while batch := list(islice(waiting, BATCH)):
        yield from engine.feed(batch)


def as_object(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as `vigie rules dry-run --json` prints it."""
    return {
        "type": "suppressed" if outcome.held else "fired",
        "rule": outcome.ruling.spec.name,
        "at": stamp(outcome.at),
        "reason": str(outcome.held) if outcome.held else "",
        "events": [_event(happened) for happened in outcome.occurrences],
    }


def stamp(at: datetime) -> str:
    """Return a moment as JSON tells it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(happened: Occurrence) -> dict[str, Any]:
    """Return what happened, without what it does not have."""
    told = {name: _plain(getattr(happened, name)) for name in SHOWN} | {"user": called(happened)}
    has = {name: value for name, value in told.items() if value not in ("", None, 0, [], USUAL.get(name))}
    return {"type": happened.kind.value, "at": stamp(happened.at), **has}


def called(happened: Occurrence) -> str:
    """Return what who did it is called; empty where nobody did."""
    return happened.names[0] if happened.names else happened.user


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    return sorted(value) if isinstance(value, frozenset) else value
