import asyncio
import socket
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from vigie.simulators.dropping import BrokenResponse, connection_of, drop
from vigie.simulators.hosting import Hosted, breakable

Address = tuple[str, int]
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
SEEN: list[str] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Break the connection in the way that the path names."""
    SEEN.append(connection_of(HTTPConnection(scope)))
    reset = scope["path"].startswith("/reset")
    if scope["path"].endswith("/half"):
        await BrokenResponse(b"0123456789", "text/plain", reset=reset)(scope, receive, send)
    else:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        drop(scope, reset=reset)


class Fragile(Hosted):
    """Breaks whatever is asked of it."""

    def config(self) -> uvicorn.Config:
        return breakable(app, has_sockets=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    with Fragile() as fragile:
        yield fragile.address


def ask(server: Address, path: str, headers: str = "") -> tuple[bytes, str]:
    """Return what comes back, and how the connection ends: `FIN` or `RST`."""
    answer = b""
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n{headers}\r\n".encode())
        try:
            while piece := connection.recv(4096):
                answer += piece
        except ConnectionResetError:
            return answer, "RST"
    return answer, "FIN"


@pytest.mark.parametrize(("path", "ending"), [("/cut", "FIN"), ("/reset", "RST")])
def test_a_connection_is_dropped_without_an_answer(server: Address, path: str, ending: str) -> None:
    assert ask(server, path) == (b"", ending)


@pytest.mark.parametrize(("path", "ending"), [("/cut", "FIN"), ("/reset", "RST")])
def test_an_accepted_socket_is_dropped_without_a_close_frame(server: Address, path: str, ending: str) -> None:
    answer, ended = ask(server, path, HANDSHAKE)
    status, _, frames = answer.partition(b"\r\n\r\n")

    assert (frames, ended) == (b"", ending)
    assert b"101 " in status or ending == "RST"  # which may overtake what was written before


def test_a_cut_answer_stops_half_way(server: Address) -> None:
    answer, ending = ask(server, "/cut/half")
    headers, _, body = answer.partition(b"\r\n\r\n")

    assert (body, ending) == (b"01234", "FIN")
    assert b"content-length: 10" in headers


def test_a_reset_answer_ends_with_a_reset(server: Address) -> None:
    assert ask(server, "/reset/half")[1] == "RST"


def test_a_connection_has_the_name_of_its_client(server: Address) -> None:
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall(b"GET /cut HTTP/1.1\r\nHost: here\r\n\r\n")
        connection.recv(1)
        host, port = connection.getsockname()

    assert SEEN[-1] == f"{host}:{port}"


async def test_others_are_served_on_while_one_is_dropped(server: Address) -> None:
    endings = await asyncio.gather(*(asyncio.to_thread(ask, server, f"/{kind}") for kind in ["cut", "reset"] * 5))

    assert [ending for _, ending in endings] == ["FIN", "RST"] * 5
