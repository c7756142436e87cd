from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import NOW
from tests.notifications.rows import SECRET, make_administrator, make_delivery, make_happening, make_webhook
from vigie.governance.models import AuditEntry
from vigie.notifications import kinds, operations, queries
from vigie.notifications.models import Delivery, Happening, Webhook
from vigie.notifications.operations import Target, TooManyWebhooks
from vigie.people.models import Membership
from vigie.runtime.models import WorkState

pytestmark = pytest.mark.django_db

URL, PLACE = "https://hooks.example.org/vigie?token=1", "https://hooks.example.org"


@pytest.fixture
def admin() -> Membership:
    return make_administrator()


@pytest.fixture
def webhook(admin: Membership) -> Webhook:
    return make_webhook(admin.workspace, url=URL)


def acts() -> list[tuple[str, str]]:
    found = AuditEntry.objects.filter(object_type="webhook").order_by("pk").select_related("payload")
    return [(entry.verb, entry.payload.body) for entry in found]


def test_a_webhook_has_a_secret_that_lies_nowhere_in_the_open(admin: Membership) -> None:
    webhook, secret = operations.add_webhook(Target(URL, [kinds.LIVE_STARTED]), actor=admin, now=NOW)

    assert secret.startswith("whsec_")
    assert secret not in webhook.sealed_secret
    assert queries.secrets_of(webhook, NOW) == [secret]
    assert (webhook.workspace, webhook.added_by, webhook.added_at) == (admin.workspace, admin.user, NOW)
    [(verb, body)] = acts()
    assert (verb, secret in body, URL in body, PLACE in body) == ("webhook.added", False, False, True)


def test_no_two_webhooks_have_the_same_secret(admin: Membership) -> None:
    secrets = {operations.add_webhook(Target(URL, []), actor=admin, now=NOW)[1] for _ in range(3)}

    assert len(secrets) == 3


def test_a_workspace_has_twenty_at_most(admin: Membership) -> None:
    for _ in range(20):
        make_webhook(admin.workspace)

    with pytest.raises(TooManyWebhooks):
        operations.add_webhook(Target(URL, []), actor=admin, now=NOW)
    assert Webhook.objects.count() == 20


def test_what_it_is_told_can_be_changed(admin: Membership, webhook: Webhook) -> None:
    operations.change_webhook(webhook, Target("https://other.example.org/", [kinds.LIVE_ENDED]), actor=admin)

    webhook.refresh_from_db()
    assert (webhook.url, webhook.kinds, webhook.is_active) == ("https://other.example.org/", ["live_ended"], True)
    [(verb, body)] = acts()
    assert verb == "webhook.changed"
    assert '"place":["https://hooks.example.org","https://other.example.org"]' in body
    assert "token" not in body


def test_a_change_of_nothing_is_none(admin: Membership, webhook: Webhook) -> None:
    Webhook.objects.update(kinds=sorted(webhook.kinds))
    webhook.refresh_from_db()

    operations.change_webhook(webhook, Target(webhook.url, webhook.kinds), actor=admin)

    assert acts() == []


def test_switched_off_by_hand_it_is_sent_nothing_that_waits(admin: Membership, webhook: Webhook) -> None:
    make_delivery(webhook)
    make_delivery(webhook, state=WorkState.DONE)

    operations.change_webhook(webhook, Target(webhook.url, webhook.kinds, is_active=False), actor=admin)

    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["skipped", "done"]


def test_switched_on_again_it_starts_with_a_clean_sheet(admin: Membership) -> None:
    webhook = make_webhook(admin.workspace, is_active=False, off_reason="gone", failing_since=NOW - timedelta(days=3))

    operations.change_webhook(webhook, Target(webhook.url, webhook.kinds), actor=admin)

    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.off_reason, webhook.failing_since) == (True, "", None)


def test_a_replaced_secret_signs_along_for_a_day(admin: Membership, webhook: Webhook) -> None:
    fresh = operations.rotate_secret(webhook, actor=admin, now=NOW)

    webhook.refresh_from_db()
    assert queries.secrets_of(webhook, NOW) == [fresh, SECRET]
    assert queries.secrets_of(webhook, NOW + timedelta(hours=24)) == [fresh]
    assert [verb for verb, _ in acts()] == ["webhook.rotated"]
    assert all(fresh not in body for _, body in acts())


def test_a_webhook_is_removed_with_what_it_was_sent(admin: Membership, webhook: Webhook) -> None:
    make_delivery(webhook)

    operations.remove_webhook(webhook, actor=admin)

    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)
    assert [verb for verb, _ in acts()] == ["webhook.removed"]


def test_it_can_be_tried_even_while_it_is_switched_off(admin: Membership) -> None:
    webhook = make_webhook(admin.workspace, is_active=False)

    delivery = operations.try_out(webhook, actor=admin, now=NOW)

    assert (delivery.type, delivery.state, delivery.happening) == ("test", WorkState.PENDING, None)
    assert f'"webhook":{webhook.pk}' in delivery.body
    assert [verb for verb, _ in acts()] == ["webhook.tried"]


def test_a_trial_and_a_repetition_are_sent_at_once(
    admin: Membership,
    webhook: Webhook,
    woken: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        delivery = operations.try_out(webhook, actor=admin, now=NOW)
    Delivery.objects.update(state=WorkState.DONE)
    with django_capture_on_commit_callbacks(execute=True):
        operations.redeliver(delivery, actor=admin)

    assert woken == ["notifications.deliver"] * 2


@pytest.mark.parametrize("state", [WorkState.DONE, WorkState.FAILED, WorkState.SKIPPED])
def test_what_is_over_can_be_sent_once_more_under_the_same_id(
    admin: Membership, webhook: Webhook, state: WorkState
) -> None:
    delivery = make_delivery(webhook, state=state, tries=7, reason="HTTP 500", attempts=1)

    assert operations.redeliver(delivery, actor=admin)

    again = Delivery.objects.get()
    assert (again.message_id, again.state, again.tries, again.attempts) == (delivery.message_id, "pending", 0, 0)
    assert [verb for verb, _ in acts()] == ["webhook.redelivered"]


@pytest.mark.parametrize("state", [WorkState.PENDING, WorkState.RUNNING])
def test_what_is_under_way_is_not_sent_twice(admin: Membership, webhook: Webhook, state: WorkState) -> None:
    assert not operations.redeliver(make_delivery(webhook, state=state), actor=admin)
    assert acts() == []


def test_switching_one_off_is_accounted_for_and_told(webhook: Webhook) -> None:
    make_delivery(webhook, happening=make_happening())

    operations.switch_off(webhook, "it has done nothing but fail for 24 hours", now=NOW)

    webhook.refresh_from_db()
    assert not webhook.is_active
    assert Delivery.objects.get().state == WorkState.SKIPPED
    told = Happening.objects.get(kind=kinds.WEBHOOK_OFF)
    assert (told.subject_id, told.detail, told.state) == (webhook.pk, PLACE, WorkState.PENDING)
    assert [verb for verb, _ in acts()] == ["webhook.switched_off"]
