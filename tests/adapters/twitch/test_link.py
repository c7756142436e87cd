"""One WebSocket to EventSub, before servers that misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.adapters.twitch.twitch import CALM, SOON_S, Asker
from vigie.adapters.twitch.frames import Keepalive
from vigie.adapters.twitch.link import MOST_BYTES, open_link
from vigie.ports import PortError
from vigie.simulators.twitch import TwitchServer

Speaker = Callable[[ServerConnection], Awaitable[None]]


def frame(kind: str, **payload: object) -> str:
    return json.dumps({"metadata": {"message_type": kind, "message_id": "f1"}, "payload": payload})


WELCOME = frame("session_welcome", session={"id": "s1", "keepalive_timeout_seconds": 10})
KEEPALIVE = frame("session_keepalive")


@asynccontextmanager
async def speaking(*said: str | bytes, code: int | None = None) -> AsyncIterator[str]:
    """Say that to whoever comes, then close with `code`, or wait until they go."""

    async def speak(connection: ServerConnection) -> None:
        for words in said:
            await connection.send(words)
        if code:
            await connection.close(code)
        await connection.wait_closed()

    async with serve(speak, "127.0.0.1", 0) as server:
        host, port = next(iter(server.sockets)).getsockname()
        yield f"ws://{host}:{port}/"


async def test_a_connection_is_welcomed_and_read(server: TwitchServer, asker: Asker) -> None:
    link = await open_link(server.ws_url, CALM.patience)
    try:
        assert link.session_id
    finally:
        await link.close()


async def test_what_cannot_be_read_ends_nothing() -> None:
    async with speaking(WELCOME, "garbage", b"\x00\xff", "{}", frame("session_dance"), KEEPALIVE) as url:
        link = await open_link(url, 1.5)
        async with asyncio.timeout(SOON_S):
            told = [await link.read() for _ in range(5)]
        await link.close()

    assert told == [None, None, None, None, Keepalive()]


@pytest.mark.parametrize("first", [KEEPALIVE, "garbage", frame("session_welcome", session={})])
async def test_a_connection_without_a_welcome_is_none(first: str) -> None:
    async with speaking(first) as url:
        with pytest.raises(PortError, match="no welcome came") as caught:
            await open_link(url, 1.5)

    assert caught.value.retryable


@pytest.mark.parametrize("code", [4000, 4003, 4007, 1000, 1011])
async def test_a_close_code_is_told(code: int) -> None:
    async with speaking(WELCOME, code=code) as url:
        link = await open_link(url, 1.5)
        with pytest.raises(PortError) as caught:
            await link.read()
        await link.close()

    assert caught.value.retryable


async def test_a_frame_that_is_too_large_breaks_the_connection() -> None:
    async with speaking(WELCOME, "x" * (MOST_BYTES + 1)) as url:
        link = await open_link(url, 1.5)
        with pytest.raises(PortError, match="the connection broke"):
            await link.read()
        await link.close()


async def test_silence_is_a_stall() -> None:
    async with speaking(WELCOME) as url:
        link = await open_link(url, 0.01)
        with pytest.raises(PortError, match="no sign of life"):
            await link.read()
        await link.close()


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/", "http://127.0.0.1:1/", "nonsense", "ws://"])
async def test_an_address_that_leads_nowhere_is_told(url: str) -> None:
    with pytest.raises(PortError, match="cannot be reached") as caught:
        await open_link(url, 1.5)

    assert caught.value.retryable


async def test_opening_may_be_cancelled() -> None:
    async with speaking() as url:
        opening = asyncio.create_task(open_link(url, 1.5))
        done, _ = await asyncio.wait([opening], timeout=0.1)
        opening.cancel()
        async with asyncio.timeout(1.0):
            await asyncio.wait([opening])

    assert not done
    assert opening.cancelled()
