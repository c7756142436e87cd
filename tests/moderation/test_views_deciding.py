"""Views with which people decide: see test_views for those with which they look."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import (
    NOW,
    make_decision,
)
from tests.moderation.alerts import HTMX, address, an_alert, queue, text_of
from vigie.moderation.models import Alert, Decision
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


def decide(client: Client, alert: Alert, state: str, **rest: str) -> Any:
    headers = HTMX if rest.pop("htmx", "") else {}
    return client.post(address("alert-decide", alert), {"state": state, "version": "1", **rest}, headers=headers)


def test_deciding_leads_to_the_next_alert(client: Client, member: Membership, live: Live, alert: Alert) -> None:
    following = an_alert(live, start_s=200, score=0.75)

    response = decide(client, alert, "action_taken", category="threat", note="Reported to the platform.")

    assert (response.status_code, response["Location"]) == (302, address("alert", following))
    decision = Decision.objects.get()
    assert (decision.state, decision.category, decision.decided_by) == ("action_taken", "threat", member.user)
    assert alert.notes.get().text == "Reported to the platform."


def test_deciding_the_last_leads_to_the_one_before(client: Client, live: Live, alert: Alert) -> None:
    before = an_alert(live, start_s=50, score=0.9)
    Alert.objects.filter(pk=before.pk).update(raised_at=NOW - timedelta(hours=1))

    assert decide(client, alert, "reviewed")["Location"] == address("alert", before)


def test_deciding_the_only_one_leads_to_the_queue(client: Client, member: Membership, alert: Alert) -> None:
    assert decide(client, alert, "dismissed")["Location"] == queue(member)


def test_a_quick_decision_answers_with_the_row_and_an_undo(client: Client, alert: Alert) -> None:
    response = decide(client, alert, "dismissed", htmx="yes")

    assert response.status_code == 200
    assert 'class="row-a taken"' in text_of(response)
    assert f'"undo": "{address("alert-undo", alert)}"' in response["HX-Trigger"]


def test_a_decision_on_an_old_version_shows_both(client: Client, alert: Alert) -> None:
    other = make_decision(alert, state="reviewed")

    response = decide(client, alert, "dismissed", category="polemic", note="Only an opinion.")

    shown = " ".join(text_of(response).split())
    assert response.status_code == 409
    assert "<b>Reviewed</b>" in shown
    assert other.alias in shown
    assert "<b>dismissed · polemic.</b>" in shown
    assert "Only an opinion.</textarea>" in shown


def test_a_quick_decision_on_an_old_version_gives_the_row_back(client: Client, alert: Alert) -> None:
    make_decision(alert, state="reviewed")

    response = decide(client, alert, "dismissed", htmx="yes")

    assert response.status_code == 409
    assert "Somebody else changed this alert meanwhile." in response["HX-Trigger"]
    assert "Reviewed" in text_of(response)


@pytest.mark.parametrize("data", [{"note": "a" * 4001}, {"category": "rude"}, {"version": "none"}])
def test_what_is_filled_in_wrongly_is_said_and_changes_nothing(
    client: Client, alert: Alert, data: dict[str, str]
) -> None:
    response = decide(client, alert, "dismissed", **data)

    assert response.status_code == 400
    assert "errorlist" in text_of(response)
    assert not Decision.objects.exists()


def test_reopening_stays_on_the_page(client: Client, alert: Alert) -> None:
    make_decision(alert)

    response = decide(client, alert, "pending", version="2")

    assert response["Location"] == address("alert", alert)
    alert.refresh_from_db()
    assert (alert.state, alert.version) == ("pending", 3)


def test_a_decision_is_undone_from_a_toast(client: Client, member: Membership, alert: Alert) -> None:
    decide(client, alert, "dismissed", htmx="yes")

    response = client.post(address("alert-undo", alert), headers=HTMX)

    assert response.status_code == 204
    assert f"Alert {alert.pk} is to review again." in response["HX-Trigger"]
    alert.refresh_from_db()
    assert (alert.state, alert.version) == ("pending", 3)


def test_a_decision_is_undone_without_scripts(client: Client, alert: Alert) -> None:
    decide(client, alert, "dismissed")

    response = client.post(address("alert-undo", alert), follow=True)

    assert response.redirect_chain == [(address("alert", alert), 302)]
    assert f"Alert {alert.pk} is to review again." in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_undo_says_why(client: Client, member: Membership, alert: Alert, headers: dict[str, str]) -> None:
    make_decision(alert, by=member, decided_at=clock.now() - timedelta(minutes=1))

    response = client.post(address("alert-undo", alert), headers=headers, follow=not headers)

    said = response.headers.get("HX-Trigger", "") + text_of(response)
    assert "The 10 seconds are over; reopen the alert instead." in said
    alert.refresh_from_db()
    assert alert.state == "dismissed"


def test_a_note_is_added_and_shown_with_its_author(client: Client, member: Membership, alert: Alert) -> None:
    make_decision(alert)

    response = client.post(address("alert-note", alert), {"note": "Seen <b>before</b>."}, follow=True)

    shown = text_of(response)
    assert "Seen &lt;b&gt;before&lt;/b&gt;." in shown
    assert member.alias in shown


def test_an_empty_note_is_refused(client: Client, alert: Alert) -> None:
    make_decision(alert)

    response = client.post(address("alert-note", alert), {"note": " "})

    assert response.status_code == 400
    assert "errorlist" in text_of(response)
    assert alert.notes.count() == 0


@pytest.mark.parametrize("name", ["alert-decide", "alert-undo", "alert-note"])
def test_nothing_is_decided_by_a_link(client: Client, member: Membership, alert: Alert, name: str) -> None:
    assert client.get(address(name, alert)).status_code == 405


def test_hostile_text_is_shown_as_text(client: Client, live: Live) -> None:
    alert = an_alert(live, "<script>alert(1)</script> \u202e txet " + "a" * 5000)

    for shown in (client.get(address("alert", alert)), client.get(reverse("alerts", args=[alert.workspace.slug]))):
        assert "<script>alert(1)" not in text_of(shown)
