"""One connection, its rooms and its limits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from tests.adapters.twitch.twitch import CALM, CHANNEL, CHAT, READER, SOON_S, AccountKeys, Asker, settings
from vigie.adapters.twitch.helix import Helix
from vigie.adapters.twitch.inbox import Inbox
from vigie.adapters.twitch.session import Reader, Session
from vigie.adapters.twitch.wishes import WISHES
from vigie.events import ActivityReceived
from vigie.ports import Identity, PortError
from vigie.simulators.twitch import TwitchServer

IDENTITY = Identity(READER.user_id, READER.login, (CHAT,), 3_600.0)


@pytest.fixture
async def session(server: TwitchServer, asker: Asker) -> AsyncIterator[Session]:
    keys = AccountKeys(asker.authority, server.grant(READER.user_id, [CHAT]))
    helix = Helix(asker.settings, asker.gate, keys, budget="twitch.user.900")
    session = Session(settings(server, CALM), Reader(READER.user_id, READER.login, helix, asker.authority))
    yield session
    await session.close()


def joined(session: Session, channel_id: str = CHANNEL.user_id) -> AbstractAsyncContextManager[Inbox]:
    return session.joined(channel_id, IDENTITY, session._reader.helix.keys)


async def test_a_session_is_empty_until_a_room_is_joined_and_after_it_was_left(session: Session) -> None:
    was_empty = session.is_empty
    async with joined(session):
        is_empty = session.is_empty

    assert (was_empty, is_empty, session.is_empty, session.is_over) == (True, False, True, False)


async def test_what_is_left_is_unsubscribed(server: TwitchServer, session: Session, asker: Asker) -> None:
    async with joined(session):
        pass
    async with asyncio.timeout(SOON_S):
        await session._leaving.join()

    assert asker.asked("helix/eventsub/subscriptions", "DELETE") == 6


async def test_there_is_place_for_as_many_rooms_as_twitch_allows(session: Session) -> None:
    most = 300 // len(WISHES)
    for number in range(most):
        assert session.has_place_for(f"channel {number}")
        session._rooms[f"channel {number}"] = object()  # type: ignore[assignment]

    assert not session.has_place_for("one more")
    assert session.has_place_for("channel 0")
    session._rooms.clear()


async def test_readers_are_told_why_a_connection_broke(server: TwitchServer, session: Session) -> None:
    async with joined(session) as inbox:
        server.say(CHANNEL.login, "moka", "salut")
        server.trouble.close(4005)
        async with asyncio.timeout(SOON_S):
            first = await inbox.get()
            with pytest.raises(PortError, match="Twitch had to wait too long"):
                await inbox.get()

    assert isinstance(first, ActivityReceived)
    assert session.is_over


async def test_nobody_joins_what_is_broken(server: TwitchServer, session: Session) -> None:
    async with joined(session) as inbox:
        server.trouble.drop()
        with pytest.raises(PortError):
            await inbox.get()

    with pytest.raises(PortError):
        async with joined(session, "101"):
            pass


async def test_what_was_moved_is_read_on(server: TwitchServer, session: Session) -> None:
    async with joined(session) as inbox:
        for number in range(3):
            server.trouble.reconnect()
            server.say(CHANNEL.login, "moka", str(number))
            async with asyncio.timeout(SOON_S):
                told = await inbox.get()
            assert isinstance(told, ActivityReceived)
            assert told.text == str(number)
