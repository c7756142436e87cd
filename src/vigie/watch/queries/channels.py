"""What can be read of channels and lives, as far as a member may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from vigie.people.models import Membership
from vigie.runtime.models import Lease
from vigie.watch.models import RESOURCE, Channel, Gap, Live

FAREWELL = timedelta(minutes=10)
"""How long a live stays among those on air once it is over: nobody should miss that it ended."""

TURN = timedelta(seconds=30)
"""A look takes less, so that nobody waits longer for a turn unless all places are held by lives on air."""


def channels_for(membership: Membership) -> QuerySet[Channel]:
    """Return the channels on the list of a member's team, by name."""
    return Channel.objects.filter(workspace=membership.workspace_id, removed_at=None).order_by("name", "pk")


def with_activity(channels: QuerySet[Channel], now: datetime) -> QuerySet[Channel]:
    """Return channels with `lives_count`, `last_live_at`, `is_on_air` and what `with_prospects` adds."""
    lives = Live.objects.filter(channel=OuterRef("pk"))
    newest = lives.order_by("-started_at").values("started_at")[:1]
    return with_prospects(channels, now).annotate(
        lives_count=Count("lives"),
        last_live_at=Subquery(newest, output_field=DateTimeField()),
        is_on_air=Exists(lives.filter(ended_at=None)),
    )


def with_prospects(channels: QuerySet[Channel], now: datetime) -> QuerySet[Channel]:
    """Return channels with `next_look_at`, None for those that are not looked at again, and `is_waiting` for a place.

    It waits for a place when it is due since a while and every watcher that is at work looks at others.
    """
    free = Q(expires_at=None) | Q(expires_at__lte=now)
    its_lease = Lease.objects.filter(free, resource=Concat(Value(RESOURCE), Cast(OuterRef("pk"), CharField())))
    due_at = Case(When(is_watched=True, then=Subquery(its_lease.values("due_at"))), output_field=DateTimeField())
    somebody_watches = Exists(Lease.objects.filter(expires_at__gt=now))
    return channels.annotate(
        next_look_at=due_at,
        is_waiting=Case(When(Q(somebody_watches, next_look_at__lt=now - TURN), then=True), default=False),
    )


def waiting_for_a_place(now: datetime) -> QuerySet[Channel]:
    """Return the channels of all teams that nobody has looked at for want of a place, by name."""
    return with_prospects(Channel.objects.all(), now).filter(Q(is_waiting=True)).order_by("name", "pk")


def lives_for(membership: Membership) -> QuerySet[Live]:
    """Return the lives of a member's workspace, those of removed channels too, the newest first."""
    return (
        Live.objects.filter(channel__workspace=membership.workspace_id)
        .select_related("channel")
        .order_by("-started_at", "-pk")
    )


def on_air_for(membership: Membership, now: datetime) -> QuerySet[Live]:
    """Return the lives that are watched now or ended just before, in the order in which they began.

    A new one comes last, so that a list of them never moves under its reader.
    """
    return lives_for(membership).filter(_shown(now)).order_by("started_at", "pk")


def off_air_for(membership: Membership, now: datetime) -> QuerySet[Channel]:
    """Return the channels that are watched and have no live among those of `on_air_for`, with their prospects."""
    shown = Live.objects.filter(_shown(now), channel=OuterRef("pk"))
    return with_prospects(channels_for(membership).filter(is_watched=True), now).exclude(Exists(shown))


def _shown(now: datetime) -> Q:
    return Q(ended_at=None) | Q(ended_at__gt=now - FAREWELL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lives of the past are looked for."""

    channel_id: int | None = None
    state: str = ""
    since: date | None = None
    until: date | None = None
    """Included."""


def history_for(membership: Membership, wanted: Wanted) -> QuerySet[Live]:
    """Return the lives that are over, the newest first, with `gaps_count`. Days are those of the current time zone."""
    found = lives_for(membership).exclude(ended_at=None)
    if wanted.channel_id:
        found = found.filter(channel=wanted.channel_id)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.since:
        found = found.filter(started_at__date__gte=wanted.since)
    if wanted.until:
        found = found.filter(started_at__date__lte=wanted.until)
    return found.annotate(gaps_count=Count("gaps"))


def gaps_between(live: Live, from_s: float, to_s: float | None) -> QuerySet[Gap]:
    """Return the gaps that begin from `from_s` on and before `to_s` (None: the end), in order."""
    found = Gap.objects.filter(live=live, from_s__gte=from_s).order_by("from_s")
    return found if to_s is None else found.filter(from_s__lt=to_s)


def gaps_of(lives: Sequence[Live]) -> dict[int, list[Gap]]:
    """Return the gaps of each live, in order. One query."""
    found: dict[int, list[Gap]] = {live.pk: [] for live in lives}
    for gap in Gap.objects.filter(live__in=found).order_by("from_s"):
        found[gap.live_id].append(gap)
    return found
