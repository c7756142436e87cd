"""The page of connected accounts, and the way to a platform's page of consent and back."""

import html
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import make_connection, make_membership
from tests.people.authorities import REVOKED, SILENT, FakeAuthority, identity, provided
from vigie.people import consents
from vigie.people.models import ConnectedAccount, ConnectionState, Membership
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, TWITCH, scopes_for
from vigie.ports import PortError
from vigie.runtime.sealing import unseal

pytestmark = pytest.mark.django_db(transaction=True)

CALLBACK = "https://vigie.example.org/connections/twitch/callback/"
BOTH = scopes_for(TWITCH, [READ_CHAT, FOLLOW_MODERATION])


@pytest.fixture
def by(client: Client) -> Membership:
    member = make_membership("supervisor")
    client.force_login(member.user)
    return member


@pytest.fixture(autouse=True)
def configured(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://vigie.example.org"


@pytest.fixture(autouse=True)
def twitch() -> Iterator[FakeAuthority]:
    with provided(FakeAuthority(valid={"token-1": identity()})) as authority:
        yield authority


def go(client: Client, by: Membership, **asked: object) -> dict[str, str]:
    """Press a button that connects; return what the platform's page of consent is asked."""
    answer = client.post(reverse("connection-connect", args=[by.workspace.slug]), asked or {"platform": TWITCH})
    [url] = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())
    return {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(url)).query).items()}


def come_back(client: Client, **said: str) -> HttpResponse:
    answer = client.get(reverse("connection-callback", args=[TWITCH]), said)
    assert isinstance(answer, HttpResponse)
    return answer


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(cast("Any", answer).wsgi_request)]


def test_an_account_is_connected(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    asked = go(client, by)
    assert (asked["scope"], asked["redirect_uri"]) == ("user:read:chat", CALLBACK)

    answer = come_back(client, state=asked["state"], code="the-code")

    assert answer.headers["Location"] == reverse("connections", args=[by.workspace.slug])
    assert said(answer) == ["Twitch vigie_fr is connected."]
    account = ConnectedAccount.objects.get()
    assert (account.workspace, account.connected_by, account.purposes) == (by.workspace, by.user, [READ_CHAT])
    assert unseal(account.access_token) == "token-1"
    assert twitch.asked == [f"exchange the-code {CALLBACK}", "validate token-1"]


def test_the_way_there_is_one_tap_with_and_without_scripts(client: Client, by: Membership) -> None:
    answer = client.post(reverse("connection-connect", args=[by.workspace.slug]), {"platform": TWITCH})

    text = answer.content.decode()
    assert text.count("https://id.example.org/authorize?") == 2  # at once, and a link
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_the_way_back_is_kept_in_no_cache(client: Client, by: Membership) -> None:
    """Its address holds a code that is worth a token."""
    assert "no-store" in come_back(client, state="nonsense", code="code-1").headers["Cache-Control"]


def test_a_consent_works_once(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    asked = go(client, by)
    come_back(client, state=asked["state"], code="the-code")

    again = come_back(client, state=asked["state"], code="the-code")

    assert again.headers["Location"] == reverse("home")
    assert NOT_ASKED in said(again)
    assert len(twitch.asked) == 2


NOT_ASKED = "This consent was not asked for here, or too long ago. Nothing was changed: connect the account again."


@pytest.mark.parametrize("state", ["", "wrong", "a:b:c"])
def test_a_consent_that_nobody_asked_for_changes_nothing(
    client: Client, by: Membership, twitch: FakeAuthority, state: str
) -> None:
    go(client, by)

    answer = come_back(client, state=state, code="the-code")

    assert (said(answer), twitch.asked) == ([NOT_ASKED], [])
    assert not ConnectedAccount.objects.exists()


def test_a_consent_of_somebody_else_changes_nothing(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    state = go(client, by)["state"]
    other = Client()
    other.force_login(make_membership("supervisor", workspace=by.workspace).user)

    assert said(come_back(other, state=state, code="the-code")) == [NOT_ASKED]
    assert twitch.asked == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "You did not consent. Nothing was changed."),
        (
            "redirect_mismatch",
            "The platform could not ask you. Nothing was changed: try again, or tell your operator.",
        ),
    ],
)
def test_a_refusal_changes_nothing(
    client: Client, by: Membership, twitch: FakeAuthority, error: str, words: str
) -> None:
    answer = come_back(client, state=go(client, by)["state"], error=error)

    assert (said(answer), twitch.asked) == ([words], [])
    assert answer.headers["Location"] == reverse("connections", args=[by.workspace.slug])
    assert not ConnectedAccount.objects.exists()


@pytest.mark.parametrize("trouble", [REVOKED, SILENT])
def test_a_code_that_is_worth_nothing_changes_nothing(
    client: Client, by: Membership, twitch: FakeAuthority, trouble: PortError
) -> None:
    twitch.exchanged = trouble

    answer = come_back(client, state=go(client, by)["state"], code="the-code")

    assert said(answer) == [str(trouble)]
    assert not ConnectedAccount.objects.exists()


def test_a_token_that_is_not_valid_changes_nothing(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    twitch.valid = {}

    assert said(come_back(client, state=go(client, by)["state"], code="the-code")) == [str(REVOKED)]
    assert not ConnectedAccount.objects.exists()


def test_scopes_that_are_refused_change_nothing(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    twitch.valid = {"token-1": identity(scopes=())}

    answer = come_back(client, state=go(client, by)["state"], code="the-code")

    assert said(answer) == ["The platform allows less than Vigie asked for. Nothing was changed."]
    assert not ConnectedAccount.objects.exists()


@pytest.mark.parametrize("role", ["moderator", ""])
def test_who_may_no_longer_connect_does_not(client: Client, by: Membership, role: str, twitch: FakeAuthority) -> None:
    state = go(client, by)["state"]
    by.delete()
    if role:
        make_membership(role, user=by.user, workspace=by.workspace)

    assert come_back(client, state=state, code="the-code").status_code == 403
    assert twitch.asked == []


def test_one_comes_back_to_the_platform_one_went_to(client: Client, by: Membership) -> None:
    state = go(client, by)["state"]

    assert client.get("/connections/elsewhere/callback/", {"state": state, "code": "c"}).status_code == 403


def test_whoever_signed_out_meanwhile_signs_in_first(client: Client, by: Membership) -> None:
    client.logout()

    answer = come_back(client, state="s", code="c")

    assert answer.headers["Location"].startswith(reverse("account_login"))


# ── mending ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_revoked_account_is_mended_by_one_tap(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    account = make_connection(by.workspace, platform_id="1", token="old", state=ConnectionState.REVOKED)

    come_back(client, state=go(client, by, account=account.pk)["state"], code="the-code")

    mended = ConnectedAccount.objects.get()
    assert (mended.pk, mended.state, unseal(mended.access_token)) == (account.pk, ConnectionState.OK, "token-1")


def test_another_account_does_not_mend_it(client: Client, by: Membership) -> None:
    account = make_connection(by.workspace, platform_id="2", state=ConnectionState.REVOKED)

    answer = come_back(client, state=go(client, by, account=account.pk)["state"], code="the-code")

    [words] = said(answer)
    assert words.startswith("You are signed in there with another account.")
    assert ConnectedAccount.objects.get().state == ConnectionState.REVOKED


def test_more_is_asked_for_when_it_is_needed(client: Client, by: Membership, twitch: FakeAuthority) -> None:
    account = make_connection(by.workspace, platform_id="1")
    twitch.valid = {"token-1": identity(scopes=BOTH)}

    asked = go(client, by, account=account.pk, purpose=FOLLOW_MODERATION)
    come_back(client, state=asked["state"], code="the-code")

    assert tuple(asked["scope"].split()) == BOTH
    allowed = ConnectedAccount.objects.get()
    assert (allowed.purposes, tuple(allowed.scopes)) == ([READ_CHAT, FOLLOW_MODERATION], BOTH)


def test_a_refusal_of_more_leaves_what_there_is(client: Client, by: Membership) -> None:
    account = make_connection(by.workspace, platform_id="1")

    asked = go(client, by, account=account.pk, purpose=FOLLOW_MODERATION)
    come_back(client, state=asked["state"], error="access_denied")

    kept = ConnectedAccount.objects.get()
    assert (kept.purposes, kept.state) == ([READ_CHAT], ConnectionState.OK)


@pytest.mark.parametrize(
    "asked",
    [{}, {"platform": "myspace"}, {"account": "0"}, {"account": "x"}, {"platform": TWITCH, "purpose": "everything"}],
)
def test_what_cannot_be_connected_is_said(client: Client, by: Membership, asked: dict[str, str]) -> None:
    answer = client.post(reverse("connection-connect", args=[by.workspace.slug]), asked)

    assert said(answer) == ["This cannot be connected."]


def test_without_the_settings_of_a_platform_nobody_is_sent_there(client: Client, by: Membership) -> None:
    with provided(None):
        answer = client.post(reverse("connection-connect", args=[by.workspace.slug]), {"platform": TWITCH})

    assert said(answer) == ["The settings of this installation lack what Twitch needs."]
    assert consents.SESSION_KEY not in client.session


def test_an_account_of_another_team_is_not_known(client: Client, by: Membership) -> None:
    answer = client.post(
        reverse("connection-connect", args=[by.workspace.slug]), {"account": str(make_connection().pk)}
    )

    assert said(answer) == ["This cannot be connected."]


# ── disconnecting ──────────────────────────────────────────────────────────────────────────────────────────────────


def disconnect(client: Client, by: Membership, account: ConnectedAccount) -> list[str]:
    return said(client.post(reverse("connection-disconnect", args=[by.workspace.slug, account.pk])))


def test_a_disconnected_account_is_given_back_and_forgotten(
    client: Client, by: Membership, twitch: FakeAuthority
) -> None:
    account = make_connection(by.workspace, login="vigie_fr")

    assert disconnect(client, by, account) == ["Twitch vigie_fr is disconnected."]
    assert twitch.asked == ["revoke token-1"]
    assert not ConnectedAccount.objects.exists()


def test_a_platform_that_cannot_be_told_changes_nothing_about_it(
    client: Client, by: Membership, twitch: FakeAuthority
) -> None:
    account = make_connection(by.workspace, login="vigie_fr")
    twitch.revoking = SILENT

    [words] = disconnect(client, by, account)

    assert words == (
        "Twitch vigie_fr is disconnected here. Twitch could not be told: take the consent back there, too."
    )
    assert not ConnectedAccount.objects.exists()
