"""What audiences did is written here, in batches; and what persons do with it: reveal, erase."""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from vigie.errors import VigieError
from vigie.events import Acted, ActivityReceived, AudienceActive, MessagesHidden, MessagesRemoved
from vigie.people.models import Membership
from vigie.runtime import bus
from vigie.runtime.texts import storable
from vigie.watch import chatters
from vigie.watch.chatters import Audience, Identity
from vigie.watch.models import ChatMessage, Chatter, ErasedMessage, Live, LiveMark
from vigie.watch.operations.naming import naming_workspaces

KNOWN_CHATTERS = 100_000
"""How many persons the writer remembers the rows of: 20 MB."""
LONGEST_TEXT = 1000
MOST_TOLD = 200
"""Messages that are named when they are taken away: the last ones."""


class NoReason(VigieError):
    """Say why: it is kept beside who asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing somebody did, with the live it belongs to."""

    live_id: int
    at_s: float
    """When it was done, in seconds since the live started."""
    audience: Audience
    activity: ActivityReceived

    @property
    def message_id(self) -> str:
        """The platform's number of it, as it is stored."""
        return storable(self.activity.message_id)[:64]


@dataclass(slots=True)
class Roll:
    """The rows of persons seen lately, so that few are looked up."""

    ids: OrderedDict[tuple[int, str, str], int] = field(default_factory=OrderedDict)
    """(workspace, platform, the platform's number) -> row."""
    most: int = KNOWN_CHATTERS

    def remember(self, person: tuple[int, str, str], row_id: int) -> None:
        """Know somebody, seen just now."""
        self.ids[person] = row_id
        self.ids.move_to_end(person)

    def trim(self) -> None:
        """Forget those who were not seen for longest, when there are too many."""
        while len(self.ids) > self.most:
            self.ids.popitem(last=False)


@transaction.atomic
def store_chat(batch: Sequence[Heard], roll: Roll, now: datetime) -> int:
    """Write what is new of a batch, in one transaction, and tell it a live; return how many rows that made.

    What was stored before, by whomever, is left as it is: a message is a row once. Raises IntegrityError when another
    process wrote the same at the same moment, or a person known to `roll` was erased: clear it and try again.
    """
    new = _not_known(batch)
    if not new:
        return 0
    _enroll(new, roll, now)
    rows = [_row(heard, roll) for heard in new]
    roll.trim()
    ChatMessage.objects.bulk_create(rows)
    stored: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        stored[row.live_id].append(row.pk)
    workspaces = {heard.live_id: heard.audience.workspace_id for heard in new}
    for live_id, ids in stored.items():
        bus.publish(AudienceActive(workspaces[live_id], live_id, tuple(ids)))
    return len(rows)


def _not_known(batch: Sequence[Heard]) -> list[Heard]:
    """Return what is neither stored nor erased yet, each message once, in order. One query."""
    first = {(heard.live_id, heard.message_id): heard for heard in reversed(batch)}
    asked: dict[int, list[str]] = defaultdict(list)
    for live_id, message_id in first:
        asked[live_id].append(message_id)
    if not asked:
        return []
    these = reduce(or_, (Q(live=live_id, platform_id__in=ids) for live_id, ids in asked.items()))
    stored = ChatMessage.objects.filter(these).values_list("live", "platform_id")
    known = set(stored.union(ErasedMessage.objects.filter(these).values_list("live", "platform_id"), all=True))
    return [heard for key, heard in reversed(first.items()) if key not in known]


def _person(heard: Heard) -> tuple[int, str, str]:
    return heard.audience.workspace_id, heard.audience.platform, heard.activity.chatter.platform_id


def _enroll(batch: Iterable[Heard], roll: Roll, now: datetime) -> None:
    """Make a row for everyone who has none, and let `roll` know them all."""
    strangers: dict[tuple[int, str, str], Heard] = {}
    for heard in batch:
        person = _person(heard)
        if person in roll.ids:
            roll.remember(person, roll.ids[person])
        else:
            strangers.setdefault(person, heard)
    if strangers:
        rows = _strangers(strangers.values(), now)
        Chatter.objects.bulk_create(rows, ignore_conflicts=True)
        ids = _ids_of(rows)
        for person, row in zip(strangers, rows, strict=True):
            roll.remember(person, ids[row.workspace_id, row.platform, row.key])


def _strangers(batch: Collection[Heard], now: datetime) -> list[Chatter]:
    """Return the rows of persons, not saved: named where their workspace names them now, whatever it did when heard."""
    naming = naming_workspaces({heard.audience.workspace_id for heard in batch})
    rows = []
    for heard in batch:
        audience = heard.audience
        row = chatters.row_of(audience, heard.activity.chatter, is_named=audience.workspace_id in naming)
        row.first_seen_at = now
        rows.append(row)
    return rows


def _ids_of(rows: Iterable[Chatter]) -> dict[tuple[int, str, str], int]:
    """Return the rows of persons by workspace, platform and key: the columns of their index, in its order."""
    asked: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in rows:
        asked[row.workspace_id, row.platform].append(row.key)
    some = (Q(workspace=workspace, platform=platform, key__in=keys) for (workspace, platform), keys in asked.items())
    found = Chatter.objects.filter(reduce(or_, some)).values_list("workspace", "platform", "key", "pk")
    return {(workspace, platform, key): pk for workspace, platform, key, pk in found}


def _row(heard: Heard, roll: Roll) -> ChatMessage:
    activity = heard.activity
    return ChatMessage(
        live_id=heard.live_id,
        kind=activity.kind,
        platform_id=heard.message_id,
        at_s=heard.at_s,
        chatter_id=roll.ids[_person(heard)],
        badges=" ".join(sorted(activity.chatter.badges))[:60],
        text=storable(activity.text)[:LONGEST_TEXT],
        count=max(0, min(activity.count, 2**31 - 1)),
        value=max(0, min(activity.value, 2**31 - 1)),
        is_history=activity.is_history,
    )


def still_wanted(batch: Sequence[Heard]) -> list[Heard]:
    """Return what belongs to lives that are still there."""
    lives = set(Live.objects.filter(pk__in={heard.live_id for heard in batch}).values_list("pk", flat=True))
    return [heard for heard in batch if heard.live_id in lives]


@transaction.atomic
def mark_removed(live: Live, removed: MessagesRemoved) -> int:
    """Note which messages the platform's moderators took away; return how many. They stay, as evidence."""
    found = ChatMessage.objects.filter(live=live, removed_at=None, kind="message")
    if removed.message_id:
        found = found.filter(platform_id=storable(removed.message_id)[:64])
    elif removed.chatter_id:
        channel = live.channel
        key = chatters.key_of(Audience(channel.workspace_id, channel.platform), removed.chatter_id)
        found = found.filter(chatter__workspace=channel.workspace_id, chatter__key=key)
    last = tuple(found.order_by("-pk").values_list("pk", flat=True)[:MOST_TOLD])
    hidden = found.update(removed_at=removed.at)
    if hidden:
        bus.publish(MessagesHidden(live.channel.workspace_id, live.pk, last))
    return hidden


@transaction.atomic
def reveal_identity(chatter: Chatter, *, actor: Membership, reason: str) -> Identity:
    """Return who a pseudonym is; that somebody asked, and why, is accounted for. Raises NoReason, CannotUnseal."""
    if not reason.strip():
        raise NoReason
    identity = chatters.identity_of(chatter)
    _account(chatter, actor, "chatter.revealed", reason=reason.strip())
    return identity


@transaction.atomic
def erase_chatter(chatter: Chatter, *, actor: Membership, reason: str) -> int:
    """Remove a person and all they wrote; return how many messages that were. The audit log stays.

    Counts stay as well, but those of the last minutes of a live that is taken up again after a restart. What the
    platform's moderators did about them stays marked, without a word of it. No replay brings anything back; what they
    write from now on is new. Raises NoReason.
    """
    if not reason.strip():
        raise NoReason
    naming_workspaces([chatter.workspace_id])  # whoever changes the workspace locks it before all else, too
    Chatter.objects.select_for_update().filter(pk=chatter.pk).first()  # nothing of them is stored meanwhile
    _keep_out(chatter)
    messages, _ = ChatMessage.objects.filter(chatter=chatter).delete()
    marks = LiveMark.objects.filter(live__channel__workspace=chatter.workspace_id, target_key=chatter.key)
    marks.update(label="", target_key="")
    _account(chatter, actor, "chatter.erased", reason=reason.strip(), messages=messages)
    chatter.delete()
    return messages


def _keep_out(chatter: Chatter) -> None:
    """Remember the numbers of what somebody wrote in lives that are on air or may go on: platforms replay those.

    That is the last live of each channel: `operations.presence` goes on with no other.
    """
    later = Live.objects.filter(channel=OuterRef("live__channel"), started_at__gt=OuterRef("live__started_at"))
    written = ChatMessage.objects.filter(~Exists(later), chatter=chatter).values_list("live", "platform_id")
    rows = (ErasedMessage(live_id=live_id, platform_id=platform_id) for live_id, platform_id in written)
    ErasedMessage.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


@transaction.atomic
def record_export(live: Live, *, actor: Membership, form: str) -> None:
    """Account for somebody taking the chat of a live away."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, "chat.exported", "live", str(live.pk), {"form": form}))


def _account(chatter: Chatter, actor: Membership, verb: str, **payload: object) -> None:
    payload["pseudonym"] = chatter.pseudonym
    bus.publish(Acted(chatter.workspace_id, actor.user_id, verb, "chatter", str(chatter.pk), payload))
