"""What stands around the tiles of the wall: its counters, the alerts that wait, what was decided lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, IntegerField, Q, Value, When

from vigie.moderation.excerpts import Excerpt, excerpt
from vigie.moderation.models import Alert, AlertState, Decision
from vigie.ports import HIGH, MEDIUM
from vigie.site.attention import BADLY_HEARD
from vigie.watch.models import Live

SHOWN = 6
"""Alerts at a glance: the queue has them all."""
QUOTE = 120
"""Characters of one."""
DECISIONS = 5
LATELY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OnAir:
    """How many lives there are now."""

    total: int
    badly_heard: int


def on_air_in(workspace_id: int) -> OnAir:
    """Return how many lives of a workspace are on air, and how many of them are badly heard. One query."""
    found = Live.objects.filter(channel__workspace=workspace_id, ended_at=None)
    return OnAir(**found.aggregate(total=Count("pk"), badly_heard=Count("pk", filter=Q(state__in=BADLY_HEARD))))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many alerts wait for a human."""

    total: int
    high: int


def waiting_in(workspace_id: int) -> Waiting:
    """Return how many alerts of a workspace wait. One query, by index."""
    found = Alert.objects.filter(workspace=workspace_id, state=AlertState.PENDING)
    return Waiting(**found.aggregate(total=Count("pk"), high=Count("pk", filter=Q(score__gte=HIGH))))


@dataclass(frozen=True, slots=True)
class Tick:
    """An alert that waits, at a glance."""

    alert: Alert
    quote: Excerpt


def ticks_in(workspace_id: int) -> list[Tick]:
    """Return the first alerts of a workspace that wait: the most severe, then the newest. One query."""
    band = Case(
        When(score__gte=HIGH, then=Value(0)),
        When(score__gte=MEDIUM, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Alert.objects.filter(workspace=workspace_id, state=AlertState.PENDING)
    found = found.select_related("live__channel", "assessment").order_by(band, "-raised_at", "-pk")
    return [Tick(alert, excerpt(alert.assessment.text, alert.assessment.spans, QUOTE)) for alert in found[:SHOWN]]


def decided_in(workspace_id: int, now: datetime) -> list[Decision]:
    """Return the last decisions of the last 12 hours, unless they were taken back, the newest first. One query."""
    found = Decision.objects.filter(alert__workspace=workspace_id, undone_at=None)
    newest = found.select_related("alert__live__channel").order_by("-pk")[:DECISIONS]  # by the key: it ends early
    return [decision for decision in newest if decision.decided_at >= now - LATELY]
