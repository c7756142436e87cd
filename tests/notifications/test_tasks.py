import json
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from itertools import chain

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.conftest import Pushes
from tests.notifications.rows import make_delivery, make_happening, make_mail, make_webhook, wants
from vigie.notifications import kinds, operations, tasks
from vigie.notifications.models import Delivery, Happening, Mail, Notification, Webhook
from vigie.people.models import Membership
from vigie.ports import Answer, PortError, WebhookSender
from vigie.runtime import breaker, clock, ledger, registry
from vigie.runtime.models import WorkState
from vigie.simulators.webhooks import Fault, WebhookReceiver
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(member: Membership) -> Live:
    return make_live(make_channel(member.workspace, name="Le grand plateau"))


def in_an_hour() -> dict[str, object]:
    """Return quiet hours that it is now, in Paris, for an hour at least."""
    local = clock.now() + timedelta(hours=1)  # winter or summer: two hours on either side
    return {
        "quiet_from": time((local.hour - 2) % 24),
        "quiet_to": time((local.hour + 3) % 24),
    }


# ── telling ──


def test_what_is_due_is_told_and_pushed(member: Membership, live: Live, pushes: Pushes) -> None:
    make_happening(live, state=WorkState.PENDING)
    assert tasks.is_telling_due(clock.now())

    tasks.tell_due()

    assert Notification.objects.get().member == member
    assert pushes.targets(f"notices:{member.pk}") == ["bell-count", "toasts"]
    assert not tasks.is_telling_due(clock.now())


def test_what_is_not_due_is_not_told(live: Live) -> None:
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.PENDING, not_before=clock.now() + timedelta(minutes=2))

    tasks.tell_due()

    assert Happening.objects.get().state == WorkState.PENDING
    assert not tasks.is_telling_due(clock.now())


def test_what_is_taken_back_meanwhile_is_told_to_nobody(live: Live) -> None:
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.PENDING)
    operations.withdraw_end(live.pk)

    tasks.tell_due()

    assert not Notification.objects.exists()


def test_a_worker_that_died_while_telling_is_made_up_for(member: Membership, live: Live) -> None:
    make_happening(live, state=WorkState.RUNNING, claimed_until=NOW, attempts=1)

    tasks.tell_due()

    assert Notification.objects.get().member == member


def test_what_kills_every_worker_fails(live: Live) -> None:
    make_happening(live, state=WorkState.RUNNING, claimed_until=NOW, attempts=ledger.MAX_ATTEMPTS)

    tasks.tell_due()

    assert (Happening.objects.get().state, Happening.objects.get().reason) == (WorkState.FAILED, ledger.LOST)


@pytest.mark.parametrize("table", [Mail, Delivery])
def test_what_kills_every_worker_that_sends_it_fails_and_is_not_sent(
    member: Membership, live: Live, receiver: WebhookReceiver, table: type[Mail] | type[Delivery]
) -> None:
    held = {"state": WorkState.RUNNING, "claimed_until": NOW, "attempts": ledger.MAX_ATTEMPTS}
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live), **held)
    make_delivery(make_webhook(member.workspace, url=receiver.url()), **held)

    tasks.send_mails()
    tasks.deliver_due()

    lost = table._default_manager.get()
    assert (lost.state, lost.reason) == (WorkState.FAILED, ledger.LOST)
    assert (mail.outbox, receiver.received) == ([], [])


# ── mails ──


def test_a_mail_is_sent_once(member: Membership, live: Live) -> None:
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live))
    assert tasks.is_mail_due(clock.now())

    for _ in range(2):
        tasks.send_mails()

    assert [message.subject for message in mail.outbox] == ["Le grand plateau is live"]
    assert Mail.objects.get().state == WorkState.DONE
    assert not tasks.is_mail_due(clock.now())


def test_what_waited_for_somebody_leaves_as_one_mail(member: Membership, live: Live) -> None:
    other = make_membership(workspace=member.workspace)
    for reader in (member, other):
        wants(reader, mail=list(kinds.NEEDS))
        make_mail(reader, make_happening(live, kinds.ALERT_RAISED, subject_id=reader.pk, score=0.8))
        make_mail(reader, make_happening(make_live(make_channel(member.workspace))))

    tasks.send_mails()

    assert [message.to for message in mail.outbox] == [[member.user.email], [other.user.email]]
    assert all(message.subject.startswith("2 pieces of news") for message in mail.outbox)


def test_in_quiet_hours_a_mail_waits_for_their_end(member: Membership, live: Live) -> None:
    member.user.time_zone = "UTC"
    member.user.save()
    wants(member, mail=[kinds.LIVE_STARTED], **in_an_hour())
    make_mail(member, make_happening(live))

    tasks.send_mails()

    waiting = Mail.objects.get()
    assert mail.outbox == []
    assert (waiting.state, waiting.attempts) == (WorkState.PENDING, 0)
    assert waiting.not_before is not None
    assert waiting.not_before > clock.now()


def test_who_no_longer_wants_it_is_not_mailed(member: Membership, live: Live) -> None:
    make_mail(member, make_happening(live))

    tasks.send_mails()

    assert mail.outbox == []
    assert (Mail.objects.get().state, Mail.objects.get().reason) == (WorkState.SKIPPED, "no longer asked for")


def test_who_muted_the_channel_meanwhile_is_not_mailed(member: Membership, live: Live) -> None:
    wants(member, mail=[kinds.LIVE_STARTED]).muted.add(live.channel)
    make_mail(member, make_happening(live))
    make_mail(member, make_happening(make_live(make_channel(member.workspace, name="Le petit plateau"))))

    tasks.send_mails()

    assert [message.subject for message in mail.outbox] == ["Le petit plateau is live"]
    assert [one.state for one in Mail.objects.order_by("pk")] == [WorkState.SKIPPED, WorkState.DONE]


def test_who_cannot_sign_in_any_more_is_not_mailed(member: Membership, live: Live) -> None:
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live))
    member.user.is_active = False
    member.user.save()

    tasks.send_mails()

    assert (mail.outbox, Mail.objects.get().state) == ([], WorkState.SKIPPED)


def test_what_is_no_longer_true_is_not_mailed(member: Membership, live: Live) -> None:
    wants(member, mail=[kinds.LIVE_ENDED])
    make_mail(member, make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED))

    tasks.send_mails()

    assert mail.outbox == []
    assert (Mail.objects.get().state, Mail.objects.get().reason) == (WorkState.SKIPPED, "no longer true")


def test_a_mail_server_that_is_away_is_asked_again_later(member: Membership, live: Live, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.BusyBackend"
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live))

    tasks.send_mails()

    waiting = Mail.objects.get()
    assert (waiting.state, waiting.tries, waiting.reason) == (WorkState.PENDING, 1, "try later")
    assert not tasks.is_mail_due(clock.now())
    assert tasks.is_mail_due(clock.now() + timedelta(minutes=2))


def test_a_mail_server_that_is_away_is_left_alone_by_all(member: Membership, live: Live, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.BusyBackend"
    happening = make_happening(live)
    for reader in (member, make_membership(workspace=member.workspace)):
        wants(reader, mail=[kinds.LIVE_STARTED])
        make_mail(reader, happening)

    tasks.send_mails()

    assert sorted(Mail.objects.values_list("tries", flat=True)) == [0, 1]


def test_a_mail_server_that_is_back_is_trusted_as_before(member: Membership, live: Live) -> None:
    for minutes in (20, 10):  # away twice, for a while each time
        breaker.record_failure(tasks.SERVER, tasks.PATIENCE, clock.now() - timedelta(minutes=minutes))
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live))

    tasks.send_mails()

    assert len(mail.outbox) == 1
    assert breaker.record_failure(tasks.SERVER, tasks.PATIENCE, clock.now()) == tasks.PATIENCE.pause_s


def test_an_address_that_is_refused_holds_up_nobody_else(member: Membership, live: Live, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.RefusingBackend"
    happening = make_happening(live)
    for reader in (member, make_membership(workspace=member.workspace)):
        wants(reader, mail=[kinds.LIVE_STARTED])
        make_mail(reader, happening)

    tasks.send_mails()

    assert list(Mail.objects.values_list("state", flat=True)) == [WorkState.FAILED, WorkState.FAILED]


def test_an_address_that_is_not_taken_yet_is_tried_later_and_holds_up_nobody_else(
    member: Membership, live: Live, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.GreyBackend"
    happening = make_happening(live)
    for reader in (member, make_membership(workspace=member.workspace)):
        wants(reader, mail=[kinds.LIVE_STARTED])
        make_mail(reader, happening)

    tasks.send_mails()

    assert list(Mail.objects.values_list("state", "tries")) == [(WorkState.PENDING, 1), (WorkState.PENDING, 1)]
    assert tasks.is_mail_due(clock.now() + timedelta(seconds=10))


def test_who_comes_second_to_the_mail_server_leaves(member: Membership, live: Live) -> None:
    wants(member, mail=[kinds.LIVE_STARTED])
    make_mail(member, make_happening(live))

    with tasks._mailing:
        tasks.send_mails()

    assert (mail.outbox, Mail.objects.get().state) == ([], WorkState.PENDING)


def test_however_much_waited_it_is_one_mail(member: Membership) -> None:
    wants(member, mail=[kinds.LIVE_STARTED])
    for _ in range(60):
        make_mail(member, make_happening(make_live(make_channel(member.workspace))))

    tasks.send_mails()

    [message] = mail.outbox
    assert message.subject.startswith("60 pieces of news")


# ── webhooks ──


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
