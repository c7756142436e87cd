"""The calls of Helix that Vigie makes, in the name of one account or of the application.

Existing clients lose data on 429 (pyTwitchAPI 4.5.0 returns its body as if it were what was asked for, TwitchIO 3.3.2
gives up): here the same request is sent again after the reset, and nothing but a 2xx is ever read.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from types import TracebackType
from typing import Any, Self

import httpx

from vigie.adapters.gated import GatedTransport, Refusal, refusal
from vigie.adapters.twitch import parse
from vigie.adapters.twitch.parse import Account, Object, OnAir, Unreadable
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.ports import Gate, Keys, PortError

MOST = 100
"""Ids or logins that one request may name."""
LONGEST_WAIT_S = 65.0
"""A bucket is full again a minute after it was empty; who asks us to wait longer is left for that time."""
APPLICATION = "twitch.app"
"""The budget of what is asked in the name of the application."""
SUBSCRIPTIONS = "/eventsub/subscriptions"


class Helix:
    """Asks Helix, each request from one budget: `async with`, inside one event loop."""

    def __init__(self, settings: TwitchSettings, gate: Gate, keys: Keys, *, budget: str = APPLICATION) -> None:
        """Ask with `keys`. Twitch keeps a bucket of points for the application, and one for each account."""
        self.keys = keys
        self._pace = settings.pace
        self._client = httpx.AsyncClient(
            base_url=settings.helix_url,
            headers={"Client-Id": settings.client_id},
            transport=GatedTransport(gate, lambda _: (budget, 1.0), judge=judged),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that are held open."""
        await self._client.aclose()

    def of(self, keys: Keys) -> "Helix":
        """Return what asks with other keys, from the same budget and over the same connections."""
        other = copy(self)
        other.keys = keys
        return other

    async def accounts(self, *, ids: Sequence[str] = (), logins: Sequence[str] = ()) -> list[Account]:
        """Return those of at most 100 accounts that exist; a banned one does not. Raises PortError."""
        named = [("id", number) for number in ids] + [("login", login) for login in logins]
        with readable("users"):
            return [parse.account(row) for row in await self._rows("GET", "/users", params=named)]

    async def on_air(self, ids: Sequence[str]) -> dict[str, OnAir | None]:
        """Return what is on air of at most 100 accounts; None for one that Twitch cannot tell of. Raises PortError."""
        named = [("user_id", number) for number in ids] + [("first", str(MOST))]
        with readable("streams"):
            rows = await self._rows("GET", "/streams", params=named)
            return {parse.text(row, "user_id"): parse.on_air(row) for row in rows}

    async def subscribe(self, wanted: Object) -> str:
        """Return the id of a new subscription; empty when there was one already. Raises PortError."""
        try:
            with readable("subscriptions"):
                return parse.text((await self._rows("POST", SUBSCRIPTIONS, json=wanted))[0], "id")
        except Refusal as error:
            if error.status != 409:
                raise
            return ""

    async def unsubscribe(self, number: str) -> None:
        """Give a subscription up; one that is gone was given up already. Raises PortError."""
        try:
            await self._ask("DELETE", SUBSCRIPTIONS, params=[("id", number)])
        except Refusal as error:
            if error.status != 404:
                raise

    async def _rows(self, method: str, path: str, **what: Any) -> list[Object]:
        return parse.rows(await self._ask(method, path, **what))

    async def _ask(self, method: str, path: str, **what: Any) -> bytes:
        """Return the body of an answer; a token that is not valid any more is renewed once."""
        token = await self.keys.token()
        try:
            return await self._insist(self._request(token, method, path, what))
        except Refusal as error:
            if error.status != 401 or b"scope" in error.body:
                raise
        token = await self.keys.renew(token)
        return await self._insist(self._request(token, method, path, what))

    def _request(self, token: str, method: str, path: str, what: dict[str, Any]) -> httpx.Request:
        return self._client.build_request(method, path, headers={"Authorization": f"Bearer {token}"}, **what)

    async def _insist(self, request: httpx.Request) -> bytes:
        """Send a request again while Twitch is silent, broken, or wants us to wait."""
        for pause_s in self._pace.tries_s:
            try:
                return (await self._client.send(request)).content
            except PortError as trouble:
                wait_s = max(pause_s, trouble.retry_after_s or 0.0)
                is_held_back = trouble.retry_after_s is not None and not isinstance(trouble, Refusal)
                if not trouble.retryable or is_held_back or wait_s > LONGEST_WAIT_S:
                    raise  # who is held back by the gate has waited there
            await asyncio.sleep(wait_s)
        return (await self._client.send(request)).content


def judged(response: httpx.Response) -> PortError | None:
    """Return what an answer of Helix means.

    "Too many" of EventSub while there are points left means connections or subscriptions, of which there will be none
    soon: the gate need not close for that.
    """
    trouble = refusal(response)
    has_points = response.headers.get("Ratelimit-Remaining", "0") != "0"
    if response.status_code == 429 and has_points and response.request.url.path.endswith(SUBSCRIPTIONS):
        return Refusal("Twitch allows no more EventSub subscriptions to this account.", response)
    return trouble


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Turn an answer that is not as documented into a PortError."""
    try:
        yield
    except (Unreadable, IndexError) as error:
        raise PortError(f"Twitch answered nonsense when asked for {what}.", retryable=True) from error
