"""Moments of a live that somebody wants to find again."""

from datetime import datetime

from django.db import transaction

from vigie.events import Acted, MarkPlaced, ModeratorActed
from vigie.people.models import Membership
from vigie.runtime import bus
from vigie.runtime.texts import storable
from vigie.watch import chatters
from vigie.watch.chatters import Audience
from vigie.watch.models import Live, LiveMark, MarkKind
from vigie.watch.operations.naming import naming_workspaces
from vigie.watch.timeline import Hole


@transaction.atomic
def place_mark(live: Live, stretch: Hole, label: str, *, actor: Membership, now: datetime) -> LiveMark:
    """Return the mark that a person puts on a stretch of a live."""
    mark = LiveMark.objects.create(
        live=live, from_s=stretch.from_s, to_s=stretch.to_s, label=label[:120], placed_by=actor, placed_at=now
    )
    _account(mark, actor, "mark.placed")
    _tell(mark)
    return mark


@transaction.atomic
def remove_mark(mark: LiveMark, *, actor: Membership) -> None:
    """Take a person's mark away."""
    _account(mark, actor, "mark.removed")
    mark.delete()


@transaction.atomic
def mark_burst(live: Live, stretch: Hole, *, now: datetime) -> LiveMark:
    """Return the mark of a burst of the audience; one that goes on is made longer, and begins where it began."""
    known = LiveMark.objects.filter(live=live, kind=MarkKind.BURST, from_s__lt=stretch.to_s, to_s__gt=stretch.from_s)
    mark = known.first()
    if mark is not None and mark.to_s >= stretch.to_s:
        return mark
    if mark is None:
        mark = LiveMark(live=live, kind=MarkKind.BURST, from_s=stretch.from_s, placed_at=now)
    mark.to_s = stretch.to_s
    mark.save()
    _tell(mark)
    return mark


@transaction.atomic
def mark_act(live: Live, act: ModeratorActed, at_s: float) -> LiveMark:
    """Return the mark of what a moderator of the platform did.

    Where the team pseudonymises, whom it concerned is a pseudonym, and the reason, which may name them, is not kept.
    """
    channel = live.channel
    may_name = bool(naming_workspaces([channel.workspace_id]))  # not as the live remembers it: it is long-lived
    audience = Audience(channel.workspace_id, channel.platform)
    key = chatters.key_of(audience, act.target_id) if act.target_id else ""
    label = _words(act.action, act.target, act.reason) if may_name else hidden_label(act.action, key)
    defaults = {"kind": MarkKind.PLATFORM, "from_s": at_s, "to_s": at_s, "placed_at": act.at}
    defaults |= {"label": storable(label)[:120], "target_key": key}
    mark, is_new = LiveMark.objects.get_or_create(
        live=live, platform_id=storable(act.message_id)[:64], defaults=defaults
    )
    if is_new:
        _tell(mark)
    return mark


@transaction.atomic
def mark_for_rule(live: Live, stretch: Hole, label: str, *, now: datetime) -> LiveMark:
    """Return the mark that a rule puts on a stretch of a live."""
    mark = LiveMark.objects.create(
        live=live, kind=MarkKind.RULE, from_s=stretch.from_s, to_s=stretch.to_s, label=label[:120], placed_at=now
    )
    _tell(mark)
    return mark


def hidden_label(action: str, key: str) -> str:
    """Return what is told of an act of a moderator's where nobody is named."""
    return _words(action, chatters.pseudonym_of(key) if key else "")


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _tell(mark: LiveMark) -> None:
    bus.publish(MarkPlaced(mark.live.channel.workspace_id, mark.live_id, mark.pk))


def _account(mark: LiveMark, actor: Membership, verb: str) -> None:
    payload = {"from_s": mark.from_s, "to_s": mark.to_s, "label": mark.label}
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "live", str(mark.live_id), payload))
