"""What the engine sends to webhooks."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain

import pytest
from django.core import mail

from tests.factories import NOW, make_membership
from tests.notifications.rows import make_delivery, make_happening, make_webhook
from vigie.notifications import operations, tasks
from vigie.notifications.models import Delivery, Notification, Webhook
from vigie.people.models import Membership
from vigie.ports import Answer, PortError, WebhookSender
from vigie.runtime import clock, registry
from vigie.runtime.models import WorkState
from vigie.simulators.webhooks import Fault, WebhookReceiver
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(member: Membership, receiver: WebhookReceiver) -> Webhook:
    return make_webhook(member.workspace, url=receiver.url("hooks"))


def test_a_delivery_arrives_signed(live: Live, webhook: Webhook, receiver: WebhookReceiver) -> None:
    make_happening(live, state=WorkState.PENDING)

    tasks.tell_due()
    assert tasks.is_delivery_due(clock.now())
    tasks.deliver_due()

    [received] = receiver.received
    kept = Delivery.objects.get()
    assert received.is_genuine
    assert (received.message_id, received.body) == (kept.message_id, kept.body.encode())
    assert json.loads(received.body)["type"] == "live.started"
    assert (kept.state, kept.status, kept.response) == (WorkState.DONE, 200, "Thank you.")
    assert not tasks.is_delivery_due(clock.now())


def test_what_failed_arrives_later_under_the_same_id_and_with_a_fresh_time(
    webhook: Webhook, receiver: WebhookReceiver
) -> None:
    receiver.misbehave(Fault.ERROR)
    make_delivery(webhook)

    tasks.deliver_due()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.status, waiting.response) == (WorkState.PENDING, 500, "The database is on fire.")

    Delivery.objects.update(not_before=NOW)
    tasks.deliver_due()

    first, second = receiver.received
    assert first.message_id == second.message_id
    assert second.is_genuine
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == (WorkState.DONE, 2)


@pytest.mark.parametrize(
    ("fault", "state", "status"),
    [
        (Fault.GONE, WorkState.FAILED, 410),
        (Fault.BUSY, WorkState.PENDING, 429),
        (Fault.REDIRECT, WorkState.PENDING, 302),
        (Fault.HUGE, WorkState.DONE, 200),
        (Fault.RESET, WorkState.PENDING, None),
    ],
)
def test_every_answer_leaves_a_trace(
    webhook: Webhook, receiver: WebhookReceiver, fault: Fault, state: WorkState, status: int | None
) -> None:
    receiver.misbehave(fault)
    make_delivery(webhook)

    tasks.deliver_due()

    kept = Delivery.objects.get()
    assert (kept.state, kept.status, kept.tries) == (state, status, 1)
    assert len(kept.response) <= 2000


def test_who_does_not_answer_holds_up_nobody_else(webhook: Webhook, receiver: WebhookReceiver) -> None:
    with WebhookReceiver() as away:
        url = away.url()
    make_delivery(make_webhook(webhook.workspace, url=url))
    make_delivery(webhook)

    tasks.deliver_due()

    assert [kept.state for kept in Delivery.objects.order_by("pk")] == [WorkState.PENDING, WorkState.DONE]


def test_many_are_delivered(webhook: Webhook, receiver: WebhookReceiver) -> None:
    ids = {make_delivery(webhook).message_id for _ in range(tasks.AT_ONCE + 3)}

    tasks.deliver_due()

    assert {received.message_id for received in receiver.received} == ids


def test_a_worker_that_died_while_delivering_is_made_up_for(webhook: Webhook, receiver: WebhookReceiver) -> None:
    make_delivery(webhook, state=WorkState.RUNNING, claimed_until=NOW, attempts=1)

    tasks.deliver_due()

    assert Delivery.objects.get().state == WorkState.DONE


def test_a_replaced_secret_still_fits_for_a_day(admin: Membership, receiver: WebhookReceiver) -> None:
    webhook = make_webhook(admin.workspace, url=receiver.url())
    operations.rotate_secret(webhook, actor=admin, now=clock.now())
    make_delivery(webhook)

    tasks.deliver_due()

    [received] = receiver.received
    assert received.is_genuine  # by the former secret, which the receiver still has
    assert len(received.headers["webhook-signature"].split()) == 2


def test_without_its_secret_nothing_is_sent_unsigned(webhook: Webhook, receiver: WebhookReceiver) -> None:
    Webhook.objects.update(sealed_secret="sealed with a key that was lost")
    make_delivery(webhook)

    tasks.deliver_due()

    kept = Delivery.objects.get()
    assert (kept.state, kept.reason) == (WorkState.FAILED, "the secret cannot be read: make a new one")
    assert receiver.received == []


class OutOfReach:
    """A sender that may go nowhere."""

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        raise PortError(f"{url}: a private address", permanent=True)


@pytest.fixture
def out_of_reach() -> Iterator[None]:
    former = registry.current(WebhookSender)
    registry.provide(WebhookSender, OutOfReach)
    yield
    assert former is not None
    registry.provide(WebhookSender, former)


@pytest.mark.usefixtures("out_of_reach")
def test_an_address_that_may_not_be_reached_is_not_tried_again(member: Membership) -> None:
    make_delivery(make_webhook(member.workspace, url="https://hooks.example.org/"))

    tasks.deliver_due()

    kept = Delivery.objects.get()
    assert (kept.state, kept.reason) == (WorkState.FAILED, "https://hooks.example.org/: a private address")


def test_who_comes_second_leaves(webhook: Webhook, receiver: WebhookReceiver) -> None:
    make_delivery(webhook)

    with tasks._delivering:
        tasks.deliver_due()

    assert (receiver.received, Delivery.objects.get().state) == ([], WorkState.PENDING)


def test_those_who_look_after_a_webhook_are_told_that_it_was_switched_off(
    admin: Membership, receiver: WebhookReceiver
) -> None:
    receiver.misbehave(Fault.GONE)
    make_delivery(make_webhook(admin.workspace, url=receiver.url()))
    make_membership(workspace=admin.workspace)

    tasks.deliver_due()
    tasks.tell_due()
    tasks.send_mails()

    assert [notice.member for notice in Notification.objects.all()] == [admin]
    assert list(chain.from_iterable(message.to for message in mail.outbox)) == [admin.user.email]
