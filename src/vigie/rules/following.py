"""Feeds what happens to the rules in force, as it is stored. One process of an installation does it at a time.

Exactly once: what arrived is taken away in the transaction that writes what the rules made of it. What the rules
remember is made again after a restart from the rows of the last hour, and when they acted from their firings.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from asgiref.sync import sync_to_async

from vigie.events import LiveEvent
from vigie.ports import Fence
from vigie.rules import operations, queries, sources
from vigie.rules.document import BadRules
from vigie.rules.engine import Engine
from vigie.rules.models import Arrival, Deed, Firing, RuleVersion
from vigie.rules.standing import Ruling
from vigie.runtime import clock, leases
from vigie.watch.models import Live

log = structlog.get_logger(__name__)

RESOURCE = "rules"
LOOK_S = 0.25
"""How often it is looked for what other processes stored."""
RELOAD_S = 2.0
"""How long a change of the rules may take to be noticed."""
BATCH = 500
"""Arrivals at a time; one is up to a thousand messages."""
MEMORY = timedelta(hours=1)
LONGEST_REST = timedelta(days=1)

_news = asyncio.Event()


def wake(_: LiveEvent) -> None:
    """Look at once: something was stored by this process. From any thread."""
    if _loop:
        _loop[0].call_soon_threadsafe(_news.set)


_loop: list[asyncio.AbstractEventLoop] = []


async def wanted() -> set[str]:
    """Return what the supervisor leases: the one task that feeds the rules."""
    return {RESOURCE}


async def follow(held: Fence) -> float:
    """Feed the rules until cancelled."""
    follower = Follower(held)
    _loop[:] = [asyncio.get_running_loop()]
    try:
        while True:
            _news.clear()
            if not await sync_to_async(follower.catch_up)(clock.now()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await _news.wait()
    finally:
        _loop.clear()


@dataclass(slots=True)
class Follower:
    """The rules in force, and how far they have looked."""

    held: Fence | None = None
    _engine: Engine | None = None
    _loaded_at: datetime | None = None
    _known: list[Ruling] = field(default_factory=list)

    def catch_up(self, now: datetime) -> bool:
        """Let the rules look at what arrived, a batch at a time; return whether there was anything.

        Raises LeaseLost where another process does it by now.
        """
        waiting = list(Arrival.objects.order_by("pk")[:BATCH])
        engine = self._in_force(now)
        if not waiting:
            return False
        with leases.holding(self.held):
            operations.note_outcomes(waiting, engine.feed(sources.arrived(waiting)), now=now)
        return True

    def _in_force(self, now: datetime) -> Engine:
        """Return the engine with the rules as they stand; those that did not change remember what they did."""
        if self._engine and self._loaded_at and now - self._loaded_at < timedelta(seconds=RELOAD_S):
            return self._engine
        self._loaded_at = now
        rulings = usable(queries.versions_in_force())
        if self._engine is None:
            self._engine = recalled(rulings, now)
        elif rulings != self._known:
            self._engine = Engine(rulings, former=self._engine)
        self._known = rulings
        return self._engine


def usable(versions: Sequence[RuleVersion]) -> list[Ruling]:
    """Return the rules that this version of Vigie can read; what it cannot is told, and holds up no other."""
    rulings = []
    for version in versions:
        try:
            rulings += queries.rulings_of([version])
        except BadRules as error:
            log.warning("rules.unusable", rule=version.rule_id, version=version.version, reason=str(error))
    return rulings


def recalled(rulings: Sequence[Ruling], now: datetime) -> Engine:
    """Return rules that remember the last hour, as if they had looked on: what waits to be looked at is left out."""
    engine = Engine(rulings)
    kinds = {ruling.spec.when for ruling in rulings}
    teams = {int(ruling.team) for ruling in rulings}
    waiting = _waiting()
    for live in Live.objects.filter(ended_at=None, channel__workspace__in=teams):
        seen = sources.recorded(live, kinds, since=now - MEMORY)
        engine.feed([happened for happened in seen if happened.key not in waiting.get(live.pk, ())])
    for standing in engine.standings:
        standing.forget_acts()
    deeds = Firing.objects.filter(deed__in=[Deed.ACTED, Deed.TRIED], at__gt=now - LONGEST_REST).order_by("at", "pk")
    by_id = {standing.ruling.id: standing for standing in engine.standings}
    for firing in deeds.filter(version__in=list(by_id)):
        found = sources.of_keys(firing.live_id, [firing.trigger])
        by_id[str(firing.version_id)].acted(firing.at, found.get(firing.trigger) or sources.somewhere(firing))
    return engine


def _waiting() -> dict[int, set[str]]:
    """Return the keys of what arrived and was not looked at, by live."""
    waiting: dict[int, set[str]] = {}
    for live_id, kind, refs in Arrival.objects.values_list("live", "kind", "refs"):
        keys = {f"{kind}:{ref}" for ref in refs} | {f"likes:{ref}" for ref in refs if kind == "viewers"} or {kind}
        waiting.setdefault(live_id, set()).update(keys)
    return waiting
