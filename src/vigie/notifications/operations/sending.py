"""What became of what was sent out of the house.

At least once: a worker that dies between sending and writing it down here leaves the row to the next one, which sends
it again. Receivers of webhooks can tell by the id, mail programs by the Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils.translation import gettext_noop

from vigie.notifications import retries
from vigie.notifications.models import Delivery, Mail, Sending, Webhook
from vigie.notifications.operations.webhooks import switch_off
from vigie.notifications.retries import Verdict
from vigie.runtime.models import WorkState

GONE = gettext_noop("it answered that it is gone (410)")
FAILING = gettext_noop("it has done nothing but fail for 24 hours")


# ── mails ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def record_mails(mails: Sequence[Mail]) -> None:
    """Note that mails left: all of them, as they left in one message."""
    for mail in mails:
        _put(mail, WorkState.DONE)


def skip_mails(mails: Sequence[Mail], reason: str) -> None:
    """Note that mails are not sent, and why."""
    for mail in mails:
        _put(mail, WorkState.SKIPPED, reason)


def postpone_mails(mails: Sequence[Mail], until: datetime) -> None:
    """Let mails wait: their reader does not want to be disturbed now."""
    for mail in mails:
        _put(mail, WorkState.PENDING, not_before=until)


def record_mail_failure(mails: Sequence[Mail], reason: str, *, is_final: bool, now: datetime, rng: Random) -> None:
    """Note that mails did not leave; they are tried again unless that is useless, or was done often enough."""
    for mail in mails:
        mail.tries += 1
        wait_s = None if is_final else retries.delay_s(mail.tries, rng)
        _put_after_failure(mail, reason, wait_s, now)


# ── webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Tried:
    """How a delivery went."""

    status: int | None
    """HTTP; None: nothing was answered."""
    response: str
    """What was answered, or why nothing was."""
    duration_s: float | None = None
    retry_after_s: float | None = None
    is_final: bool = False
    """Nothing was answered, nor can be."""


@transaction.atomic
def record_try(delivery: Delivery, tried: Tried, *, now: datetime, rng: Random) -> None:
    """Write down how a claimed delivery went, and what becomes of it and of its webhook.

    410 switches the webhook off, and so does a day of nothing but failures. Nothing is written where another worker
    took the delivery over, or the webhook was removed meanwhile.
    """
    webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return
    verdict = retries.verdict(tried.status) if tried.status else Verdict.AGAIN
    delivery.tries += 1
    delivery.tried_at, delivery.status = now, tried.status
    delivery.duration_s, delivery.response = tried.duration_s, tried.response
    if not webhook.is_active:  # switched off meanwhile: one try will do
        tried = replace(tried, is_final=True)
    if not _settle(delivery, tried, verdict, now, rng):
        return
    webhook.last_status = tried.status
    webhook.failing_since = None if verdict is Verdict.DONE else webhook.failing_since or now
    webhook.save(update_fields=["last_status", "failing_since"])
    if webhook.is_active and verdict is Verdict.GONE:
        switch_off(webhook, GONE, now=now)
    elif webhook.is_active and retries.is_given_up(webhook.failing_since, now):
        switch_off(webhook, FAILING, now=now)


def _settle(delivery: Delivery, tried: Tried, verdict: Verdict, now: datetime, rng: Random) -> bool:
    """Return whether the delivery was still ours."""
    if verdict is Verdict.DONE:
        return _put(delivery, WorkState.DONE)
    reason = f"HTTP {tried.status}" if tried.status else tried.response
    is_final = tried.is_final or verdict is Verdict.GONE
    wait_s = None if is_final else retries.delay_s(delivery.tries, rng, asked_s=tried.retry_after_s)
    return _put_after_failure(delivery, reason, wait_s, now)


# ── both ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _put_after_failure(sending: Sending, reason: str, wait_s: float | None, now: datetime) -> bool:
    if wait_s is None:
        return _put(sending, WorkState.FAILED, reason)
    return _put(sending, WorkState.PENDING, reason, not_before=now + timedelta(seconds=wait_s))


def _put(sending: Sending, state: str, reason: str = "", *, not_before: datetime | None = None) -> bool:
    """Write down a claimed row unless another worker took it over; return whether it was ours."""
    table = type(sending)._default_manager
    is_ours = table.filter(pk=sending.pk, state=sending.state, claimed_until=sending.claimed_until)
    sending.state, sending.reason, sending.not_before = state, reason[:300], not_before
    sending.attempts, sending.claimed_until = 0, None
    fields = [field for field in sending._meta.concrete_fields if not field.primary_key]
    return bool(is_ours.update(**{field.attname: getattr(sending, field.attname) for field in fields}))
