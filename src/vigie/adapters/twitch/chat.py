"""The port ChatSource: rooms by EventSub, many of them on one connection of a connected account."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from vigie.adapters.twitch.authority import TwitchAuthority, identify
from vigie.adapters.twitch.client import GONE
from vigie.adapters.twitch.helix import Helix
from vigie.adapters.twitch.inbox import Inbox
from vigie.adapters.twitch.session import Reader, Session
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.adapters.twitch.troubles import LATER_S
from vigie.adapters.twitch.wishes import READ_CHAT
from vigie.events import RoomEnded, RoomItem, RoomOpened
from vigie.ports import Gate, Identity, Keys, PortError, Room

MOST_SESSIONS = 3
"""Twitch allows so many connections to an account of an application."""
BUDGET = "twitch.user."

KeysOf = Callable[[Room], Keys]
"""The keys of the account that is to read a chat; without one they raise PortError, permanent, that says what to do."""


class TwitchChat:
    """Reads chats. One instance belongs to one event loop, since its rooms share connections."""

    def __init__(self, settings: TwitchSettings, gate: Gate, app: Keys, keys_of: KeysOf) -> None:
        """Read as the accounts of `keys_of`; look accounts up in the name of the application."""
        self._settings = settings
        self._gate = gate
        self._app = app
        self._keys_of = keys_of
        self._authority = TwitchAuthority(settings, gate)
        self._sessions: dict[str, list[Session]] = defaultdict(list)
        """By the id of the account that reads."""

    async def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        """Yield what `vigie.ports.ChatSource.chat` promises."""
        keys = self._keys_of(room)
        identity = await identify(self._authority, keys)
        if READ_CHAT not in identity.scopes:
            raise PortError(
                f"The Twitch account {identity.login} does not allow {READ_CHAT}, which reading chats needs: "
                "connect it again.",
                permanent=True,
            )
        channel_id = room.channel.platform_id or await self._number(room.channel.name)
        async with self._joined(identity, keys, channel_id) as inbox:
            yield RoomOpened(room.room_id)
            while True:
                item = await inbox.get()
                yield item
                if isinstance(item, RoomEnded):
                    return

    async def _number(self, login: str) -> str:
        async with Helix(self._settings, self._gate, self._app) as helix:
            found = await helix.accounts(logins=[login])
        if not found:
            raise PortError(f"{login}: {GONE}", permanent=True)
        return found[0].id

    @asynccontextmanager
    async def _joined(self, identity: Identity, keys: Keys, channel_id: str) -> AsyncIterator[Inbox]:
        session = self._session(identity, keys, channel_id)
        try:
            async with session.joined(channel_id, identity, keys) as inbox:
                yield inbox
        finally:
            if session.is_empty:
                self._forget(identity.platform_id, session)
                await session.close()

    def _session(self, identity: Identity, keys: Keys, channel_id: str) -> Session:
        """Return a connection with a place left. Raises PortError when there is none, and no more are allowed."""
        sessions = self._sessions[identity.platform_id]
        open_ones = [session for session in sessions if not session.is_over]
        found = next((session for session in open_ones if session.has_place_for(channel_id)), None)
        if found is None and len(open_ones) >= MOST_SESSIONS:
            raise PortError(
                f"The Twitch account {identity.login} reads as many chats as Twitch allows: "
                "connect another one for more.",
                retryable=True,
                retry_after_s=LATER_S,
            )
        if found is None:
            found = self._start(identity, keys)
            sessions.append(found)
        return found

    def _start(self, identity: Identity, keys: Keys) -> Session:
        helix = Helix(self._settings, self._gate, keys, budget=f"{BUDGET}{identity.platform_id}")
        return Session(self._settings, Reader(identity.platform_id, identity.login, helix, self._authority))

    def _forget(self, user_id: str, session: Session) -> None:
        self._sessions[user_id].remove(session)
        if not self._sessions[user_id]:
            del self._sessions[user_id]
