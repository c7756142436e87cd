"""Twitch on this machine."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from tests.adapters.twitch.twitch import CHANNEL, CHAT, READER, Asker, Reading, opened, room
from vigie.simulators.twitch import TwitchServer


@pytest.fixture
def server() -> Iterator[TwitchServer]:
    with TwitchServer() as server:
        server.add(READER)
        server.add(CHANNEL)
        yield server


@pytest.fixture
def asker(server: TwitchServer) -> Asker:
    return Asker(server)


@pytest.fixture
def reader(asker: Asker) -> Asker:
    """The adapter with an account that may read chats."""
    asker.connect(CHAT)
    return asker


@pytest.fixture
async def reading(reader: Asker) -> AsyncIterator[Reading]:
    """The room of CHANNEL, open."""
    async with aclosing(reader.chat().chat(room())) as reading:
        await opened(reading)
        yield reading
