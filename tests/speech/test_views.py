import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_channel, make_live, make_membership, make_utterance
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.runtime.models import WorkState
from vigie.speech.models import Utterance

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in."""
    membership = make_membership("moderator")
    client.force_login(membership.user)
    return membership


def unheard(member: Membership, state: str = WorkState.SKIPPED) -> Utterance:
    live = make_live(make_channel(member.workspace))
    return make_utterance(live, text="", state=state, reason="waited too long")


def address(member: Membership, utterance: Utterance) -> str:
    return reverse("utterance-retry", kwargs={"workspace": member.workspace.slug, "pk": utterance.pk})


@pytest.mark.parametrize("state", [WorkState.SKIPPED, WorkState.FAILED])
def test_retry_lets_an_utterance_wait_again_and_shows_it(client: Client, member: Membership, state: str) -> None:
    utterance = unheard(member, state)

    page = client.post(address(member, utterance)).content.decode()

    utterance.refresh_from_db()
    assert utterance.state == WorkState.PENDING
    assert "Waits to be transcribed." in page
    assert "Transcribe later" not in page
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["utterance.retried"]


def test_retry_of_what_somebody_else_retried_shows_where_it_stands(client: Client, member: Membership) -> None:
    utterance = unheard(member, WorkState.RUNNING)

    page = client.post(address(member, utterance)).content.decode()

    assert "Waits to be transcribed." in page
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_those_who_only_read_change_nothing(client: Client, member: Membership, role: str) -> None:
    utterance = unheard(member)
    client.force_login(make_membership(role, workspace=member.workspace).user)

    assert client.post(address(member, utterance)).status_code == 403


def test_utterances_of_others_are_not_found(client: Client, member: Membership) -> None:
    assert client.post(address(member, make_utterance(text="", state=WorkState.SKIPPED))).status_code == 404


def test_retry_is_a_post(client: Client, member: Membership) -> None:
    assert client.get(address(member, unheard(member))).status_code == 405
