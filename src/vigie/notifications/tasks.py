"""What the engine runs: tell whoever is to be told, send the mails, deliver to webhooks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Lock

import structlog
from celery import shared_task
from django.utils.translation import gettext_noop

from vigie.notifications import choosing, consumers, mails, operations, queries, signing
from vigie.notifications.mails import NotSent
from vigie.notifications.models import Delivery, Happening, Mail
from vigie.notifications.operations import DELIVER, MAIL, TELL, Tried
from vigie.people.models import Membership
from vigie.ports import PortError, WebhookSender
from vigie.runtime import breaker, clock, ledger, registry
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import CannotUnseal

log = structlog.get_logger(__name__)

HOLD_S = 120.0
"""How long a batch may take before another worker believes that this one died."""
BATCH = 50
AT_ONCE = 16
"""Deliveries that are under way side by side: one that does not answer holds these up for 10 s, and no others."""
UNWANTED = gettext_noop("no longer asked for")
UNTRUE = gettext_noop("no longer true")
UNREADABLE = gettext_noop("the secret cannot be read: make a new one")

SERVER = "mail"
"""The mail server, among circuit breakers."""
PATIENCE = breaker.Patience(failures=1, pause_s=30.0, longest_s=900.0)
MOST_NEWS = 500
"""What one mail says at most."""

_mailing, _delivering = Lock(), Lock()


# ── telling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_telling_due(now: datetime) -> bool:
    """Return whether something is to be told."""
    return ledger.due(Happening.objects.all(), now).exists()


@shared_task(name=TELL)
def tell_due() -> None:
    """Tell everybody concerned what happened, until nothing is left to tell."""
    operations.give_up_lost(Happening, clock.now())
    while taken := ledger.claim(queries.waiting_happenings(), clock.now(), hold_s=HOLD_S, limit=BATCH):
        for happening in taken:
            told = operations.tell(happening, now=clock.now())
            consumers.push_told(happening, told)


# ── mails ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_mail_due(now: datetime) -> bool:
    """Return whether a mail is to be sent, and the mail server is not left alone for a while."""
    return not breaker.wait_s(SERVER, now) and ledger.due(Mail.objects.all(), now).exists()


@shared_task(name=MAIL)
def send_mails() -> None:
    """Send what is due, one mail a member. One at a time in a process: whoever comes second leaves.

    Ends at trouble with the mail server, which is then left alone for a while (the sweep comes back).
    """
    if not _mailing.acquire(blocking=False):
        return
    try:
        operations.give_up_lost(Mail, clock.now())
        while is_mail_due(clock.now()) and (taken := _next_mails(clock.now())):
            _mail(taken[0].member_id, taken)
    finally:
        _mailing.release()


def _next_mails(now: datetime) -> list[Mail]:
    """Claim all that is due for one member."""
    member_id = ledger.due(queries.waiting_mails(), now).values_list("member", flat=True).first()
    return ledger.claim(queries.waiting_mails().filter(member=member_id), now, hold_s=HOLD_S, limit=MOST_NEWS)


def _mail(member_id: int, waiting: list[Mail]) -> None:
    """Send what a member still wants to know, and may know now."""
    now = clock.now()
    due = _still_due(member_id, waiting, now)
    if not due:
        return
    member = Membership.objects.select_related("user", "workspace").get(pk=member_id)
    try:
        mails.send(member, due)
    except NotSent as trouble:
        log.warning("notifications.mail", member=member_id, error=str(trouble))
        rng = Random()  # noqa: S311 -- spreads retries, guards no secret
        operations.record_mail_failure(due, str(trouble), is_final=trouble.is_final, now=now, rng=rng)
        if not trouble.is_of_address:
            breaker.record_failure(SERVER, PATIENCE, now)
    else:
        breaker.record_success(SERVER, clock.now())
        operations.record_mails(due)


def _still_due(member_id: int, waiting: Sequence[Mail], now: datetime) -> list[Mail]:
    """Return what is to be sent now; what is not is told so, or waits."""
    reader = queries.reader_of(member_id)
    due = []
    for mail in waiting:
        happening = mail.happening
        channel = happening.live.channel_id if happening.live else None
        at = choosing.choose(reader, happening.kind, channel, now).mail_at if reader else None
        if happening.state != WorkState.DONE:
            operations.skip_mails([mail], UNTRUE)
        elif at is None:
            operations.skip_mails([mail], UNWANTED)
        elif at > now:
            operations.postpone_mails([mail], at)
        else:
            due.append(mail)
    return due


# ── webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery, signed."""

    delivery: Delivery
    url: str
    body: bytes
    secrets: Sequence[str] = field(repr=False)
    at: datetime

    def headers(self) -> dict[str, str]:
        """Return what it is sent with."""
        signed_at = int(self.at.timestamp())
        return dict(signing.headers(self.secrets, self.delivery.message_id, signed_at, self.body))


def is_delivery_due(now: datetime) -> bool:
    """Return whether a webhook is to be told something."""
    return ledger.due(Delivery.objects.all(), now).exists()


@shared_task(name=DELIVER)
def deliver_due() -> None:
    """Deliver what is due, some at a time. One at a time in a process: whoever comes second leaves."""
    if not _delivering.acquire(blocking=False):
        return
    try:
        operations.give_up_lost(Delivery, clock.now())
        while taken := ledger.claim(queries.waiting_deliveries(), clock.now(), hold_s=HOLD_S, limit=AT_ONCE):
            _deliver(taken)
    finally:
        _delivering.release()


def _deliver(taken: Sequence[Delivery]) -> None:
    sender, rng = registry.get(WebhookSender), Random()  # noqa: S311 -- spreads retries, guards no secret
    for delivery, tried in asyncio.run(_send_all(sender, [_letter(one, clock.now()) for one in taken])):
        operations.record_try(delivery, tried, now=clock.now(), rng=rng)


def _letter(delivery: Delivery, now: datetime) -> Letter:
    try:
        secrets = queries.secrets_of(delivery.webhook, now)
    except CannotUnseal:
        secrets = []
    return Letter(delivery, delivery.webhook.url, delivery.body.encode(), secrets, now)


async def _send_all(sender: WebhookSender, letters: Sequence[Letter]) -> list[tuple[Delivery, Tried]]:
    async with asyncio.TaskGroup() as group:
        sending = [group.create_task(_send(sender, letter)) for letter in letters]
    return [(letter.delivery, task.result()) for letter, task in zip(letters, sending, strict=True)]


async def _send(sender: WebhookSender, letter: Letter) -> Tried:
    if not letter.secrets:
        return Tried(None, UNREADABLE, is_final=True)
    try:
        answer = await sender.send(letter.url, letter.body, letter.headers())
    except PortError as error:
        return Tried(None, str(error), retry_after_s=error.retry_after_s, is_final=error.permanent)
    return Tried(answer.status, answer.body, answer.duration_s, answer.retry_after_s)
