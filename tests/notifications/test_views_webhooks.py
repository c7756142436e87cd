import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership
from tests.notifications.rows import at, make_administrator, make_delivery, make_webhook, text_of
from vigie.notifications import queries
from vigie.notifications.models import Delivery, Webhook
from vigie.people.models import Membership, Role
from vigie.runtime.models import WorkState

pytestmark = pytest.mark.django_db


def secret_in(shown: str) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', shown)
    return found[1] if found else ""


def test_a_webhook_is_added_and_its_secret_shown_once(client: Client, admin: Membership) -> None:
    filled_in = {"url": "https://hooks.example.org/", "kinds": ["live_started"]}

    shown = text_of(client.post(at("webhooks", admin), filled_in, follow=True))

    secret = secret_in(shown)
    webhook = Webhook.objects.get()
    assert queries.secrets_of(webhook, NOW) == [secret]
    assert secret not in str(dict(client.session))
    assert secret_in(text_of(client.get(at("webhook", admin, webhook.pk)))) == ""


def test_no_webhooks_says_what_one_is(client: Client, admin: Membership) -> None:
    assert "A webhook tells a program of yours, at once, what happens here." in text_of(
        client.get(at("webhooks", admin))
    )


def test_what_is_no_address_adds_nothing(client: Client, admin: Membership) -> None:
    shown = text_of(client.post(at("webhooks", admin), {"url": "nowhere", "kinds": ["live_started"]}))

    assert "begins with http" in shown
    assert not Webhook.objects.exists()


def test_the_twenty_first_is_refused(client: Client, admin: Membership) -> None:
    for _ in range(20):
        make_webhook(admin.workspace)

    shown = text_of(client.post(at("webhooks", admin), {"url": "https://example.org/", "kinds": ["live_started"]}))

    assert "A workspace has 20 webhooks at most." in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "not tried yet"),
        ({"last_status": 200}, "delivering"),
        ({"last_status": 500, "failing_since": NOW}, "failing"),
        ({"is_active": False}, "switched off"),
    ],
)
def test_the_list_says_how_each_is_doing(client: Client, admin: Membership, fields: dict[str, Any], said: str) -> None:
    make_webhook(admin.workspace, **fields)

    assert said in text_of(client.get(at("webhooks", admin)))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_webhooks_ask_as_much_for_one_as_for_three(
    client: Client, admin: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make_webhook(admin.workspace)

    with django_assert_num_queries(8):
        client.get(at("webhooks", admin))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_asks_as_much_for_one_as_for_three(
    client: Client, admin: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    webhook = make_webhook(admin.workspace)
    for _ in range(rows):
        make_delivery(webhook, happening=None, state=WorkState.DONE)

    with django_assert_num_queries(10):
        client.get(at("webhook", admin, webhook.pk))


def test_the_log_shows_what_was_sent_and_answered(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)
    make_delivery(
        webhook,
        state=WorkState.FAILED,
        reason="HTTP 500",
        status=500,
        tries=7,
        tried_at=NOW,
        duration_s=0.25,
        response="<script>on fire</script>",
    )

    shown = text_of(client.get(at("webhook", admin, webhook.pk)))

    for said in ("msg_0", "HTTP 500", "<dd>7</dd>", "&lt;script&gt;on fire", "Deliver again"):
        assert said in shown


def test_a_long_log_has_pages(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)
    for _ in range(26):
        make_delivery(webhook)

    shown = text_of(client.get(at("webhook", admin, webhook.pk), {"page": "2"}))

    assert shown.count("<details>") == 1


def test_a_webhook_is_changed(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)

    client.post(at("webhook", admin, webhook.pk), {"url": "https://other.example.org/", "kinds": ["live_ended"]})

    webhook.refresh_from_db()
    assert (webhook.url, webhook.kinds, webhook.is_active) == ("https://other.example.org/", ["live_ended"], False)


def test_why_vigie_switched_it_off_is_said(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace, is_active=False, off_reason="it answered that it is gone (410)")

    assert "it answered that it is gone (410)" in text_of(client.get(at("webhook", admin, webhook.pk)))


def test_a_new_secret_is_shown_once(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)

    shown = text_of(client.post(at("webhook-rotate", admin, webhook.pk), follow=True))

    webhook.refresh_from_db()
    assert queries.secrets_of(webhook, NOW)[0] == secret_in(shown)
    assert "The former secret signs along until" in shown


def test_a_webhook_is_tried(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)

    client.post(at("webhook-try", admin, webhook.pk))

    assert Delivery.objects.get().type == "test"


@pytest.mark.parametrize(("name", "dialog"), [("webhook-rotate", "rotation"), ("webhook-remove", "removal")])
def test_what_cannot_be_undone_is_asked_about_first(client: Client, admin: Membership, name: str, dialog: str) -> None:
    webhook = make_webhook(admin.workspace)

    page = client.get(at("webhook", admin, webhook.pk)).content.decode()

    assert f'data-open="{dialog}"' in page
    assert f'id="{dialog}" aria-labelledby="{dialog}-title"' in page
    assert f'action="{at(name, admin, webhook.pk)}"' in page


def test_a_webhook_is_removed(client: Client, admin: Membership) -> None:
    webhook = make_webhook(admin.workspace)

    answer = client.post(at("webhook-remove", admin, webhook.pk))

    assert answer["Location"] == at("webhooks", admin)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("state", "said"),
    [(WorkState.FAILED, "It is delivered once more"), (WorkState.RUNNING, "It is still being delivered.")],
)
def test_something_is_delivered_again(client: Client, admin: Membership, state: WorkState, said: str) -> None:
    delivery = make_delivery(make_webhook(admin.workspace), state=state)

    assert said in text_of(client.post(at("delivery-again", admin, delivery.pk), follow=True))


def test_nobody_reaches_the_webhooks_of_another_workspace(client: Client, admin: Membership) -> None:
    other = make_webhook(make_administrator().workspace)
    make_delivery(other)

    for name in ("webhook-rotate", "webhook-try", "webhook-remove"):
        assert client.post(at(name, admin, other.pk)).status_code == 404
    assert client.post(at("delivery-again", admin, other.deliveries.get().pk)).status_code == 404


@pytest.mark.parametrize(("role", "is_shown"), [(Role.ADMINISTRATOR, True), (Role.SUPERVISOR, False)])
def test_the_rail_leads_to_them_who_may_go_there(client: Client, role: str, *, is_shown: bool) -> None:
    member = make_membership(role)
    client.force_login(member.user)

    assert (at("webhooks", member) in text_of(client.get(at("lives", member)))) is is_shown
