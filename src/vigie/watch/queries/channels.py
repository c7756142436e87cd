"""What can be read of channels and lives, as far as a member may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Membership
from vigie.runtime.models import Lease
from vigie.watch.models import RESOURCE, AiringState, Channel, Gap, Live, LiveState, Platform, Track
from vigie.watch.wording import NOT_SET_UP

FAREWELL = timedelta(minutes=10)
"""How long a live stays among those on air once it is over: nobody should miss that it ended."""

TURN = timedelta(seconds=30)
"""A look takes less, so that nobody waits longer for a turn unless all places are held by lives on air."""

IS_ATTEMPT = Q(state=LiveState.FAILED, epoch=None, chat_until_s=None, room_id="")
"""A live that was none: its media could not be had, and no platform said that it was there."""


def is_attempt(live: Live) -> bool:
    """Return whether a live is one of `IS_ATTEMPT`."""
    came_to_nothing = live.epoch is None and live.chat_until_s is None and not live.room_id
    return live.state == LiveState.FAILED and came_to_nothing


def channels_for(membership: Membership) -> QuerySet[Channel]:
    """Return the channels on the list of a member's team, by name."""
    return Channel.objects.filter(workspace=membership.workspace_id, removed_at=None).order_by("name", "pk")


class Standing(models.TextChoices):
    """How a channel stands, in a word."""

    LIVE = "live", _("on air")
    OFFLINE = "offline", _("not on air")
    UNKNOWN = "unknown", _("state unknown")
    NOT_SET_UP = "not-set-up", _("platform not set up")
    LOOKING = "looking", _("being looked at…")
    """Nobody has looked yet."""
    WAITING = "waiting", _("waiting for a place")
    UNWATCHED = "off", _("not watched")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which channels are looked for; what is empty excludes none."""

    name: str = ""
    """A part of its name, or of its address."""
    platform: str = ""
    standing: str = ""


def sought_among(channels: QuerySet[Channel], sought: Sought) -> QuerySet[Channel]:
    """Return those of `with_activity` that are looked for."""
    if sought.name:
        channels = channels.filter(Q(name__icontains=sought.name) | Q(address__icontains=sought.name))
    if sought.platform:
        channels = channels.filter(platform=sought.platform)
    return channels.filter(Q(standing=sought.standing)) if sought.standing else channels


def with_activity(channels: QuerySet[Channel], now: datetime) -> QuerySet[Channel]:
    """Return channels with how they stand, what they did, and what `with_prospects` adds; `presence` comes with them.

    `standing`; `live_since` and `viewers_now` of one on air; `lives_count` and `last_live_at` without failed attempts.
    """
    lives = Live.objects.filter(channel=OuterRef("pk"))
    open_live, real = lives.filter(ended_at=None), lives.exclude(IS_ATTEMPT)
    counted = real.order_by().values("channel").annotate(count=Count("pk")).values("count")
    began = open_live.annotate(began=Coalesce("aired_at", "started_at")).values("began")
    newest = real.order_by("-started_at").values("started_at")[:1]
    return (
        with_prospects(channels, now)
        .select_related("presence")
        .annotate(
            lives_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            last_live_at=Subquery(newest, output_field=DateTimeField()),
            live_since=Subquery(began, output_field=DateTimeField()),
            viewers_now=Coalesce(
                Subquery(open_live.values("viewers")), "presence__viewers", output_field=IntegerField()
            ),
            is_on_air=Exists(open_live),
        )
        .annotate(standing=_standing())
    )


def _standing() -> Case:
    """Return how a channel stands; the first that holds counts."""
    is_detected = ~Q(platform=Platform.WEB)
    found: list[tuple[Q, Standing]] = [
        (Q(is_on_air=True), Standing.LIVE),
        (Q(is_watched=False), Standing.UNWATCHED),
        (Q(is_waiting=True), Standing.WAITING),
        (is_detected & Q(presence__checked_at=None), Standing.LOOKING),
        (~is_detected & Q(was_looked_at=False), Standing.LOOKING),
        (Q(presence__reason__in=NOT_SET_UP), Standing.NOT_SET_UP),
        (Q(presence__airing=AiringState.LIVE), Standing.LIVE),
        (Q(presence__airing=AiringState.UNKNOWN), Standing.UNKNOWN),
    ]
    cases = (When(condition, then=Value(standing.value)) for condition, standing in found)
    return Case(*cases, default=Value(Standing.OFFLINE.value), output_field=CharField())


def with_prospects(channels: QuerySet[Channel], now: datetime) -> QuerySet[Channel]:
    """Return channels with `next_look_at`, None for those that are not looked at again, and `is_waiting` for a place.

    It waits for a place when it is due since a while and every watcher that is at work looks at others.
    `was_looked_at`: somebody looked at it for media, or does.
    """
    its_lease = Lease.objects.filter(resource=Concat(Value(RESOURCE), Cast(OuterRef("pk"), CharField())))
    free = its_lease.filter(Q(expires_at=None) | Q(expires_at__lte=now))
    turn_at = Subquery(free.values("due_at"), output_field=DateTimeField())
    is_pulled = Q(platform=Platform.WEB) | Exists(Live.objects.filter(channel=OuterRef("pk"), ended_at=None))
    somebody_watches = Exists(Lease.objects.filter(expires_at__gt=now))
    return channels.annotate(
        next_look_at=Case(
            When(Q(is_watched=True, platform=Platform.WEB), then=turn_at),
            When(is_watched=True, then=F("presence__due_at")),
            output_field=DateTimeField(),
        ),
        turn_at=Case(When(Q(is_pulled, is_watched=True), then=turn_at), output_field=DateTimeField()),
        is_waiting=Case(When(Q(somebody_watches, turn_at__lt=now - TURN), then=True), default=False),
        was_looked_at=Exists(its_lease.filter(token__gt=0)),
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
    """Return the lives that are over, the newest first, with `gaps_count` of the sound.

    Days are those of the current time zone.
    """
    found = lives_for(membership).exclude(ended_at=None)
    if wanted.channel_id:
        found = found.filter(channel=wanted.channel_id)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.since:
        found = found.filter(started_at__date__gte=wanted.since)
    if wanted.until:
        found = found.filter(started_at__date__lte=wanted.until)
    return found.annotate(gaps_count=Count("gaps", filter=Q(gaps__track=Track.MEDIA)))


def gaps_between(live: Live, from_s: float, to_s: float | None) -> QuerySet[Gap]:
    """Return the gaps that begin from `from_s` on and before `to_s` (None: the end), in order."""
    found = Gap.objects.filter(live=live, from_s__gte=from_s).order_by("from_s")
    return found if to_s is None else found.filter(from_s__lt=to_s)


def sound_gaps_of(lives: Sequence[Live]) -> dict[int, list[Gap]]:
    """Return the gaps in the sound of each live, in order. One query."""
    found: dict[int, list[Gap]] = {live.pk: [] for live in lives}
    for gap in Gap.objects.filter(live__in=found, track=Track.MEDIA).order_by("from_s"):
        found[gap.live_id].append(gap)
    return found
