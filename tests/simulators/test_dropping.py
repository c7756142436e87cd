import asyncio
import socket
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from vigie.simulators.media.dropping import BreakableProtocol, BrokenResponse, connection_of, drop

Address = tuple[str, int]
SEEN: list[str] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Break the connection in the way that the path names."""
    SEEN.append(connection_of(Request(scope)))
    reset = scope["path"].startswith("/reset")
    if scope["path"].endswith("/half"):
        await BrokenResponse(b"0123456789", "text/plain", reset=reset)(scope, receive, send)
    else:
        drop(scope, reset=reset)


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=BreakableProtocol, ws="none", loop="asyncio", lifespan="off", log_config=None, access_log=False
    )
    running = uvicorn.Server(config)
    thread = Thread(target=running.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    running.should_exit = True
    thread.join(10)


def ask(server: Address, path: str) -> tuple[bytes, str]:
    """Return what comes back, and how the connection ends: `FIN` or `RST`."""
    answer = b""
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        try:
            while piece := connection.recv(4096):
                answer += piece
        except ConnectionResetError:
            return answer, "RST"
    return answer, "FIN"


@pytest.mark.parametrize(("path", "ending"), [("/cut", "FIN"), ("/reset", "RST")])
def test_a_connection_is_dropped_without_an_answer(server: Address, path: str, ending: str) -> None:
    assert ask(server, path) == (b"", ending)


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
