"""What rules made of what happened, written down once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from vigie.errors import VigieError
from vigie.events import RuleFired
from vigie.rules.models import IN_FORCE, ActionRun, Arrival, Deed, Firing, Mode, RuleVersion
from vigie.rules.spec import Action
from vigie.rules.standing import Outcome
from vigie.runtime import bus, engine

ACT = "rules.act"
"""The engine's task."""
ONE_MINUTE = timedelta(minutes=1)


class WasFollowed(VigieError):
    """Another process looked at this already."""


@transaction.atomic
def note_outcomes(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome], *, now: datetime) -> list[Firing]:
    """Return what the rules made of some arrivals, written down once: the arrivals are gone with it.

    What the rules of versions no longer in force made of them is left out. Raises WasFollowed, changing nothing, where
    another process did so meanwhile. As many statements, however many outcomes there are.
    """
    ids = [arrival.pk for arrival in arrivals]
    gone, _ = Arrival.objects.filter(pk__in=ids).delete()
    if gone != len(ids):
        raise WasFollowed
    versions = _versions(outcomes)
    made = [_firing(version, outcome, now) for outcome in outcomes if (version := versions.get(int(outcome.ruling.id)))]
    noted = _noted(made)
    _let_act(noted, {int(outcome.ruling.id): outcome.ruling.spec.then for outcome in outcomes})
    for firing in noted:
        rule = firing.version.rule
        bus.publish(RuleFired(rule.workspace_id, firing.live_id, firing.pk, rule.pk))
    return noted


def _noted(made: Sequence[Firing]) -> list[Firing]:
    """Write firings down; return those that are rows now and were not before."""
    page = _Page.of(made)
    for firing in made:
        page.take(firing)
    page.write()
    return page.new


def _versions(outcomes: Sequence[Outcome]) -> dict[int, RuleVersion]:
    if not outcomes:
        return {}
    ids = {int(outcome.ruling.id) for outcome in outcomes}
    found = RuleVersion.objects.filter(pk__in=ids, mode__in=IN_FORCE, rule__removed_at=None)
    return {version.pk: version for version in found.select_related("rule")}


def _firing(version: RuleVersion, outcome: Outcome, now: datetime) -> Firing:
    last, held = outcome.occurrences[-1], outcome.held
    acts = Deed.TRIED if version.mode == Mode.TRIAL else Deed.ACTED
    return Firing(
        version=version,
        live_id=int(last.live),
        deed=Deed.HELD if held else acts,
        brake=held.brake.name if held else "",
        figures=dict(held.values) if held else {},
        trigger=last.key,
        refs=[happened.key for happened in outcome.occurrences],
        value=last.value or None,
        at=outcome.at,
        since_s=last.at_s - (outcome.at - outcome.since).total_seconds(),
        at_s=last.at_s,
        noted_at=now,
    )


Flood = tuple[int, int, str]
"""What is counted together: version, live, brake."""


@dataclass(slots=True)
class _Page:
    """Firings, before they are written down."""

    held: dict[Flood, list[Firing]] = field(default_factory=dict)
    """Those held back that a flood may be counted on."""
    known: set[tuple[int, int, str]] = field(default_factory=set)
    """Version, live and trigger of these, and of the new ones."""
    new: list[Firing] = field(default_factory=list)
    counted: set[Firing] = field(default_factory=set)
    """Those of `held` that were counted up."""

    @classmethod
    def of(cls, made: Sequence[Firing]) -> "_Page":
        """Return a page for these, which knows what was held back at that time. One query at most."""
        page = cls()
        if not made:
            return page
        held = Firing.objects.filter(
            deed=Deed.HELD,
            version__in={firing.version_id for firing in made},
            live__in={firing.live_id for firing in made},
            at__gt=min(firing.at for firing in made) - ONE_MINUTE,
            at__lt=max(firing.at for firing in made) + ONE_MINUTE,
        )
        for firing in held.order_by("at", "pk"):
            page.known.add(_identity(firing))
            page.held.setdefault(_flood(firing), []).append(firing)
        return page

    def take(self, firing: Firing) -> None:
        """Write a firing down, unless it is known, or one of the same minute counts it: a flood makes few rows."""
        if _identity(firing) in self.known:
            return
        if firing.deed == Deed.HELD:
            same = self.held.setdefault(_flood(firing), [])
            if first := next((other for other in reversed(same) if abs(firing.at - other.at) < ONE_MINUTE), None):
                first.count += 1
                self.counted |= {first} if first.pk else set()
                return
            same.append(firing)
        self.known.add(_identity(firing))
        self.new.append(firing)

    def write(self) -> None:
        """Write it all down but what is known from long ago: what was said may be transcribed again."""
        Firing.objects.bulk_update(self.counted, ["count"])
        if self.new:
            around = Firing.objects.filter(
                live__in={firing.live_id for firing in self.new}, trigger__in={firing.trigger for firing in self.new}
            )
            known = {_identity(firing) for firing in around}
            self.new = [firing for firing in self.new if _identity(firing) not in known]
        Firing.objects.bulk_create(self.new)


def _identity(firing: Firing) -> tuple[int, int, str]:
    return firing.version_id, firing.live_id, firing.trigger


def _flood(firing: Firing) -> Flood:
    return firing.version_id, firing.live_id, firing.brake


def _let_act(firings: Iterable[Firing], then: Mapping[int, Sequence[Action]]) -> None:
    """Let the engine do what the versions say that is to be done."""
    runs = [
        ActionRun(firing=firing, position=position, action=action.do, options=action.options)
        for firing in firings
        if firing.deed == Deed.ACTED
        for position, action in enumerate(then[firing.version_id])
    ]
    ActionRun.objects.bulk_create(runs)
    if runs:
        engine.wake(ACT)
