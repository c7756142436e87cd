"""Twitch on this machine."""

from collections.abc import Iterator

import pytest

from tests.adapters.twitch.twitch import CHANNEL, READER, Asker
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
