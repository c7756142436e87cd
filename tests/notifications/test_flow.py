"""From what happens to a live to what people and programs are told, as `site.bootstrap` wires it."""

from datetime import timedelta

import pytest
from django.core import mail

from tests.factories import NOW, make_assessment, make_channel, make_utterance
from tests.notifications.rows import make_webhook, wants
from vigie.moderation.operations import raise_alert
from vigie.notifications import kinds, queries, tasks
from vigie.notifications.models import Happening
from vigie.people.models import Membership
from vigie.simulators.webhooks import WebhookReceiver
from vigie.watch import operations as watch
from vigie.watch.models import Live
from vigie.watch.operations import Ending

pytestmark = pytest.mark.django_db


def work() -> None:
    """Let the engine do all that is due."""
    tasks.tell_due()
    tasks.send_mails()
    tasks.deliver_due()


def two_minutes_pass() -> None:
    Happening.objects.filter(state="pending").update(not_before=NOW)


def told(member: Membership) -> list[str]:
    return [notice.happening.headline for notice in queries.notifications_for(member)]


def test_a_live_is_told_from_its_start_to_its_end(member: Membership, receiver: WebhookReceiver) -> None:
    wants(member, page=list(kinds.NEEDS), mail=[kinds.LIVE_STARTED, kinds.LIVE_ENDED])
    make_webhook(member.workspace, url=receiver.url())
    channel = make_channel(member.workspace, name="Le grand plateau")
    watch.start_watching(channel, actor=member)

    live = watch.open_live(channel, title="On en parle", now=NOW)
    work()
    watch.end_live(live.pk, Ending(NOW + timedelta(hours=1), "", is_over=True))
    work()
    assert told(member) == ["Le grand plateau is live"]

    two_minutes_pass()
    work()

    assert told(member) == ["Le grand plateau is no longer live", "Le grand plateau is live"]
    assert [message.subject for message in mail.outbox] == told(member)[::-1]
    assert [received.payload["type"] for received in receiver.received] == ["live.started", "live.ended"]
    assert all(received.is_genuine for received in receiver.received)


def test_a_live_that_was_over_for_a_moment_is_told_once(member: Membership, receiver: WebhookReceiver) -> None:
    make_webhook(member.workspace, url=receiver.url())
    live = watch.open_live(make_channel(member.workspace, name="Le grand plateau"), title="", now=NOW)
    watch.end_live(live.pk, Ending(NOW + timedelta(minutes=5), "", is_over=True))
    watch.resume_live(Live.objects.get(pk=live.pk), NOW + timedelta(minutes=6))

    two_minutes_pass()
    work()

    assert told(member) == ["Le grand plateau is live"]
    assert [received.payload["type"] for received in receiver.received] == ["live.started"]


def test_a_live_that_goes_on_after_its_end_was_told_is_told_on_and_over(
    member: Membership, receiver: WebhookReceiver
) -> None:
    wants(member, page=list(kinds.NEEDS), mail=[kinds.LIVE_ENDED])
    make_webhook(member.workspace, url=receiver.url())
    make_webhook(member.workspace, url=receiver.url(), kinds=[kinds.LIVE_STARTED])
    channel = make_channel(member.workspace, name="Le grand plateau")
    watch.start_watching(channel, actor=member)
    live = watch.open_live(channel, title="", now=NOW)
    work()
    for hours in (1, 3):
        watch.end_live(live.pk, Ending(NOW + timedelta(hours=hours), "", is_over=True))
        two_minutes_pass()
        work()
        watch.resume_live(Live.objects.get(pk=live.pk), NOW + timedelta(hours=hours + 1))
        work()
    watch.end_live(live.pk, Ending(NOW + timedelta(hours=5), "", is_over=True))
    two_minutes_pass()
    work()

    over, on = "Le grand plateau is no longer live", "Le grand plateau: the live goes on"
    assert told(member) == [over, on, on, "Le grand plateau is live"]
    assert [message.subject for message in mail.outbox] == [over, on, over, on, over]
    types = [received.payload["type"] for received in receiver.received]
    ends = ["live.ended", "live.resumed", "live.ended", "live.resumed", "live.ended"]
    assert types == ["live.started", "live.started", *ends]
    assert len({received.headers["webhook-id"] for received in receiver.received}) == len(types)


def test_a_channel_that_cannot_be_had_is_no_live(member: Membership) -> None:
    watch.record_unavailable(make_channel(member.workspace), "HTTP 404 (Not Found).", NOW)

    two_minutes_pass()
    work()

    assert told(member) == []


def test_an_alert_is_told(member: Membership) -> None:
    live = watch.open_live(make_channel(member.workspace, name="Le grand plateau"), title="", now=NOW)
    alert = raise_alert(make_assessment(make_utterance(live), score=0.9), now=NOW)

    work()

    assert told(member) == [f"Le grand plateau: alert {alert.pk}", "Le grand plateau is live"]
