"""What tests do with a session."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest

from vigie.adapters.obs import client
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, ObsEvent, ObsSession, PortError

DEADLINE_S = 20.0
FOREVER_S = 600.0


@asynccontextmanager
async def session_with(connector: ObsWebSocket, address: ObsAddress) -> AsyncIterator[ObsSession]:
    async with asyncio.timeout(DEADLINE_S), connector.connect(address) as session:
        yield session


async def some(session: ObsSession, most: int) -> list[ObsEvent]:
    """Return the next events."""
    told = list[ObsEvent]()
    async for event in session.events():
        told.append(event)
        if len(told) == most:
            break
    return told


async def trouble(asked: Awaitable[object]) -> PortError:
    """Return what it ends with."""
    with pytest.raises(PortError) as caught:
        await asked
    return caught.value


async def refusal(connector: ObsWebSocket, address: ObsAddress) -> PortError:
    """Return why no session can be had."""
    with pytest.raises(PortError) as caught:
        async with session_with(connector, address):
            pass
    return caught.value


def patient(monkeypatch: pytest.MonkeyPatch, seconds: float = FOREVER_S) -> None:
    """Let the adapter wait so long for answers."""
    monkeypatch.setattr(client, "ANSWER_S", seconds)
