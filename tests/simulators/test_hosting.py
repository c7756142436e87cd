"""A simulator has a port of its own, answers on it while it is open, and leaves it free."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from vigie.simulators.hosting import Hosted, breakable


class Greeter(Hosted):
    """Says where it was found."""

    was_told_to_close = False

    def config(self) -> uvicorn.Config:
        host, port = self.address
        routes = [
            Route("/hello", lambda _: PlainTextResponse(f"{host}:{port}")),
            Route("/slow", lambda _: StreamingResponse(slowly())),
            Route("/endless", lambda _: StreamingResponse(endlessly())),
        ]
        return uvicorn.Config(
            Starlette(routes=routes), log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
        )

    def closing(self) -> None:
        self.was_told_to_close = True


def test_hosted_answers_where_it_says() -> None:
    with Greeter() as greeter:
        host, port = greeter.address
        assert httpx.get(greeter.url("hello")).text == f"{host}:{port}"


async def test_hosted_answers_inside_a_loop() -> None:
    async with Greeter() as greeter, httpx.AsyncClient() as client:
        assert (await client.get(greeter.url("hello"))).status_code == 200


def test_hosted_leaves_its_port_free() -> None:
    with Greeter() as greeter:
        address = greeter.address

    assert greeter.was_told_to_close
    socket.create_server(address).close()


async def slowly() -> AsyncIterator[bytes]:
    yield b"first "
    await asyncio.sleep(0.05)
    yield b"last"


async def endlessly() -> AsyncIterator[bytes]:
    while True:
        yield b"again "
        await asyncio.sleep(0.01)


def test_hosted_ends_what_it_has_begun_to_answer() -> None:
    with httpx.Client() as client, Greeter() as greeter, client.stream("GET", greeter.url("slow")) as response:
        greeter.stop()
        assert response.read() == b"first last"


def test_hosted_waits_no_longer_than_configured_for_who_does_not_leave() -> None:
    with httpx.Client() as client, Greeter() as greeter, client.stream("GET", greeter.url("endless")) as response:
        greeter.stop()
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()


def test_hosted_may_be_stopped_twice_and_before_it_has_answered_anybody() -> None:
    greeter = Greeter()
    greeter.start()
    greeter.stop()
    greeter.stop()

    assert [thread for thread in threading.enumerate() if thread.name.startswith("Greeter")] == []


def test_hosted_refuses_a_port_that_is_taken() -> None:
    with Greeter() as greeter, pytest.raises(OSError, match="in use"):
        Greeter(port=greeter.address[1]).start()


class Listener(Hosted):
    """Takes WebSockets, if it has any, and says nothing."""

    def __init__(self, *, has_sockets: bool, deflates: bool) -> None:
        super().__init__()
        self._has_sockets, self._deflates = has_sockets, deflates

    def config(self) -> uvicorn.Config:
        app = Starlette(routes=[WebSocketRoute("/", listen)])
        return breakable(app, has_sockets=self._has_sockets, deflates=self._deflates)


def ws_url(listener: Listener) -> str:
    return listener.url().replace("http", "ws", 1)


async def listen(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


@pytest.mark.parametrize("deflates", [True, False])
async def test_messages_are_compressed_where_it_is_said(*, deflates: bool) -> None:
    async with Listener(has_sockets=True, deflates=deflates) as listener, connect(ws_url(listener)) as socket:
        assert socket.response
        assert ("Sec-WebSocket-Extensions" in socket.response.headers) is deflates


async def test_there_are_no_sockets_where_it_is_not_said() -> None:
    async with Listener(has_sockets=False, deflates=True) as listener:
        with pytest.raises(InvalidStatus, match="404"):
            async with connect(ws_url(listener)):
                pass
