"""The actions `notify` and `webhook`: people and programs are told that a rule acts."""

import json
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.factories import NOW, make_membership, make_workspace
from tests.notifications.rows import at, make_administrator, make_webhook, wants
from tests.rules.rows import chat, judge, make_firing, make_rule, on_air, spec
from vigie.notifications import actions, kinds, mails, operations, queries, tasks
from vigie.notifications.actions import NoSuchWebhook, NotifyOptions, WebhookOptions
from vigie.notifications.models import Delivery, Happening, Mail, Notification
from vigie.notifications.operations import WebhookIsOff
from vigie.people.models import Membership, Role, Workspace
from vigie.rules import queries as rules
from vigie.rules.actions import Fired
from vigie.rules.models import Firing
from vigie.runtime import ledger
from vigie.simulators.webhooks import WebhookReceiver
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace("team")


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace, name="Le grand plateau")


def fired(live: Live, *keys: str, when: str = "chat", **fields: Any) -> Fired:
    """Let rule 1, “Clip it”, act on this."""
    version = make_rule(live.channel.workspace, spec(when=when, then=["notify"]))
    refs = list(keys) or [when]
    firing = make_firing(version, live, trigger=refs[-1], refs=refs, at=NOW + timedelta(seconds=200), **fields)
    Firing.objects.filter(pk=firing.pk).update(at_s=200.0, since_s=195.0)
    return rules.fired(firing.pk)


# ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "headline"),
    [("", "Le grand plateau: Clip it"), ("  Look\nat that ", "Le grand plateau: Look at that")],
)
def test_the_team_is_told(workspace: Workspace, live: Live, text: str, headline: str) -> None:
    member = make_membership(workspace=workspace)
    actions.notify(fired(live), NotifyOptions(text=text))

    tasks.tell_due()

    [notice] = Notification.objects.all()
    assert (notice.member, notice.happening.kind, notice.happening.headline) == (member, "rule_acted", headline)
    assert not Mail.objects.exists()


def test_it_is_told_once(workspace: Workspace, live: Live) -> None:
    told = fired(live)
    for _ in range(2):
        actions.notify(told, NotifyOptions())

    assert Happening.objects.count() == 1


def test_each_time_that_a_rule_acts_is_told(live: Live) -> None:
    for trigger in ("chat:1", "chat:2"):
        actions.notify(fired(live, trigger), NotifyOptions())

    assert Happening.objects.count() == 2


def test_a_notice_leads_to_the_moment(client: Client, workspace: Workspace, live: Live) -> None:
    member = make_membership(workspace=workspace)
    client.force_login(member.user)
    actions.notify(fired(live), NotifyOptions())
    tasks.tell_due()

    answer = client.get(at("notice", member, Notification.objects.get().pk))

    assert answer["Location"] == f"/w/team/lives/{live.pk}/?from=80.0&to=260.0&sel=195.0-205.0"
    assert client.get(answer["Location"]).status_code == 200


def test_a_moment_at_the_very_beginning_begins_there(live: Live) -> None:
    assert queries.moment_of(live, "team", 2.0) == f"/w/team/lives/{live.pk}/?from=0.0&to=62.0&sel=0.0-7.0"


def test_it_is_told_by_mail_to_whoever_asks_for_it(workspace: Workspace, live: Live) -> None:
    member = make_membership(workspace=workspace)
    wants(member, page=[], mail=[kinds.RULE_ACTED])
    actions.notify(fired(live), NotifyOptions())

    tasks.tell_due()

    [mail] = Mail.objects.all()
    [line] = mails.lines_of([mail.happening])
    assert line.words == "Le grand plateau: Clip it"
    assert line.address.endswith(f"/w/team/lives/{live.pk}/?from=80.0&to=260.0&sel=195.0-205.0")
    assert not Notification.objects.exists()


def test_muted_channels_and_other_teams_are_not_told(workspace: Workspace, live: Live) -> None:
    wants(make_membership(workspace=workspace)).muted.add(live.channel)
    make_membership()
    actions.notify(fired(live), NotifyOptions())

    tasks.tell_due()

    assert not Notification.objects.exists()


def test_whoever_wants_quiet_is_told_quietly(workspace: Workspace, live: Live) -> None:
    member = make_membership(workspace=workspace)
    wants(member, mail=[kinds.RULE_ACTED], quiet_from=time(0), quiet_to=time(23, 59))
    actions.notify(fired(live), NotifyOptions())
    [happening] = _claimed()

    [told] = operations.tell(happening, now=NOW)

    assert told.is_quiet
    assert Mail.objects.get().not_before is not None


def _claimed() -> list[Happening]:
    return ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=5)


def test_a_text_is_not_endless() -> None:
    with pytest.raises(ValueError, match="200"):
        NotifyOptions(text="x" * 201)


# ── programs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def body(live: Live, *keys: str, when: str = "chat", **fields: Any) -> dict[str, Any]:
    webhook = make_webhook(live.channel.workspace)
    actions.call_webhook(fired(live, *keys, when=when, **fields), WebhookOptions(webhook=webhook.pk))
    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.type, delivery.happening) == (webhook, "rule.acted", None)
    found: dict[str, Any] = json.loads(delivery.body)
    return found


def test_a_webhook_is_sent_the_rule_and_the_moment(live: Live) -> None:
    chat(live, "clip", "clip", at_s=195)
    keys = [f"chat:{pk}" for pk in live.messages.values_list("pk", flat=True)]

    sent = body(live, *keys)

    assert (sent["type"], sent["timestamp"]) == ("rule.acted", "2026-01-05T10:03:20Z")
    data = sent["data"]
    assert data["workspace"] == "team"
    assert (data["channel"]["name"], data["live"]["id"]) == ("Le grand plateau", live.pk)
    assert data["rule"] == {"number": 1, "name": "Clip it", "version": 1}
    assert data["moment"] == {
        "at": "2026-01-05T10:03:20Z",
        "from_s": 195.0,
        "to_s": 200.0,
        "url": f"http://127.0.0.1:8000/w/team/lives/{live.pk}/?from=80.0&to=260.0&sel=195.0-205.0",
    }
    assert data["matched"] == [
        {"type": "chat", "at_s": 195.0, "value": 1},
        {"type": "chat", "at_s": 196.0, "value": 1},
    ]


def test_a_webhook_is_sent_verdicts_without_words(live: Live) -> None:
    sent = body(live, f"assessment:{judge(live, 0.9, start_s=20)}", when="assessment")

    assert sent["data"]["matched"] == [{"type": "assessment", "at_s": 23.5, "score": 0.9, "category": "hateful"}]


def test_a_webhook_is_sent_what_a_count_reached(live: Live) -> None:
    assert body(live, "hype:1767607200", when="hype", value=42)["data"]["matched"] == [{"type": "hype", "value": 42}]


@pytest.mark.parametrize("preset", ["channel_moderation", "public_body"])
def test_neither_words_nor_names_leave_the_house(preset: str) -> None:
    live = on_air(make_workspace(preset=preset))
    chat(live, "a secret clip", by=7)

    body(live, f"chat:{live.messages.get().pk}")

    text = Delivery.objects.get().body
    assert "secret" not in text
    assert "iewer7" not in text
    assert live.messages.get().chatter.pseudonym not in text


@pytest.mark.parametrize(
    "named", ["https://hooks.example.org/vigie", "https://hooks.example.org", "https://hooks.example.org/"]
)
def test_a_webhook_is_named_by_its_address_or_its_place(workspace: Workspace, live: Live, named: str) -> None:
    webhook = make_webhook(workspace)
    make_webhook(workspace, url="https://elsewhere.example.org/vigie")

    actions.call_webhook(fired(live), WebhookOptions(webhook=named))

    assert Delivery.objects.get().webhook == webhook


def test_a_webhook_may_be_named_by_its_number_as_text(workspace: Workspace, live: Live) -> None:
    webhook = make_webhook(workspace)

    actions.call_webhook(fired(live), WebhookOptions(webhook=f" {webhook.pk} "))

    assert Delivery.objects.get().webhook == webhook


@pytest.mark.parametrize("named", [999_999, "https://nowhere.example.org", "", "9" * 40, "²"])
def test_an_unknown_webhook_is_said_in_one_line(workspace: Workspace, live: Live, named: int | str) -> None:
    make_webhook(workspace)

    with pytest.raises(NoSuchWebhook, match="This workspace has no such webhook"):
        actions.call_webhook(fired(live), WebhookOptions(webhook=named))
    assert not Delivery.objects.exists()


def test_the_webhook_of_another_team_is_unknown(live: Live) -> None:
    other = make_webhook(make_workspace())

    with pytest.raises(NoSuchWebhook):
        actions.call_webhook(fired(live), WebhookOptions(webhook=other.pk))


def test_a_place_with_several_webhooks_names_none(workspace: Workspace, live: Live) -> None:
    for path in ("one", "two"):
        make_webhook(workspace, url=f"https://hooks.example.org/{path}")

    with pytest.raises(NoSuchWebhook, match="2 webhooks are at that place"):
        actions.call_webhook(fired(live), WebhookOptions(webhook="https://hooks.example.org"))


def test_a_webhook_that_is_switched_off_is_said_without_its_path(workspace: Workspace, live: Live) -> None:
    webhook = make_webhook(workspace, is_active=False)

    with pytest.raises(WebhookIsOff) as refusal:
        actions.call_webhook(fired(live), WebhookOptions(webhook=webhook.pk))
    assert str(refusal.value) == f"Webhook {webhook.pk} (https://hooks.example.org) is switched off."


def test_a_webhook_need_not_ask_for_anything_else(workspace: Workspace, live: Live) -> None:
    webhook = make_webhook(workspace, kinds=[])

    actions.call_webhook(fired(live), WebhookOptions(webhook=webhook.pk))

    assert Delivery.objects.get().webhook == webhook


def test_notifying_people_tells_no_webhook(workspace: Workspace, live: Live) -> None:
    make_webhook(workspace)
    actions.notify(fired(live), NotifyOptions())

    tasks.tell_due()

    assert not Delivery.objects.exists()


def test_it_arrives_signed(workspace: Workspace, live: Live, receiver: WebhookReceiver) -> None:
    webhook = make_webhook(workspace, url=receiver.url("hooks"))
    actions.call_webhook(fired(live), WebhookOptions(webhook=webhook.pk))

    tasks.deliver_due()

    [received] = receiver.received
    assert received.is_genuine
    assert received.payload["type"] == "rule.acted"


def test_members_who_may_not_see_rules_are_not_told(workspace: Workspace, live: Live) -> None:
    make_administrator(workspace)
    make_membership(Role.AUDITOR, workspace=workspace)
    workspace.modules = ["moderation"]
    workspace.save()
    actions.notify(fired(live), NotifyOptions())

    tasks.tell_due()

    assert not Notification.objects.exists()


def test_the_page_of_settings_offers_it(client: Client, workspace: Workspace) -> None:
    member: Membership = make_membership(workspace=workspace)
    client.force_login(member.user)

    page = client.get(at("notice-settings", member)).content.decode()

    assert "A rule has something to tell" in page
