"""What is to be told: noted in the transaction that makes it true, told to each receiver once by the engine."""

from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_noop

from vigie.notifications import kinds, queries
from vigie.notifications.choosing import Choice, choose
from vigie.notifications.models import Delivery, Happening, Mail, Notification
from vigie.notifications.queries import Reached
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
def withdraw_end(live_id: int) -> bool:
    """Take back that a live is over: who was told sees it no more, who was not is not told.

    Return whether somebody had been told, in any way.
    """
    ends = Happening.objects.filter(kind=kinds.LIVE_ENDED, subject_id=live_id).exclude(state=WorkState.SKIPPED)
    ids = list(ends.values_list("pk", flat=True))
    taken_back = {"state": WorkState.SKIPPED, "reason": GOES_ON, "claimed_until": None}
    ends.update(**taken_back)
    for table in (Mail, Delivery):
        table._default_manager.filter(happening__in=ids, state=WorkState.PENDING).update(**taken_back)
    return any(queries.reached_by(pk) for pk in ids)


@transaction.atomic
def tell(happening: Happening, *, now: datetime) -> list[Told]:
    """Give each receiver of a claimed happening its row, once; return who is told in the page.

    Nothing where it was withdrawn, or taken over by another worker. What takes something back is told to those alone
    whom that has reached.
    """
    claimed = Happening.objects.filter(
        pk=happening.pk, state=WorkState.RUNNING, claimed_until=happening.claimed_until
    ).select_for_update()
    if not claimed.update(state=WorkState.DONE, claimed_until=None):
        return []
    concerned = queries.concerned_by(happening)
    told = _tell_members(happening, concerned, now)
    _tell_webhooks(happening, concerned, now)
    return told


def _choices(happening: Happening, concerned: Reached | None, now: datetime) -> list[tuple[int, Choice]]:
    """Return how each member is told; `concerned` are those whom it may be told to, where that are not all."""
    channel = happening.live.channel_id if happening.live else None
    readers = queries.readers_of(happening.workspace_id)
    choices = [(reader.member_id, choose(reader, happening.kind, channel, now)) for reader in readers]
    if concerned is None:
        return choices
    return [
        (
            pk,
            replace(
                choice,
                in_page=choice.in_page and pk in concerned.page,
                mail_at=choice.mail_at if pk in concerned.mail else None,
            ),
        )
        for pk, choice in choices
    ]


def _tell_members(happening: Happening, concerned: Reached | None, now: datetime) -> list[Told]:
    choices = _choices(happening, concerned, now)
    Notification.objects.bulk_create(
        [Notification(member_id=pk, happening=happening) for pk, choice in choices if choice.in_page],
        ignore_conflicts=True,
    )
    mails = [Mail(member_id=pk, happening=happening, not_before=one.mail_at) for pk, one in choices if one.mail_at]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    if mails:
        engine.wake(MAIL)
    return [Told(pk, choice.is_quiet) for pk, choice in choices if choice.in_page]


def _tell_webhooks(happening: Happening, concerned: Reached | None, now: datetime) -> None:
    asked = kinds.CORRECTS.get(happening.kind, happening.kind)
    asking = [hook for hook in queries.active_webhooks(happening.workspace_id) if asked in hook.kinds]
    receivers = [hook for hook in asking if concerned is None or hook.pk in concerned.webhooks]
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
