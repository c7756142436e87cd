from datetime import time, timedelta

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.conftest import Pushes
from tests.notifications.rows import make_delivery, make_happening, make_mail, make_webhook, wants
from vigie.notifications import kinds, operations, tasks
from vigie.notifications.models import Delivery, Happening, Mail, Notification
from vigie.people.models import Membership
from vigie.runtime import breaker, clock, ledger
from vigie.runtime.models import WorkState
from vigie.simulators.webhooks import WebhookReceiver
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


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
