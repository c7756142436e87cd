"""What is pushed to one member: topic `notices:<membership>`."""

from collections.abc import Sequence

from vigie.events import LiveResumed
from vigie.notifications import kinds, queries
from vigie.notifications.models import USUALLY_SHOWN_S, Happening, Notification
from vigie.notifications.operations import Told
from vigie.people.models import Membership
from vigie.runtime.push import Fragment, push

SILENT = frozenset({kinds.ALERT_RAISED})
"""What the bell counts and no line tells: the queue, the rail and the wall tell it already."""


def push_told(happening: Happening, told: Sequence[Told]) -> None:
    """Count up the bell of those who were told; a line on the page of those who may be disturbed."""
    loud = {one.member_id for one in told if not one.is_quiet and happening.kind not in SILENT}
    line = {"happening": happening, "address": queries.page_of(happening)}
    shown_s = queries.shown_s_of(loud)
    for member_id in _push_counts([one.member_id for one in told]):
        if member_id in loud:
            context = {**line, "shown_s": shown_s.get(member_id, USUALLY_SHOWN_S)}
            push(_topic(member_id), Fragment("toasts", "append", "notifications/_toast.html", context))


def push_taken_back(event: LiveResumed) -> None:
    """Count down the bell of those who had been told that a live is over which goes on."""
    ends = Notification.objects.filter(happening__kind=kinds.LIVE_ENDED, happening__subject_id=event.live_id)
    _push_counts(list(ends.values_list("member", flat=True)))


def push_read(member: Membership) -> None:
    """Count anew the bell of a member on every page they have open."""
    _push_counts([member.pk])


def _push_counts(member_ids: Sequence[int]) -> list[int]:
    counts = queries.unread_counts(queries.members_of(member_ids))
    for member_id, count in counts.items():
        push(_topic(member_id), Fragment("bell-count", "replace", "notifications/_count.html", {"count": count}))
    return list(counts)


def _topic(member_id: int) -> str:
    return f"notices:{member_id}"
