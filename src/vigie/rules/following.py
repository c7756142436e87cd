"""Feeds what happens to the rules in force, as it is stored. One process of an installation does it at a time.

Exactly once: what arrived is taken away in the transaction that writes what the rules made of it. Where that fails, the
task ends, and a new one begins with what is stored: what the rules remember is made again from the rows of the last
hour, and when they acted from their firings.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from asgiref.sync import sync_to_async
from django.db.models import Q

from vigie.events import LiveEvent
from vigie.ports import Fence
from vigie.rules import operations, queries, sources
from vigie.rules.document import BadRules
from vigie.rules.engine import KEPT_AFTER_END, Engine
from vigie.rules.kinds import When
from vigie.rules.matching import BadKeyword
from vigie.rules.models import Arrival, Deed, Firing, RuleVersion
from vigie.rules.occurrences import Occurrence
from vigie.rules.operations import WasFollowed
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import HOUR, Past, Ruling
from vigie.runtime import clock, leases
from vigie.watch.models import Live

log = structlog.get_logger(__name__)

RESOURCE = "rules"
LOOK_S = 0.25
"""How often it is looked for what other processes stored."""
LOOK_AGAIN_S = 1.0
RELOAD_S = 2.0
"""How long a change of the rules may take to be noticed."""
BATCH = 500
"""Arrivals at a time."""
MOST_ROWS = 5_000
"""What these may be about, in all: one is up to a thousand messages."""
MEMORY = timedelta(hours=1)
"""What is made again after a restart. More where a rule looks further back; it looks a day back at most."""

_wakers: list[Callable[[], object]] = []


def wake(_: LiveEvent) -> None:
    """Look at once: something was stored by this process. From any thread."""
    for look in tuple(_wakers):
        look()


async def wanted() -> set[str]:
    """Return what the supervisor leases: the one task that feeds the rules."""
    return {RESOURCE}


async def follow(held: Fence) -> float:
    """Feed the rules until cancelled; return, for another look, where another process does it by now."""
    workshop = Workshop()
    follower, news, loop = Follower(held, workshop), asyncio.Event(), asyncio.get_running_loop()

    def look() -> None:
        loop.call_soon_threadsafe(news.set)

    _wakers.append(look)
    try:
        while True:
            news.clear()
            if not await sync_to_async(follower.catch_up)(clock.now()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await news.wait()
    except (leases.LeaseLost, WasFollowed) as over:
        log.info("rules.others_follow", reason=str(over))
        return LOOK_AGAIN_S
    finally:
        _wakers.remove(look)
        workshop.close()


Build = Callable[[Sequence[Ruling], Engine], Engine | None]
"""Returns the engine of other rules that goes on from a former one; None while it is being built."""


class Workshop:
    """Builds engines in a thread of its own: meanwhile the former rules look on. Ten thousand keywords take 0.1 s."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rules")
        self._rulings: Sequence[Ruling] = ()
        self._built: Future[Engine] | None = None

    def __call__(self, rulings: Sequence[Ruling], former: Engine) -> Engine | None:
        """Begin with it, unless that was done, and return it once it is there."""
        if self._built is None or self._rulings != rulings:
            self._rulings, self._built = rulings, self._thread.submit(fitting, rulings, former)
        if not self._built.done():
            return None
        built, self._built = self._built.result(), None
        return built

    def close(self) -> None:
        """Build nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def at_once(rulings: Sequence[Ruling], former: Engine) -> Engine:
    """Return the engine, built here and now."""
    return fitting(rulings, former)


@dataclass(slots=True)
class Follower:
    """The rules in force, and what they remember. Of no use any more once it raised."""

    held: Fence | None = None
    build: Build = at_once
    _engine: Engine | None = None
    _loaded_at: datetime | None = None
    _rulings: list[Ruling] = field(default_factory=list)
    """Those that the engine has."""
    _wanted: list[Ruling] = field(default_factory=list)
    """Those that are in force as last read."""
    _read: dict[int, RuleSpec | None] = field(default_factory=dict)
    """What versions say; None: this version of Vigie cannot read it."""

    def catch_up(self, now: datetime) -> bool:
        """Let the rules look at what arrived, a batch at a time; return whether there was anything.

        Raises LeaseLost, WasFollowed where another process does it by now.
        """
        engine = self._in_force(now)
        waiting = _first(list(Arrival.objects.order_by("pk")[:BATCH]))
        if not waiting:
            return False
        outcomes = engine.feed(sources.arrived(waiting))
        with leases.holding(self.held):
            operations.note_outcomes(waiting, outcomes, now=now)
        return True

    def _in_force(self, now: datetime) -> Engine:
        """Return the engine with the rules as they stand; those that did not change remember what they saw and did."""
        if self._engine is None or self._loaded_at is None or now - self._loaded_at >= timedelta(seconds=RELOAD_S):
            self._loaded_at = now
            versions = queries.versions_in_force()
            self._wanted = self._usable(versions)
            if self._engine is None:
                self._engine, self._rulings = fitting(self._wanted), self._wanted
                recall(self._engine, {str(version.pk): version for version in versions}, now)
        if self._wanted != self._rulings and (built := self.build(self._wanted, self._engine)):
            known = set(self._engine.standings)
            fresh = [standing.ruling for standing in built.standings if standing not in known]
            _remember_acts(built, _acts(fresh, now))  # who paused a rule has not ended its rest
            self._engine, self._rulings = built, self._wanted
        return self._engine

    def _usable(self, versions: Sequence[RuleVersion]) -> list[Ruling]:
        """Return the rules that this version of Vigie can read; what it cannot is told, and holds up no other."""
        self._read = {version.pk: self._read[version.pk] for version in versions if version.pk in self._read}
        for version in versions:
            if version.pk not in self._read:  # what is in force does not change any more
                self._read[version.pk] = _read(version)
        specs = {pk: spec for pk, spec in self._read.items() if spec}
        return queries.rulings_of([one for one in versions if one.pk in specs], lambda version: specs[version.pk])


def _first(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return as many of these as are looked at together; one at least."""
    taken: list[Arrival] = []
    rows = 0
    for arrival in arrivals:
        rows += len(arrival.refs)
        if taken and rows > MOST_ROWS:
            break
        taken.append(arrival)
    return taken


def _read(version: RuleVersion) -> RuleSpec | None:
    try:
        return queries.spec_of(version)
    except BadRules as error:
        log.warning("rules.unusable", rule=version.rule_id, version=version.version, reason=str(error))
        return None


def fitting(rulings: Sequence[Ruling], former: Engine | None = None) -> Engine:
    """Return an engine of as many rules as can look for their keywords together; those left out are told."""
    left = list(rulings)
    while True:
        try:
            return Engine(left, former=former)
        except BadKeyword as error:
            largest = max(left, key=lambda ruling: queries.keywords_in(ruling.spec.as_data()))
            left.remove(largest)
            log.warning("rules.left_out", version=largest.id, reason=str(error))


# ── after a restart ────────────────────────────────────────────────────────────────────────────────────────────────


def recall(engine: Engine, versions: Mapping[str, RuleVersion], now: datetime) -> None:
    """Let rules remember the last hour as if they had looked on; what waits to be looked at is left out."""
    rulings = [standing.ruling for standing in engine.standings]
    firings = _acts(rulings, now)
    acts: dict[str, set[tuple[str, str]]] = {ruling.id: set() for ruling in rulings}
    for firing in firings:
        acts[str(firing.version_id)].add((str(firing.live_id), firing.trigger))
    pasts = {ruling: Past(versions[ruling].in_force_since or now, acted) for ruling, acted in acts.items()}
    engine.recall(_seen(rulings, now), pasts)
    _remember_acts(engine, firings)


def _remember_acts(engine: Engine, firings: Sequence[Firing]) -> None:
    """Let rules remember when they acted. Five queries at most."""
    found = sources.of_keys((firing.live_id, firing.trigger) for firing in firings)
    for firing in firings:
        known = found.get((firing.live_id, firing.trigger)) or sources.somewhere(firing)
        engine.standing(str(firing.version_id)).acted(firing.at, known)


def _acts(rulings: Sequence[Ruling], now: datetime) -> list[Firing]:
    """Return when rules acted, or would have, as far as they may rest for it yet, or look back; in order. One query."""
    rests = {
        int(ruling.id): max([HOUR, _reach(ruling.spec), *map(_seconds, ruling.spec.cooldown.values())])
        for ruling in rulings
    }
    if not rests:
        return []
    acted = Firing.objects.filter(
        deed__in=[Deed.ACTED, Deed.TRIED], version__in=rests, at__gt=now - max(rests.values())
    )
    found = acted.select_related("version", "live__channel").order_by("at", "pk")
    return [firing for firing in found if firing.at > now - rests[firing.version_id]]


def _seconds(length_s: float) -> timedelta:
    return timedelta(seconds=length_s)


def _seen(rulings: Sequence[Ruling], now: datetime) -> Iterator[Occurrence]:
    """Yield what the rules saw, live by live."""
    since = now - max([MEMORY, *(_reach(ruling.spec) for ruling in rulings)]) if rulings else now
    kinds = {ruling.spec.when for ruling in rulings}
    teams = {int(ruling.team) for ruling in rulings}
    recent = Q(ended_at=None) | Q(ended_at__gt=now - KEPT_AFTER_END)
    for live in Live.objects.filter(recent, channel__workspace__in=teams).select_related("channel").order_by("pk"):
        if any(ruling.channels is None or str(live.channel_id) in ruling.channels for ruling in rulings):
            yield from _seen_in(live, kinds, since)


def _seen_in(live: Live, kinds: Collection[When], since: datetime) -> list[Occurrence]:
    stored = list(sources.recorded(live, kinds, since=since))
    waiting = _waiting(live)  # read after the rows, so that what is stored meanwhile is not seen twice
    return [happened for happened in stored if happened.key not in waiting]


def _reach(spec: RuleSpec) -> timedelta:
    """Return how far back a rule looks."""
    windows = [getattr(condition, "within", 0.0) for condition in spec.if_]
    return _seconds(max([*windows, spec.quorum.within if spec.quorum else 0.0]))


def _waiting(live: Live) -> set[str]:
    """Return the keys of what arrived and was not looked at."""
    keys: set[str] = set()
    for kind, refs in Arrival.objects.filter(live=live).values_list("kind", "refs"):
        keys |= {f"{kind}:{ref}" for ref in refs} or {kind}
        keys |= {f"{When.LIKES}:{ref}" for ref in refs if kind == When.VIEWERS}
    return keys
