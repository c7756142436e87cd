"""Consent, its refreshing and its end, and the token of the application."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.adapters.twitch.twitch import CHAT, READER, AccountKeys, Asker
from vigie.adapters.twitch.authority import AppKeys, identify
from vigie.adapters.twitch.helix import Helix
from vigie.ports import Grant, PortError
from vigie.simulators.twitch import Fault, Kind, TwitchServer

BACK = "https://vigie.example/back"


async def consented(asker: Asker, *scopes: str, login: str = READER.login) -> str:
    """Return the code that a person's browser brings back."""
    address = asker.authority.authorize_url(state="s1", scopes=scopes, redirect_uri=BACK)
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"{address}&as={login}")
    brought = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert brought["state"] == ["s1"]
    return brought["code"][0]


async def test_a_person_consents_and_is_known(asker: Asker) -> None:
    grant = await asker.authority.exchange(await consented(asker, CHAT, "clips:edit"), redirect_uri=BACK)
    whose = await asker.authority.validate(grant.access_token)

    assert (grant.scopes, grant.expires_in_s > 14_000) == ((CHAT, "clips:edit"), True)
    assert (whose.platform_id, whose.login, whose.scopes) == (READER.user_id, READER.login, grant.scopes)


async def test_a_scope_that_a_person_takes_off_is_missing(server: TwitchServer, asker: Asker) -> None:
    server.settings.refused_scopes = frozenset({"clips:edit"})

    grant = await asker.authority.exchange(await consented(asker, CHAT, "clips:edit"), redirect_uri=BACK)

    assert grant.scopes == (CHAT,)


@pytest.mark.parametrize("rotates", [True, False])
async def test_a_grant_is_refreshed(server: TwitchServer, asker: Asker, *, rotates: bool) -> None:
    server.settings.rotates = rotates
    old = server.grant(READER.user_id, [CHAT])

    new = await asker.authority.refresh(old.refresh)

    assert new.access_token != old.access
    assert (new.refresh_token != old.refresh) is rotates
    assert (await asker.authority.validate(new.access_token)).login == READER.login


async def test_what_was_taken_back_is_told_for_good(server: TwitchServer, asker: Asker) -> None:
    token = server.grant(READER.user_id, [CHAT])
    server.disconnect(READER.user_id)

    for asked in (
        asker.authority.refresh(token.refresh),
        asker.authority.validate(token.access),
        asker.authority.exchange("used", redirect_uri=BACK),
    ):
        with pytest.raises(PortError, match="connect") as caught:
            await asked
        assert (caught.value.permanent, caught.value.retryable) == (True, False)
        assert not {token.access, token.refresh, "used"} & set(str(caught.value).split())


async def test_a_token_is_given_back_and_may_be_given_back_again(server: TwitchServer, asker: Asker) -> None:
    token = server.grant(READER.user_id, [CHAT])

    await asker.authority.revoke(token.access)
    await asker.authority.revoke(token.access)

    with pytest.raises(PortError):
        await asker.authority.validate(token.access)


async def test_an_application_that_is_gone_cannot_give_back(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "oauth2/revoke", status=404))

    with pytest.raises(PortError) as caught:
        await asker.authority.revoke("token")

    assert caught.value.permanent


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.EMPTY, Kind.GARBAGE, Kind.RESET, Kind.REFUSE])
async def test_trouble_of_twitch_is_no_end_of_a_consent(server: TwitchServer, asker: Asker, kind: Kind) -> None:
    token = server.grant(READER.user_id, [CHAT])
    server.fail(Fault(kind, "oauth2", times=2))

    for asked in (asker.authority.validate(token.access), asker.authority.refresh(token.refresh)):
        with pytest.raises(PortError) as caught:
            await asked
        assert (caught.value.permanent, caught.value.retryable) == (False, True)


async def test_an_account_is_known_after_its_token_expired(server: TwitchServer, asker: Asker) -> None:
    token = server.grant(READER.user_id, [CHAT])
    keys = AccountKeys(asker.authority, token)
    server.expire(token.access)

    assert (await identify(asker.authority, keys)).login == READER.login
    assert keys.renewed == 1


# ── the application ──


async def test_the_token_of_the_application_is_asked_for_once(asker: Asker) -> None:
    tokens = await asyncio.gather(*(asker.app.token() for _ in range(20)))

    assert len(set(tokens)) == 1
    assert asker.asked("oauth2/token", "POST") == 1


async def test_twenty_refused_requests_renew_the_token_once(server: TwitchServer, asker: Asker) -> None:
    server.expire(await asker.app.token())

    async with Helix(asker.settings, asker.gate, asker.app) as helix:
        found = await asyncio.gather(*(helix.accounts(ids=[READER.user_id]) for _ in range(20)))

    assert [[account.login for account in accounts] for accounts in found] == [[READER.login]] * 20
    assert asker.asked("oauth2/token", "POST") == 2
    assert asker.asked("helix/users") == 40


async def test_a_token_that_is_about_to_end_is_renewed(server: TwitchServer, asker: Asker) -> None:
    server.settings.token_life_s = 30.0

    assert await asker.app.token() != await asker.app.token()


async def test_trouble_with_the_token_is_not_remembered(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "oauth2/token"))
    app = AppKeys(asker.authority)

    with pytest.raises(PortError):
        await app.token()

    assert await app.token()


def test_secrets_are_masked(asker: Asker) -> None:
    grant = Grant("access-secret", "refresh-secret", (CHAT,), 1.0)
    shown = repr((asker.settings, asker.authority, asker.app, grant, asker.chat(), asker.probe()))

    secrets = {asker.settings.client_id, asker.settings.client_secret, "access-secret", "refresh-secret"}
    assert not [secret for secret in secrets if secret in shown]
