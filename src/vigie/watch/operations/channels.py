"""What can be done with channels. Every change is a person's, or the set-up's, and is accounted for."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vigie.errors import VigieError
from vigie.events import Acted
from vigie.people.models import Membership, Workspace
from vigie.runtime import bus, clock, leases
from vigie.watch.addresses import Place
from vigie.watch.models import Channel
from vigie.watch.operations.presence import expect


class AlreadyAdded(VigieError):
    """This channel is on the list already."""


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

    Raises AlreadyAdded. No actor: the set-up of an installation.
    """
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
        raise AlreadyAdded(f"{place.address} is on the list already, as {channel.name}.")
    channel.name, channel.language, channel.removed_at = label.name, label.language, None
    channel.save(update_fields=["name", "language", "removed_at"])
    added = {"platform": place.platform, "address": place.address, "name": label.name, "language": label.language}
    _account(channel, actor, "channel.added", **added)
    return channel


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
