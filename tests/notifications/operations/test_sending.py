from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError

from tests.factories import NOW, make_membership, make_workspace
from tests.notifications.rows import make_delivery, make_mail, make_webhook
from vigie.notifications import operations, queries
from vigie.notifications.models import Delivery, Happening, Mail, Webhook
from vigie.notifications.operations import Tried
from vigie.notifications.retries import DELAYS_S
from vigie.runtime import ledger
from vigie.runtime.models import WorkState

pytestmark = pytest.mark.django_db

RNG = Random(7)


def claimed_mail() -> Mail:
    make_mail(make_membership())
    [mail] = ledger.claim(queries.waiting_mails(), NOW, hold_s=60, limit=1)
    return mail


def claimed_delivery(webhook: Webhook | None = None, **fields: object) -> Delivery:
    make_delivery(webhook or make_webhook(make_workspace()), **fields)
    [delivery] = ledger.claim(queries.waiting_deliveries(), NOW, hold_s=60, limit=1)
    return delivery


def answered(status: int, response: str = "", retry_after_s: float | None = None) -> Tried:
    return Tried(status, response, duration_s=0.25, retry_after_s=retry_after_s)


# ── mails ──


def test_a_mail_that_left_is_done() -> None:
    operations.record_mails([claimed_mail()])

    assert (Mail.objects.get().state, Mail.objects.get().claimed_until) == (WorkState.DONE, None)


def test_mails_that_left_as_one_are_done_together_or_not_at_all() -> None:
    first, second = claimed_mail(), claimed_mail()
    second.tries = -1  # no database takes that: as good as the program ending between the two

    with pytest.raises(IntegrityError):
        operations.record_mails([first, second])

    assert set(Mail.objects.values_list("state", flat=True)) == {WorkState.RUNNING}


def test_a_mail_that_nobody_wants_says_why_it_was_not_sent() -> None:
    operations.skip_mails([claimed_mail()], "no longer asked for")

    assert (Mail.objects.get().state, Mail.objects.get().reason) == (WorkState.SKIPPED, "no longer asked for")


def test_a_mail_can_wait_without_losing_a_try() -> None:
    until = NOW + timedelta(hours=8)

    operations.postpone_mails([claimed_mail()], until)

    mail = Mail.objects.get()
    assert (mail.state, mail.not_before, mail.attempts, mail.tries) == (WorkState.PENDING, until, 0, 0)


def test_a_mail_that_did_not_leave_is_tried_again_until_it_is_enough() -> None:
    mail = claimed_mail()
    states = []
    for _ in range(len(DELAYS_S) + 1):
        operations.record_mail_failure([mail], "the server is busy", is_final=False, now=NOW, rng=RNG)
        mail.refresh_from_db()
        states.append(mail.state)

    assert states == [WorkState.PENDING] * len(DELAYS_S) + [WorkState.FAILED]
    assert (mail.tries, mail.reason) == (len(DELAYS_S) + 1, "the server is busy")


def test_an_address_that_is_refused_is_not_tried_again() -> None:
    operations.record_mail_failure([claimed_mail()], "refused", is_final=True, now=NOW, rng=RNG)

    assert Mail.objects.get().state == WorkState.FAILED


def test_a_mail_that_another_worker_took_over_is_left_to_it() -> None:
    mail = claimed_mail()
    Mail.objects.update(claimed_until=NOW + timedelta(minutes=5))

    operations.record_mails([mail])

    assert Mail.objects.get().state == WorkState.RUNNING


# ── webhooks ──


def test_a_delivery_that_arrived_is_done_and_its_answer_kept() -> None:
    delivery = claimed_delivery()

    operations.record_try(delivery, answered(200, "Thank you."), now=NOW, rng=RNG)

    kept = Delivery.objects.get()
    assert (kept.state, kept.tries, kept.status, kept.duration_s, kept.response, kept.tried_at, kept.attempts) == (
        WorkState.DONE,
        1,
        200,
        0.25,
        "Thank you.",
        NOW,
        0,
    )
    assert (Webhook.objects.get().last_status, Webhook.objects.get().failing_since) == (200, None)


@pytest.mark.parametrize(
    ("tried", "reason"),
    [
        (answered(500, "on fire"), "HTTP 500"),
        (answered(302), "HTTP 302"),
        (
            Tried(None, "https://hooks.example.org/: no answer for 10 s."),
            "https://hooks.example.org/: no answer for 10 s.",
        ),
    ],
)
def test_what_did_not_arrive_is_tried_again_a_little_later(tried: Tried, reason: str) -> None:
    operations.record_try(claimed_delivery(), tried, now=NOW, rng=RNG)

    kept = Delivery.objects.get()
    assert (kept.state, kept.tries, kept.status, kept.reason) == (WorkState.PENDING, 1, tried.status, reason)
    assert kept.not_before is not None
    assert timedelta(seconds=5) <= kept.not_before - NOW <= timedelta(seconds=6)
    assert Webhook.objects.get().failing_since == NOW


def test_who_asks_to_be_left_alone_is() -> None:
    operations.record_try(claimed_delivery(), answered(429, retry_after_s=900), now=NOW, rng=RNG)

    assert Delivery.objects.get().not_before == NOW + timedelta(minutes=15)


def test_after_the_last_try_it_failed() -> None:
    operations.record_try(claimed_delivery(tries=len(DELAYS_S)), answered(500), now=NOW, rng=RNG)

    assert Delivery.objects.get().state == WorkState.FAILED
    assert Webhook.objects.get().is_active


def test_an_address_out_of_reach_is_not_tried_again() -> None:
    tried = Tried(None, "10.0.0.1: a private address", is_final=True)

    operations.record_try(claimed_delivery(), tried, now=NOW, rng=RNG)

    assert Delivery.objects.get().state == WorkState.FAILED


def test_who_is_gone_is_told_nothing_more() -> None:
    webhook = make_webhook(make_workspace())
    delivery = claimed_delivery(webhook)
    make_delivery(webhook)

    operations.record_try(delivery, answered(410), now=NOW, rng=RNG)

    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.off_reason) == (False, "it answered that it is gone (410)")
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "skipped"]
    assert [(told.kind, told.subject_id) for told in Happening.objects.all()] == [("webhook_off", webhook.pk)]


@pytest.mark.parametrize(("hours", "is_active"), [(23, True), (24, False)])
def test_a_day_of_failures_switches_it_off(hours: int, *, is_active: bool) -> None:
    webhook = make_webhook(make_workspace(), failing_since=NOW - timedelta(hours=hours))

    operations.record_try(claimed_delivery(webhook), answered(500), now=NOW, rng=RNG)

    webhook.refresh_from_db()
    assert webhook.is_active is is_active


def test_what_is_under_way_when_a_webhook_is_switched_off_is_not_tried_again() -> None:
    webhook = make_webhook(make_workspace(), failing_since=NOW - timedelta(hours=24))
    for _ in range(2):
        make_delivery(webhook)

    for delivery in ledger.claim(queries.waiting_deliveries(), NOW, hold_s=60, limit=2):
        operations.record_try(delivery, answered(500), now=NOW, rng=RNG)

    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["skipped", "failed"]


def test_what_is_under_way_when_a_webhook_is_removed_is_forgotten() -> None:
    delivery = claimed_delivery()
    Webhook.objects.all().delete()

    operations.record_try(delivery, answered(200), now=NOW, rng=RNG)

    assert not Delivery.objects.exists()


def test_one_that_arrives_ends_the_run_of_failures() -> None:
    webhook = make_webhook(make_workspace(), failing_since=NOW - timedelta(hours=23))

    operations.record_try(claimed_delivery(webhook), answered(204), now=NOW, rng=RNG)

    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_trying_what_is_switched_off_switches_it_off_no_further() -> None:
    webhook = make_webhook(make_workspace(), is_active=False)

    operations.record_try(claimed_delivery(webhook), answered(410), now=NOW, rng=RNG)

    assert not Happening.objects.exists()


def test_a_delivery_that_another_worker_took_over_is_left_to_it() -> None:
    delivery = claimed_delivery()
    Delivery.objects.update(claimed_until=NOW + timedelta(minutes=5))

    operations.record_try(delivery, answered(500), now=NOW, rng=RNG)

    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == (WorkState.RUNNING, 0)
    assert Webhook.objects.get().failing_since is None
