"""What can be done with channels. Every change is a person's, or the set-up's, and is accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from vigie.errors import VigieError
from vigie.events import Acted
from vigie.people.models import Membership, Workspace
from vigie.runtime import bus, clock, leases, limits
from vigie.watch.addresses import Place
from vigie.watch.models import Channel
from vigie.watch.operations.presence import expect

LOOKS = limits.Budget(capacity=1.0, per_s=1.0 / 30.0)
"""How often people may have one channel looked at."""


class AlreadyAdded(VigieError):
    """This channel is on the list already."""

    def __init__(self, message: str = "", places: Sequence[Place] = ()) -> None:
        super().__init__(message)
        self.places = places
        """Those that are on the list."""


class NotWatched(VigieError):
    """This channel is not watched, so nobody looks at it; watch it first."""


class TooSoon(VigieError):
    """This channel was looked at less than 30 s ago."""


class ChannelRemoved(VigieError):
    """This channel was removed; add it again to watch it."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a team says of a channel."""

    name: str
    language: str
    """ISO 639-1, of what is spoken."""


@transaction.atomic
def add_channel(
    workspace: Workspace, place: Place, label: Label, *, actor: Membership | None, now: datetime
) -> Channel:
    """Return the channel at a normalized place; one that was removed comes back with its history.

    An account that is known by its number is the same under another name. Raises AlreadyAdded. No actor: the set-up of
    an installation.
    """
    place = _known_place(workspace, place)
    channel, is_new = Channel.objects.select_for_update().get_or_create(
        workspace=workspace,
        platform=place.platform,
        address=place.address,
        defaults={
            "platform_id": place.platform_id,
            "added_by": actor.user if actor else None,
            "added_at": now,
        },
    )
    if not is_new and channel.removed_at is None:
        raise AlreadyAdded(f"{place.address} is on the list already, as {channel.name}.", [place])
    channel.name, channel.language, channel.removed_at = label.name, label.language, None
    channel.save(update_fields=["name", "language", "removed_at"])
    added = {"platform": place.platform, "address": place.address, "name": label.name, "language": label.language}
    _account(channel, actor, "channel.added", **added)
    return channel


def _known_place(workspace: Workspace, place: Place) -> Place:
    """Return where an account is on the list that was asked for by its number; the place itself where it is not."""
    same = Channel.objects.filter(workspace=workspace, platform=place.platform, platform_id=place.platform_id)
    address = same.values_list("address", flat=True).first() if place.platform_id else None
    return replace(place, address=address) if address else place


@transaction.atomic
def add_channels(
    workspace: Workspace,
    entries: Sequence[tuple[Place, Label]],
    *,
    actor: Membership,
    now: datetime,
    is_watched: bool,
) -> list[Channel]:
    """Return the channels of all entries, in order; where one is on the list already, none is added.

    Raises AlreadyAdded with each place that is.
    """
    added, known = [], []
    for place, label in entries:
        try:
            added.append(add_channel(workspace, place, label, actor=actor, now=now))
        except AlreadyAdded:
            known.append(place)
    if known:
        raise AlreadyAdded(f"{len(known)} of {len(entries)} channels are on the list already.", known)
    for channel in added if is_watched else ():
        start_watching(channel, actor=actor)
    return added


def look_now(channel: Channel, now: datetime) -> None:
    """Look at a watched channel as soon as may be, at most once in 30 s. Raises NotWatched, TooSoon."""
    if not channel.is_watched:
        raise NotWatched
    if limits.take(f"look:{channel.pk}", LOOKS, now):
        raise TooSoon
    if channel.is_detected:
        expect(channel, now)
    else:
        leases.make_due(channel.resource)


@transaction.atomic
def change_channel(channel: Channel, label: Label, *, actor: Membership) -> None:
    """Give a channel another name or language; the language holds from its next live on."""
    channel.name, channel.language = label.name, label.language
    channel.save(update_fields=["name", "language"])
    _account(channel, actor, "channel.changed", name=label.name, language=label.language)


@transaction.atomic
def start_watching(channel: Channel, *, actor: Membership | None) -> None:
    """Watch a channel's lives from now on: it is looked at at once. Raises ChannelRemoved."""
    if channel.removed_at is not None:
        raise ChannelRemoved
    leases.make_due(channel.resource)  # first: whoever holds the lease locks it before the audit chain
    expect(channel, clock.now())
    _watch(channel, actor, "channel.watched", wanted=True)


@transaction.atomic
def stop_watching(channel: Channel, *, actor: Membership | None) -> None:
    """Watch a channel no longer; its open live ends."""
    _watch(channel, actor, "channel.unwatched", wanted=False)


@transaction.atomic
def remove_channel(channel: Channel, *, actor: Membership, now: datetime) -> None:
    """Take a channel off the list and stop watching it. Its past lives stay."""
    channel.is_watched, channel.removed_at = False, now
    channel.save(update_fields=["is_watched", "removed_at"])
    _account(channel, actor, "channel.removed", address=channel.address)


def _watch(channel: Channel, actor: Membership | None, verb: str, *, wanted: bool) -> None:
    if channel.is_watched != wanted:
        channel.is_watched = wanted
        channel.save(update_fields=["is_watched"])
        _account(channel, actor, verb)


def _account(channel: Channel, actor: Membership | None, verb: str, **payload: object) -> None:
    actor_id = actor.user_id if actor else None
    bus.publish(Acted(channel.workspace_id, actor_id, verb, "channel", str(channel.pk), payload))
