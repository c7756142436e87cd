"""What is written of channels as their platforms are asked: who is on air, who was renamed, when to ask again."""

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from vigie.events import Acted, PresenceChanged
from vigie.ports import Airing, Sighting
from vigie.runtime import bus, leases
from vigie.runtime.texts import storable
from vigie.watch.models import Channel, Live, Presence
from vigie.watch.models.channels import RESOURCE
from vigie.watch.operations.counts import count_viewers
from vigie.watch.operations.lives import Ending, LiveIsOver, end_live, end_unreceived, open_live, resume_live
from vigie.watch.pacing import Look, next_look_s
from vigie.watch.presence import Belief, Step, is_same_live, learn

JUST = timedelta(seconds=30)
"""What was looked at so lately is not looked at again for a doubt."""
MOST_VIEWERS = 2**31 - 1


def expect(channel: Channel, now: datetime) -> None:
    """Let a channel be looked at as soon as may be."""
    if channel.is_detected:
        Presence.objects.update_or_create(
            channel=channel, defaults={"due_at": now, "failures": 0}, create_defaults={"due_at": now, "since": now}
        )


@transaction.atomic
def doubt(channel_id: int, now: datetime) -> None:
    """Count one denial of a live: something else than its platform's answer says that it is over.

    The channel is looked at at once, unless that was just done, or its platform is in trouble and wants to be left.
    """
    presence = Presence.objects.filter(channel=channel_id)
    presence.filter(denials=0).update(denials=1)
    presence.filter(failures=0, due_at__gt=now).exclude(checked_at__gt=now - JUST).update(due_at=now)


@transaction.atomic
def put_off(channel_id: int, due_at: datetime) -> None:
    """Look at a channel later, whatever it was that its platform said."""
    Presence.objects.filter(channel=channel_id).update(due_at=due_at)


@transaction.atomic
def look_at(channel_ids: list[int], now: datetime) -> None:
    """Note that a person has channels on the screen: they are asked for sooner."""
    Presence.objects.filter(channel__in=channel_ids).update(looked_at=now)


@transaction.atomic
def record_sighting(channel_id: int, sighting: Sighting, now: datetime, *, look: Look) -> None:
    """Write what a platform said of a channel: its live begins, goes on or ends, and when to look again."""
    sighting = _clean(sighting)
    opened = Live.objects.filter(channel=channel_id, ended_at=None)
    if sighting.airing is Airing.LIVE and not opened.exists():
        leases.make_due(f"{RESOURCE}{channel_id}")  # first: who watches a channel locks its lease before all else
    presence = Presence.objects.select_for_update(of=("self",)).select_related("channel").get(pk=channel_id)
    channel = presence.channel
    live = opened.first()
    before = _belief(presence)
    belief, step = learn(before, sighting, now, has_live=live is not None)
    _identify(channel, sighting)
    if step is Step.BEGIN and channel.is_watched:
        live = _begin(channel, sighting, now)
    if live is not None and sighting.viewers is not None:
        count_viewers(live.pk, (now - live.started_at).total_seconds(), sighting.viewers)
    if sighting.airing is Airing.LIVE and sighting.room_id:
        opened.exclude(room_id=sighting.room_id).update(room_id=sighting.room_id)
    if step is Step.END and live is not None:
        reason = belief.reason if belief.is_permanent else ""
        with suppress(LiveIsOver):  # its watcher was told so, too
            end = end_unreceived if leases.is_left(channel.resource, now) else end_live
            end(live.pk, Ending(now, reason, is_over=True))
    wait_s = next_look_s(belief, look, now, looked_at=presence.looked_at)
    _save(presence, belief, now, due_at=now + timedelta(seconds=wait_s))
    if (before.airing, before.reason) != (belief.airing, belief.reason):
        bus.publish(PresenceChanged(channel.workspace_id, channel.pk, belief.airing, belief.reason))


def _clean(sighting: Sighting) -> Sighting:
    """Return what fits the columns: text is cut, a number or name that is too long is none."""
    viewers = sighting.viewers
    return replace(
        sighting,
        reason=_text(sighting.reason)[:300],
        platform_id=_text(sighting.platform_id, most=64),
        handle=_text(sighting.handle, most=500),
        room_id=_text(sighting.room_id, most=64),
        title=_text(sighting.title)[:200],
        viewers=None if viewers is None or viewers < 0 else min(viewers, MOST_VIEWERS),
    )


def _text(said: str, *, most: int | None = None) -> str:
    """Return text that every database takes; empty where it is longer than `most`."""
    text = storable(said)
    return "" if most is not None and len(text) > most else text


def _belief(presence: Presence) -> Belief:
    return Belief(
        Airing(presence.airing),
        presence.since,
        presence.reason,
        presence.is_permanent,
        presence.room_id,
        presence.viewers,
        presence.denials,
        presence.failures,
    )


def _save(presence: Presence, belief: Belief, now: datetime, *, due_at: datetime) -> None:
    for name, value in asdict(belief).items():
        setattr(presence, name, value)
    presence.checked_at, presence.due_at = now, due_at
    presence.save()


def _begin(channel: Channel, sighting: Sighting, now: datetime) -> Live:
    last = Live.objects.filter(channel=channel).exclude(ended_at=None).select_related("channel")
    former = last.order_by("-ended_at").first()
    same_room = former is not None and sighting.room_id != "" and former.room_id == sighting.room_id
    if former is not None and former.ended_at and is_same_live(former.ended_at, now, same_room=same_room):
        resume_live(former, now)
        return former
    return open_live(
        channel,
        title=sighting.title,
        now=now,
        room_id=sighting.room_id,
        aired_at=sighting.started_at,
    )


def _identify(channel: Channel, sighting: Sighting) -> None:
    """Take note of the account's number, and follow it when it is renamed."""
    others = Channel.objects.filter(workspace=channel.workspace_id, platform=channel.platform).exclude(pk=channel.pk)
    if (
        sighting.platform_id
        and not channel.platform_id
        and not others.filter(platform_id=sighting.platform_id).exists()
    ):
        channel.platform_id = sighting.platform_id
        channel.save(update_fields=["platform_id"])
    is_same_account = channel.platform_id and sighting.platform_id == channel.platform_id
    new = sighting.handle
    if is_same_account and new and new != channel.address:
        _make_way(others.filter(address=new).exclude(removed_at=None))
        if not others.filter(address=new).exists():
            _rename(channel, new)


def _make_way(removed: QuerySet[Channel]) -> None:
    """Let no channel that was removed keep a handle that is another account's by now; its number still names it."""
    for channel in removed:
        channel.address = channel.platform_id or f"{channel.address[:460]} (removed {channel.pk})"
        channel.save(update_fields=["address"])


def _rename(channel: Channel, address: str) -> None:
    former, channel.address = channel.address, address
    if channel.name.removeprefix("@") == former:
        channel.name = f"@{address}"[:120]
    channel.save(update_fields=["address", "name"])
    payload = {"from": former, "to": address}
    bus.publish(Acted(channel.workspace_id, None, "channel.renamed", "channel", str(channel.pk), payload))
