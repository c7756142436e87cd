"""What a member does with what they are told, and what they ask for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from vigie.notifications.models import SHOWN_S, USUALLY_SHOWN_S, Mail, Notification, Preference
from vigie.notifications.operations.happenings import MAIL
from vigie.people.models import Membership
from vigie.runtime import engine
from vigie.runtime.models import WorkState


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a member asks for; validated by `forms`."""

    page: Collection[str]
    """Kinds."""
    mail: Collection[str]
    """Kinds."""
    muted: Collection[int]
    """Channels of the workspace."""
    quiet: tuple[time, time] | None
    """From, to; on the clock of the person."""
    quiet_days: Collection[int]
    shown_s: int = USUALLY_SHOWN_S
    """For how long a line stays on the page."""


def mark_read(notification: Notification, *, now: datetime) -> None:
    """Note that a member has seen what they were told."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=now)


def mark_all_read(member: Membership, *, now: datetime) -> None:
    """Note that a member has seen everything they were told so far."""
    Notification.objects.filter(member=member, read_at=None).update(read_at=now)


@transaction.atomic
def change_preference(member: Membership, wishes: Wishes) -> None:
    """Do as a member asks from now on; what waits to be mailed to them is looked at again."""
    start, end = wishes.quiet or (None, None)
    values = {
        "page": sorted(wishes.page),
        "mail": sorted(wishes.mail),
        "quiet_from": start,
        "quiet_to": end,
        "quiet_days": sorted(wishes.quiet_days),
        "shown_s": wishes.shown_s,
    }
    preference, _ = Preference.objects.update_or_create(member=member, defaults=values)
    preference.muted.set(wishes.muted)
    _look_again(member.pk)


@transaction.atomic
def show_for(member: Membership, shown_s: int) -> None:
    """Let lines stay on a member's page for so many seconds, as far as they may."""
    least, most = SHOWN_S
    Preference.objects.update_or_create(member=member, defaults={"shown_s": max(least, min(shown_s, most))})


@transaction.atomic
def stop_mails(member_id: int) -> None:
    """Send a member no more mails, whatever happens, until they ask for them again."""
    preference, _ = Preference.objects.get_or_create(member_id=member_id)
    preference.mail = []
    preference.save(update_fields=["mail"])
    _look_again(member_id)


def _look_again(member_id: int) -> None:
    if Mail.objects.filter(member=member_id, state=WorkState.PENDING).update(not_before=None):
        engine.wake(MAIL)
