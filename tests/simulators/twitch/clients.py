"""How a test talks to a Twitch server: calls of Helix, and a socket of EventSub."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from vigie.simulators.twitch import Token, TwitchServer, TwitchUser

ZOE = TwitchUser("1001", "zoe_live", "Zoé_Live")
MAX = TwitchUser("1002", "max")
TOM = TwitchUser("1003", "tom")
READER = ("user:read:chat",)
VERSIONS = {"channel.update": "2", "channel.follow": "2", "channel.moderate": "2"}
MODERATES = {
    "channel.follow",
    "channel.moderate",
    "channel.shield_mode.begin",
    "channel.shield_mode.end",
    "channel.suspicious_user.update",
}
SCOPES = (
    *("user:read:chat", "user:read:moderated_channels", "moderation:read", "clips:edit"),
    *("moderator:read:chatters", "moderator:read:followers", "moderator:read:blocked_terms"),
    *("moderator:read:chat_settings", "moderator:read:unban_requests", "moderator:read:moderators"),
    *("moderator:read:vips", "moderator:manage:banned_users", "moderator:manage:warnings"),
    *("moderator:manage:chat_messages", "moderator:manage:shield_mode"),
    *("moderator:manage:suspicious_users", "moderator:read:suspicious_users", "moderator:manage:announcements"),
)
CHAT = "broadcaster_id=1001&moderator_id=1002"
"""Max moderates the chat of Zoé."""


class Caller:
    """Calls Helix with one token."""

    def __init__(self, server: TwitchServer, client: httpx.Client, token: Token) -> None:
        self.token = token
        self._server = server
        self._client = client

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Client-Id": self._server.client_id, "Authorization": f"Bearer {self.token.access}"}
        return self._client.request(method, self._server.url(f"helix/{path}"), headers=headers, **more)

    def get(self, path: str) -> Any:
        """Return what a call answers that goes well."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def subscribe(self, session_id: str, kind: str, **condition: str) -> httpx.Response:
        """Subscribe to something about Zoé, as whoever has the token."""
        about = {"broadcaster_user_id": "1001"}
        if kind.startswith("channel.chat."):
            about["user_id"] = self.token.user_id
        elif kind in MODERATES:
            about["moderator_user_id"] = self.token.user_id
        transport = {"method": "websocket", "session_id": session_id}
        body = {"type": kind, "version": VERSIONS.get(kind, "1"), "condition": condition or about}
        return self("POST", "eventsub/subscriptions", json={**body, "transport": transport})


async def told(socket: ClientConnection) -> Any:
    """Return the next message, or fail after 5 s."""
    async with asyncio.timeout(5):
        return json.loads(await socket.recv())


async def ended(socket: ClientConnection) -> int | None:
    """Return the close code of a socket that the other side closes within 5 s; 1006 for a broken one."""
    async with asyncio.timeout(5):
        await socket.wait_closed()
    return socket.close_code


def session_of(welcome: Any) -> str:
    """Return the id that a welcome tells."""
    return str(welcome["payload"]["session"]["id"])


@asynccontextmanager
async def listening(server: TwitchServer, caller: Caller, *kinds: str) -> AsyncIterator[ClientConnection]:
    """Connect, and subscribe to everything of these kinds about Zoé."""
    async with connect(server.ws_url, close_timeout=1) as socket:
        session_id = session_of(await told(socket))
        for kind in kinds:
            answer = await asyncio.to_thread(caller.subscribe, session_id, kind)
            assert answer.status_code == 202, answer.text
        yield socket
