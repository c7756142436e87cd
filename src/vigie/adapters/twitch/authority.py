"""The port AccountAuthority: Twitch's OAuth 2.0, and the token of the application itself.

Source: dev.twitch.tv/docs/authentication (read 2026-11).
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from vigie.adapters.gated import GatedTransport, Refusal
from vigie.adapters.twitch import parse
from vigie.adapters.twitch.helix import readable
from vigie.adapters.twitch.parse import Object
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.ports import Gate, Grant, Identity, Keys, PortError

BUDGET = "twitch.id"
EARLY_S = 60.0
"""A token is renewed so long before its end."""
UNKNOWN_APPLICATION = "Twitch does not know this application: check its client id and secret."
INVALID_CLIENT = b"invalid client"
"""What Twitch says then, with 400 or 403: no consent of anybody is over."""
FOR_EVER_S = 365 * 86_400.0
"""Twitch says 0 of the tokens of a few old applications, which do not expire."""


class TwitchAuthority:
    """Twitch's authorization server."""

    def __init__(self, settings: TwitchSettings, gate: Gate) -> None:
        self._settings = settings
        self._gate = gate

    def authorize_url(self, *, state: str, scopes: Sequence[str], redirect_uri: str) -> str:
        """Return where a person is sent to consent."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
        }
        return str(httpx.URL(f"{self._settings.id_url}/authorize", params=asked))

    async def exchange(self, code: str, *, redirect_uri: str) -> Grant:
        """Return what a code is worth. Raises PortError: permanent when it is not (any more)."""
        with _refused("Twitch does not take this consent (any more): connect the account again."):
            return await self._grant("authorization_code", code=code, redirect_uri=redirect_uri)

    async def refresh(self, refresh_token: str) -> Grant:
        """Return a fresh grant. Raises PortError: permanent when the person took it back."""
        with _refused("The consent of this Twitch account is over: connect it again."):
            return await self._grant("refresh_token", refresh_token=refresh_token)

    async def for_application(self) -> Grant:
        """Return a grant for the application itself, without a refresh token. Raises PortError."""
        with _refused(UNKNOWN_APPLICATION):
            return await self._grant("client_credentials")

    async def validate(self, access_token: str) -> Identity:
        """Return whose token it is. Raises PortError: permanent when it is not valid (any more)."""
        with _refused("The consent of this Twitch account is over: connect it again."):
            body = await self._ask("GET", "validate", headers={"Authorization": f"OAuth {access_token}"})
        with readable("an account"):
            told = parse.loaded(body)
            who = parse.text(told, "user_id"), parse.text(told, "login")
            return Identity(*who, _scopes(told.get("scopes")), _lasts_s(told))

    async def revoke(self, access_token: str) -> None:
        """Give a token back. One that is not valid any more is given back already."""
        form = {"client_id": self._settings.client_id, "token": access_token}
        try:
            await self._ask("POST", "revoke", data=form)
        except Refusal as error:
            if error.status != 400:
                raise

    async def _grant(self, kind: str, **form: str) -> Grant:
        ours = {"client_id": self._settings.client_id, "client_secret": self._settings.client_secret}
        body = await self._ask("POST", "token", data={**ours, "grant_type": kind, **form})
        with readable("a token"):
            told = parse.loaded(body)
            return Grant(
                parse.text(told, "access_token"),
                parse.words(told, "refresh_token"),
                _scopes(told.get("scope")),
                _lasts_s(told),
            )

    async def _ask(self, method: str, path: str, **what: Any) -> bytes:
        """Return the body of an answer. Asked seldom, from any loop: each time over a connection of its own."""
        transport = GatedTransport(self._gate, lambda _: (BUDGET, 1.0))
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.request(method, f"{self._settings.id_url}/{path}", **what)).content


class AppKeys:
    """The token of the application itself: kept in memory, asked for once, however many want it."""

    def __init__(self, authority: TwitchAuthority) -> None:
        self._authority = authority
        self._grant: Grant | None = None
        self._ends_at = 0.0
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """Return a token to use now. Raises PortError: permanent when Twitch does not know the application."""
        if self._grant and time.monotonic() < self._ends_at:
            return self._grant.access_token
        return await self.renew(self._grant.access_token if self._grant else "")

    async def renew(self, refused: str) -> str:
        """Return a token that is not `refused`. Raises PortError like `token`."""
        async with self._asking:
            if self._grant is None or self._grant.access_token == refused:
                self._grant = await self._authority.for_application()
                self._ends_at = time.monotonic() + self._grant.expires_in_s - EARLY_S
            return self._grant.access_token


async def identify(authority: TwitchAuthority, keys: Keys) -> Identity:
    """Return who an account is, after one look for a fresh token. Raises PortError: permanent without a consent."""
    token = await keys.token()
    try:
        return await authority.validate(token)
    except PortError as error:
        if not error.permanent:
            raise
    return await authority.validate(await keys.renew(token))


@contextmanager
def _refused(message: str) -> Iterator[None]:
    try:
        yield
    except Refusal as error:
        if INVALID_CLIENT in error.body.lower():
            raise PortError(UNKNOWN_APPLICATION, permanent=message == UNKNOWN_APPLICATION) from error
        raise PortError(
            str(error) if error.retryable else message,
            retryable=error.retryable,
            retry_after_s=error.retry_after_s,
            permanent=error.permanent,
        ) from error


def _scopes(told: object) -> tuple[str, ...]:
    return tuple(scope for scope in told if isinstance(scope, str)) if isinstance(told, list) else ()


def _lasts_s(told: Object) -> float:
    return float(parse.number(told, "expires_in")) or FOR_EVER_S
