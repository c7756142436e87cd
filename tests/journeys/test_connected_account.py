"""An account of Twitch, from the button to the consent, through its hours, to the day it is taken back and mended.

The pages, the engine's task, the keys and the adapter, against a Twitch on this machine.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import make_membership
from vigie.adapters.twitch.authority import TwitchAuthority
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.governance.models import AuditEntry
from vigie.people import tasks
from vigie.people.keys import keys_for
from vigie.people.models import ConnectedAccount, ConnectionState, Membership
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, TWITCH
from vigie.ports import AccountAuthority, PortError
from vigie.runtime import clock, registry
from vigie.runtime.gate import SharedGate
from vigie.runtime.limits import Budget
from vigie.simulators.twitch import TwitchServer, TwitchUser

pytestmark = pytest.mark.django_db(transaction=True)

READER = TwitchUser("4001", "vigie_fr")
GATE = SharedGate({"twitch.id": Budget(capacity=100, per_s=100)})
OTHER = TwitchUser("4002", "somebody_else")


@pytest.fixture
def twitch() -> Iterator[TwitchServer]:
    with TwitchServer() as server:
        server.add(READER)
        server.add(OTHER)
        server.settings.rotates = True
        application = TwitchSettings(server.client_id, server.client_secret, id_url=server.url("oauth2"))
        former = registry.current(AccountAuthority, TWITCH)
        registry.provide(AccountAuthority, lambda: TwitchAuthority(application, GATE), TWITCH)
        yield server
        registry.withdraw(AccountAuthority, TWITCH)
        if former:
            registry.provide(AccountAuthority, former, TWITCH)


@pytest.fixture
def by(client: Client, twitch: TwitchServer) -> Membership:
    """Somebody who may connect accounts, signed in."""
    cache.clear()
    member = make_membership("supervisor")
    client.force_login(member.user)
    return member


def connect(client: Client, by: Membership, *, visitor: str = "vigie_fr", **asked: object) -> list[str]:
    """Press the button, consent (nobody: refuse), come back; return what the page then says."""
    away = client.post(reverse("connection-connect", args=[by.workspace.slug]), asked or {"platform": TWITCH})
    [url] = re.findall(r'content="0; url=([^"]+)"', away.content.decode())
    consent = httpx.get(f"{html.unescape(url)}&{urlencode({'as': visitor})}", timeout=5)
    back = urlsplit(consent.headers["Location"])
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.headers["Location"] == reverse("connections", args=[by.workspace.slug])
    return [str(message) for message in get_messages(answer.wsgi_request)]


def kept() -> ConnectedAccount:
    return ConnectedAccount.objects.get()


def token_of(by: Membership, purpose: str = READ_CHAT) -> str:
    return async_to_sync(keys_for(TWITCH, by.workspace_id, purpose).token)()


def is_valid(twitch: TwitchServer, token: str) -> bool:
    answer = httpx.get(twitch.url("oauth2/validate"), headers={"Authorization": f"OAuth {token}"}, timeout=5)
    return answer.status_code == 200


def an_hour_passes(twitch: TwitchServer) -> None:
    twitch.forward(3600)
    ConnectedAccount.objects.filter(check_at__isnull=False).update(check_at=clock.now())
    tasks.check_connections()


def told() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_an_account_is_connected_kept_lost_and_mended(client: Client, by: Membership, twitch: TwitchServer) -> None:
    assert connect(client, by) == ["Twitch vigie_fr is connected."]
    account, first = kept(), token_of(by)
    assert (account.platform_id, account.scopes) == ("4001", ["user:read:chat"])
    assert is_valid(twitch, first)

    for _ in range(5):  # a token lasts for four hours
        an_hour_passes(twitch)
    assert kept().state == ConnectionState.OK
    second = token_of(by)
    assert second != first
    assert is_valid(twitch, second)

    twitch.disconnect("4001")
    an_hour_passes(twitch)
    assert kept().state == ConnectionState.REVOKED
    assert "Twitch does not accept it any more" in client.get(reverse("connections", args=[by.workspace.slug])).text
    with pytest.raises(PortError, match="No Twitch account that allows this"):
        token_of(by)

    connect(client, by, account=account.pk)
    assert (kept().pk, kept().state) == (account.pk, ConnectionState.OK)
    assert is_valid(twitch, token_of(by))
    assert told() == ["account.connected", "account.lost", "account.connected"]


def test_a_token_that_twitch_ends_early_is_renewed(client: Client, by: Membership, twitch: TwitchServer) -> None:
    connect(client, by)
    refused = token_of(by)
    twitch.expire(refused)

    renewed = async_to_sync(keys_for(TWITCH, by.workspace_id, READ_CHAT).renew)(refused)

    assert is_valid(twitch, renewed)
    assert kept().state == ConnectionState.OK


def test_an_account_that_rests_longer_than_its_token_lasts_is_renewed(
    client: Client, by: Membership, twitch: TwitchServer
) -> None:
    connect(client, by)
    twitch.forward(5 * 3600)
    ConnectedAccount.objects.update(expires_at=clock.now() - timedelta(hours=1))

    assert is_valid(twitch, token_of(by))


def test_a_refused_consent_changes_nothing(client: Client, by: Membership) -> None:
    assert connect(client, by, visitor="") == ["You did not consent. Nothing was changed."]
    assert (ConnectedAccount.objects.count(), told()) == (0, [])


def test_a_scope_taken_off_the_list_changes_nothing(client: Client, by: Membership, twitch: TwitchServer) -> None:
    twitch.settings.refused_scopes = frozenset({"user:read:chat"})

    assert connect(client, by) == ["The platform allows less than Vigie asked for. Nothing was changed."]
    assert ConnectedAccount.objects.count() == 0


def test_a_wrong_secret_of_the_application_is_told(client: Client, by: Membership, twitch: TwitchServer) -> None:
    wrong = TwitchSettings(twitch.client_id, "wrong", id_url=twitch.url("oauth2"))
    registry.provide(AccountAuthority, lambda: TwitchAuthority(wrong, GATE), TWITCH)

    assert connect(client, by) == ["Twitch does not know this application: check its client id and secret."]
    assert ConnectedAccount.objects.count() == 0


def test_a_secret_that_is_wrong_by_mistake_loses_no_account(
    client: Client, by: Membership, twitch: TwitchServer
) -> None:
    connect(client, by)
    twitch.expire(token_of(by))
    right = TwitchSettings(twitch.client_id, twitch.client_secret, id_url=twitch.url("oauth2"))
    registry.provide(AccountAuthority, lambda: TwitchAuthority(replace(right, client_secret="no"), GATE), TWITCH)

    an_hour_passes(twitch)

    assert (kept().state, kept().reason) == (
        ConnectionState.UNREACHABLE,
        "Twitch does not know this application: check its client id and secret.",
    )
    registry.provide(AccountAuthority, lambda: TwitchAuthority(right, GATE), TWITCH)
    an_hour_passes(twitch)
    assert kept().state == ConnectionState.OK


def test_more_is_allowed_once_it_is_needed(client: Client, by: Membership) -> None:
    connect(client, by)
    with pytest.raises(PortError, match="No Twitch account that allows this"):
        token_of(by, FOLLOW_MODERATION)

    connect(client, by, account=kept().pk, purpose=FOLLOW_MODERATION)

    assert token_of(by, FOLLOW_MODERATION) == token_of(by, READ_CHAT)


def test_somebody_else_does_not_mend_an_account(client: Client, by: Membership) -> None:
    connect(client, by)
    before = token_of(by)

    [words] = connect(client, by, visitor="somebody_else", account=kept().pk)

    assert words.startswith("You are signed in there with another account.")
    assert token_of(by) == before


def test_a_disconnected_account_is_given_back(client: Client, by: Membership, twitch: TwitchServer) -> None:
    connect(client, by)
    token = token_of(by)

    client.post(reverse("connection-disconnect", args=[by.workspace.slug, kept().pk]))

    assert not is_valid(twitch, token)
    assert ConnectedAccount.objects.count() == 0
