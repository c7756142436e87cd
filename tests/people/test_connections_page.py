"""What the page of connected accounts shows, and what other pages tell of them."""

import re
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.factories import make_connection, make_membership
from tests.people.authorities import CHAT, FakeAuthority, provided
from vigie.people.keys import NOT_RENEWABLE
from vigie.people.models import ConnectedAccount, ConnectionState, Membership
from vigie.people.queries import connection_trouble
from vigie.people.scopes import FOLLOW_MODERATION, OFFERED, TWITCH

pytestmark = pytest.mark.django_db

CALLBACK = "https://vigie.example.org/connections/twitch/callback/"


@pytest.fixture
def by(client: Client) -> Membership:
    member = make_membership("supervisor")
    client.force_login(member.user)
    return member


@pytest.fixture(autouse=True)
def twitch(settings: Settings) -> Iterator[FakeAuthority]:
    settings.PUBLIC_URL = "https://vigie.example.org"
    with provided(FakeAuthority()) as authority:
        yield authority


def page(client: Client, by: Membership) -> str:
    return client.get(reverse("connections", args=[by.workspace.slug])).content.decode()


def test_a_page_without_accounts_says_what_one_is_for(client: Client, by: Membership) -> None:
    text = page(client, by)

    assert "No Twitch account is connected." in text
    assert "read the chat" in text
    assert "Connect an account" in text


def test_a_disconnection_is_asked_about_first(client: Client, by: Membership) -> None:
    account = make_connection(by.workspace)

    text = page(client, by)

    assert f'data-open="disconnection-{account.pk}"' in text
    assert f'<h2 id="disconnection-{account.pk}-title">Disconnect {account}</h2>' in text
    assert f'action="{reverse("connection-disconnect", args=[by.workspace.slug, account.pk])}"' in text


ID, SECRET = "VIGIE_TWITCH_CLIENT_ID", "VIGIE_TWITCH_CLIENT_SECRET"


@pytest.mark.parametrize(
    ("told", "missing"),
    [({}, [ID, SECRET]), ({"twitch_client_id": "vigie"}, [SECRET]), ({"twitch_client_secret": "secret"}, [ID])],
)
def test_what_the_settings_lack_is_named(
    client: Client, by: Membership, settings: Settings, told: dict[str, str], missing: list[str]
) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update=told)
    make_connection(by.workspace, state=ConnectionState.REVOKED)

    with provided(None):
        text = page(client, by)

    assert re.findall(r"<code>(VIGIE_\w+)</code>", text) == missing
    assert f"<code>{CALLBACK}</code>" in text
    assert "Connect an" not in text
    assert "Connect again" not in text


STATES = [
    (ConnectionState.OK, "connected", ""),
    (ConnectionState.UNREACHABLE, "not checked", "Twitch could not be asked about it at the last try."),
    (ConnectionState.MISSING_SCOPE, "connected, but allows too little", "Twitch allows less than it did."),
    (ConnectionState.EXPIRED, "expired", f"{NOT_RENEWABLE} Connect the account again to go on."),
    (ConnectionState.REVOKED, "revoked", "Twitch does not accept it any more"),
]


@pytest.mark.parametrize(("state", "label", "words"), STATES)
def test_an_account_is_shown_with_its_state(client: Client, by: Membership, state: str, label: str, words: str) -> None:
    make_connection(by.workspace, login="vigie_fr", state=state, reason=NOT_RENEWABLE)

    text = " ".join(page(client, by).split())

    assert "vigie_fr" in text
    assert f"</span>{label}</span>" in text
    assert words in text
    assert "last checked" in text
    is_urgent = state not in {ConnectionState.OK, ConnectionState.UNREACHABLE}
    assert ('class="btn btn-primary" type="submit"> <svg class="i" aria-hidden="true"><use' in text) == is_urgent


def test_an_account_says_what_it_may_do_and_offers_what_it_may_not(client: Client, by: Membership) -> None:
    make_connection(by.workspace)

    text = " ".join(page(client, by).split())

    assert "<dt>Is allowed to</dt> <dd>read the chat</dd>" in text
    assert "<span>see what the channel&#x27;s moderators do</span>" in text
    assert f'name="purpose" value="{FOLLOW_MODERATION}"' in text


def test_what_an_account_may_no_longer_do_is_said(client: Client, by: Membership) -> None:
    account = make_connection(by.workspace, purposes=OFFERED[TWITCH], state=ConnectionState.MISSING_SCOPE)
    ConnectedAccount.objects.filter(pk=account.pk).update(scopes=list(CHAT))

    text = " ".join(page(client, by).split())

    assert "<dt>No longer allowed to</dt> <dd>see what the channel" in text
    assert 'name="purpose"' not in text


def test_an_account_that_is_lost_is_not_asked_for_more(client: Client, by: Membership) -> None:
    make_connection(by.workspace, state=ConnectionState.REVOKED)

    text = " ".join(page(client, by).split())

    assert "<dt>Was allowed to</dt> <dd>read the chat</dd>" in text
    assert 'name="purpose"' not in text


def test_no_token_is_on_the_page(client: Client, by: Membership) -> None:
    account = make_connection(by.workspace)

    text = page(client, by)

    assert not [secret for secret in ("token-1", "refresh-1", account.access_token) if secret in text]


def test_accounts_of_another_team_are_not_shown(client: Client, by: Membership) -> None:
    make_connection(login="theirs")

    assert "theirs" not in page(client, by)


def test_the_page_costs_the_same_for_one_and_for_many(
    client: Client, by: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_connection(by.workspace)
    with django_assert_max_num_queries(20) as one:
        page(client, by)
    for _ in range(2):
        make_connection(by.workspace)
    with django_assert_max_num_queries(len(one.captured_queries)):
        page(client, by)


# ── elsewhere ──────────────────────────────────────────────────────────────────────────────────────────────────────


def banner(by: Membership) -> str:
    request = RequestFactory().get("/")
    request.workspace = by.workspace  # type: ignore[attr-defined]
    return render_to_string("people/_connection_trouble.html", {"trouble": connection_trouble(by), "request": request})


def test_other_pages_tell_of_trouble_and_offer_the_tap() -> None:
    by = make_membership("supervisor")
    assert banner(by).strip() == ""
    account = make_connection(by.workspace, login="vigie_fr", state=ConnectionState.REVOKED)

    shown = banner(by)

    assert "Twitch vigie_fr" in shown
    assert f'name="account" value="{account.pk}"' in shown
    assert reverse("connection-connect", args=[by.workspace.slug]) in shown


def test_those_who_may_not_mend_it_are_told_who_may() -> None:
    by = make_membership("analyst")
    make_connection(by.workspace, state=ConnectionState.MISSING_SCOPE)

    shown = banner(by)

    assert "Ask a supervisor or an administrator." in shown
    assert "<form" not in shown
