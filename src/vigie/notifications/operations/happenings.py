"""What is to be told: noted in the transaction that makes it true, told to each receiver once by the engine."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_noop

from vigie.notifications import kinds, queries
from vigie.notifications.choosing import choose
from vigie.notifications.models import Delivery, Happening, Mail, Notification
from vigie.runtime import engine, ledger
from vigie.runtime.models import WorkState

TELL, MAIL, DELIVER = "notifications.tell", "notifications.mail", "notifications.deliver"
"""Names of the tasks."""
GOES_ON = gettext_noop("the live goes on")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened."""

    kind: str
    workspace_id: int
    subject_id: int
    """Of the live, the alert or the webhook."""
    at: datetime
    live_id: int | None = None
    score: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told something in the page."""

    member_id: int
    is_quiet: bool
    """Without a sound: nothing moves on the page but the count."""


def note(fact: Fact, *, not_before: datetime | None = None) -> None:
    """Write down that something is to be told; the same again changes nothing. Inside the transaction of its cause."""
    happening = Happening(
        workspace_id=fact.workspace_id,
        kind=fact.kind,
        live_id=fact.live_id,
        subject_id=fact.subject_id,
        at=fact.at,
        score=fact.score,
        detail=fact.detail[:300],
        not_before=not_before,
    )
    Happening.objects.bulk_create([happening], ignore_conflicts=True)
    if not_before is None:
        engine.wake(TELL)  # the sweep finds the others in time


@transaction.atomic
def withdraw_end(live_id: int) -> list[int]:
    """Take back that a live is over: who was told sees it no more, who was not is not told.

    Return the members who had been told in the page.
    """
    ends = Happening.objects.filter(kind=kinds.LIVE_ENDED, subject_id=live_id).exclude(state=WorkState.SKIPPED)
    ids = list(ends.values_list("pk", flat=True))
    taken_back = {"state": WorkState.SKIPPED, "reason": GOES_ON, "claimed_until": None}
    ends.update(**taken_back)
    for table in (Mail, Delivery):
        table._default_manager.filter(happening__in=ids, state=WorkState.PENDING).update(**taken_back)
    return list(Notification.objects.filter(happening__in=ids).values_list("member", flat=True))


@transaction.atomic
def tell(happening: Happening, *, now: datetime) -> list[Told]:
    """Give each receiver of a claimed happening its row, once; return who is told in the page.

    Nothing where it was withdrawn, or taken over by another worker.
    """
    claimed = Happening.objects.filter(
        pk=happening.pk, state=WorkState.RUNNING, claimed_until=happening.claimed_until
    ).select_for_update()
    if not claimed.update(state=WorkState.DONE, claimed_until=None):
        return []
    told = _tell_members(happening, now)
    _tell_webhooks(happening, now)
    return told


def _tell_members(happening: Happening, now: datetime) -> list[Told]:
    channel = happening.live.channel_id if happening.live else None
    readers = queries.readers_of(happening.workspace_id)
    choices = [(reader.member_id, choose(reader, happening.kind, channel, now)) for reader in readers]
    Notification.objects.bulk_create(
        [Notification(member_id=pk, happening=happening) for pk, choice in choices if choice.in_page],
        ignore_conflicts=True,
    )
    mails = [Mail(member_id=pk, happening=happening, not_before=one.mail_at) for pk, one in choices if one.mail_at]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    if mails:
        engine.wake(MAIL)
    return [Told(pk, choice.is_quiet) for pk, choice in choices if choice.in_page]


def _tell_webhooks(happening: Happening, now: datetime) -> None:
    receivers = [hook for hook in queries.active_webhooks(happening.workspace_id) if happening.kind in hook.kinds]
    body = queries.body_of(happening) if receivers else ""
    deliveries = [
        Delivery(
            webhook=webhook,
            happening=happening,
            message_id=f"msg_{token_hex(16)}",
            type=kinds.TYPES[happening.kind],
            body=body,
            created_at=now,
        )
        for webhook in receivers
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    if deliveries:
        engine.wake(DELIVER)


@transaction.atomic
def give_up_lost(table: type[Happening] | type[Mail] | type[Delivery], now: datetime) -> None:
    """Fail what the program ended on each time."""
    ledger.give_back(list(ledger.lost(table._default_manager.all(), now)), now, reason=ledger.LOST)
