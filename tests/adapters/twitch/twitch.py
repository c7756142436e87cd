"""Twitch on this machine, an adapter that asks it, and what a test says of both."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

import httpx

from tests.adapters.gates import FreeGate
from vigie.adapters.twitch.authority import AppKeys, TwitchAuthority
from vigie.adapters.twitch.chat import TwitchChat
from vigie.adapters.twitch.client import TwitchProbe
from vigie.adapters.twitch.settings import Pace, TwitchSettings
from vigie.events import ActivityReceived, RoomItem, RoomOpened
from vigie.ports import Handle, Keys, PortError, Room
from vigie.simulators.twitch import Token, TwitchServer, TwitchUser

Reading = AsyncGenerator[RoomItem, None]

SOON_S = 10.0
"""A test that waits longer for something has failed."""
READER = TwitchUser("900", "reader")
CHANNEL = TwitchUser("100", "lapomme", "LaPomme")
CHAT = "user:read:chat"
MODERATES = (
    *("moderator:read:blocked_terms", "moderator:read:chat_settings", "moderator:read:unban_requests"),
    *("moderator:read:banned_users", "moderator:read:chat_messages", "moderator:read:warnings"),
    *("moderator:read:moderators", "moderator:read:vips"),
)
FOLLOWERS = "moderator:read:followers"
FAST = Pace(tries_s=(0.0, 0.0, 0.0), patience=0.05)
"""No pauses; a connection that says nothing for 0.5 s has stalled."""
CALM = Pace(tries_s=(0.0, 0.0, 0.0))


def settings(server: TwitchServer, pace: Pace = CALM) -> TwitchSettings:
    return TwitchSettings(
        server.client_id,
        server.client_secret,
        helix_url=server.url("helix"),
        id_url=server.url("oauth2"),
        eventsub_url=server.ws_url,
        pace=pace,
    )


class AccountKeys:
    """The keys of an account, refreshed once however many ask."""

    def __init__(self, authority: TwitchAuthority, token: Token) -> None:
        self._authority = authority
        self._lock = asyncio.Lock()
        self.renewed = 0
        self.become(token)

    def become(self, token: Token) -> None:
        """Be the keys of another account from now on."""
        self._access, self._refresh = token.access, token.refresh

    async def token(self) -> str:
        return self._access

    async def renew(self, refused: str) -> str:
        async with self._lock:
            if refused == self._access:
                grant = await self._authority.refresh(self._refresh)
                self._access, self._refresh = grant.access_token, grant.refresh_token
                self.renewed += 1
            return self._access


class NoKeys:
    """Of a team that connected no account."""

    async def token(self) -> str:
        raise PortError("No Twitch account is connected.", permanent=True)

    async def renew(self, refused: str) -> str:
        return await self.token()


@dataclass
class Asker:
    """The adapter before a server, with one connected account."""

    server: TwitchServer
    pace: Pace = CALM
    gate: FreeGate = field(default_factory=FreeGate)
    keys: Keys = field(default_factory=NoKeys)

    def __post_init__(self) -> None:
        self.settings = settings(self.server, self.pace)
        self.authority = TwitchAuthority(self.settings, self.gate)
        self.app = AppKeys(self.authority)

    def probe(self) -> TwitchProbe:
        return TwitchProbe(self.settings, self.gate, self.app)

    def chat(self) -> TwitchChat:
        return TwitchChat(self.settings, self.gate, self.app, lambda _: self.keys)

    def connect(self, *scopes: str) -> Token:
        """Let the reader consent to `scopes`."""
        token = self.server.grant(READER.user_id, scopes)
        self.keys = AccountKeys(self.authority, token)
        return token

    def asked(self, path: str, method: str = "GET") -> int:
        """Return how often something was asked."""
        httpx.get(self.server.url("last"))  # an answer is written into the book after it was sent, before the next one
        return sum(one.path == f"/{path}" and one.method == method for one in self.server.requests)

    @property
    def connections(self) -> int:
        """How many EventSub sessions there were so far."""
        return len(self.server._app.sessions._sessions)


def room(user: TwitchUser = CHANNEL) -> Room:
    return Room(Handle(user.login, user.user_id), "live-1")


async def soon(reading: AsyncIterator[RoomItem]) -> RoomItem:
    """Return the next item, which must come soon."""
    async with asyncio.timeout(SOON_S):
        return await anext(reading)


async def opened(reading: AsyncIterator[RoomItem]) -> None:
    """Wait until the room is open."""
    assert isinstance(await soon(reading), RoomOpened)


async def ending(reading: Reading) -> PortError:
    """Return the trouble that comes once all is read."""
    async with asyncio.timeout(SOON_S):
        try:
            async for _ in reading:
                pass
        except PortError as error:
            return error
    raise AssertionError("It ended without trouble.")


async def texts(reading: Reading, count: int) -> list[str]:
    """Return the next messages."""
    found = list[str]()
    while len(found) < count:
        item = await soon(reading)
        if isinstance(item, ActivityReceived):
            found.append(item.text)
    return found
