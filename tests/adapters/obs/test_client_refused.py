"""No session: a wrong password, nobody there, somebody else there, or a place where Vigie may not go."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.adapters.obs.sessions import DEADLINE_S, patient, refusal, session_with
from vigie.adapters.obs.client import OWN_PORT, ObsWebSocket
from vigie.ports import ObsAddress, PortError
from vigie.simulators.obs import ObsServer


async def test_a_wrong_password_is_told_without_waiting(
    connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)

    error = await refusal(connector, replace(address, password="wr0ng"))

    assert str(error) == f"OBS at {address.host}:{address.port}: the password is wrong."
    assert (error.permanent, error.retryable) == (True, False)


async def test_a_password_that_is_missing_is_a_wrong_one(connector: ObsWebSocket, address: ObsAddress) -> None:
    assert (await refusal(connector, replace(address, password=""))).permanent


@pytest.mark.parametrize("password", ["", "given all the same"])
async def test_an_obs_without_a_password_asks_for_none(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, password: str
) -> None:
    server.settings.password = ""
    async with session_with(connector, replace(address, password=password)) as session:
        assert (await session.status()).version


async def test_where_nothing_listens_may_be_tried_again(connector: ObsWebSocket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    error = await refusal(connector, ObsAddress("127.0.0.1", port))

    assert str(error) == f"OBS at 127.0.0.1:{port}: cannot be reached (ConnectionRefusedError)."
    assert (error.permanent, error.retryable) == (False, True)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("", 4455),
        (" ", 4455),
        ("studio..lan", 4455),
        ("a" * 64, 4455),
        ("127.0.0.1", 0),
        ("127.0.0.1", 65_536),
    ],
)
async def test_what_is_no_address_is_told(connector: ObsWebSocket, host: str, port: int) -> None:
    error = await refusal(connector, ObsAddress(host, port))

    assert "not an address that can be connected to" in str(error)
    assert error.permanent


async def test_a_name_leads_to_whichever_of_its_addresses_answers(connector: ObsWebSocket, address: ObsAddress) -> None:
    async with session_with(connector, replace(address, host="localhost")) as session:
        assert (await session.status()).version


@asynccontextmanager
async def other(behave: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[ObsAddress]:
    """Yield where a server listens that talks as nobody expects."""
    async with serve(behave, "127.0.0.1", 0, close_timeout=0.1) as server:
        yield ObsAddress(*next(iter(server.sockets)).getsockname()[:2])


async def test_another_version_of_the_protocol_may_be_updated(connector: ObsWebSocket) -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.close(4010, "Your requested RPC version is not supported by this server.")

    async with other(behave) as address:
        error = await refusal(connector, address)

    assert "another version" in str(error)
    assert error.retryable


async def test_who_never_says_hello_is_left(connector: ObsWebSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch, 0.2)
    was_left = asyncio.Event()

    async def behave(connection: ServerConnection) -> None:
        await connection.wait_closed()
        was_left.set()

    async with asyncio.timeout(DEADLINE_S), other(behave) as address:
        error = await refusal(connector, address)
        await was_left.wait()

    assert str(error).endswith("no answer for 0.2 s.")
    assert error.retryable


async def test_a_redirect_leads_nowhere_else(connector: ObsWebSocket, server: ObsServer) -> None:
    elsewhere = server.url("secret?path").replace("http", "ws")
    answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()

    async def redirect(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(redirect, "127.0.0.1", 0) as listener:
        error = await refusal(connector, ObsAddress(*listener.sockets[0].getsockname()[:2]))

    assert "does not talk as OBS does" in str(error)
    assert server.greeted == 0


async def test_no_proxy_of_the_environment_is_asked(
    connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    async with session_with(connector, address) as session:
        assert (await session.status()).version


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 6379),
        ("localhost", 4456),
        ("[::1]", 4456),
        ("0.0.0.0", OWN_PORT),
        ("10.0.0.7", OWN_PORT),
        ("192.168.1.20", OWN_PORT),
        ("169.254.169.254", OWN_PORT),
        ("::ffff:127.0.0.1", OWN_PORT),
        ("fe80::1%lo", OWN_PORT),
    ],
)
async def test_private_addresses_are_refused_unless_an_operator_allows_them(host: str, port: int) -> None:
    error = await refusal(ObsWebSocket(), ObsAddress(host, port))

    assert "private address" in str(error)
    assert error.permanent


async def test_a_name_that_leads_outside_and_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_: str, port: int, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("192.0.43.10", "10.0.0.7")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    error = await refusal(ObsWebSocket(), ObsAddress("studio.example", OWN_PORT))

    assert str(error).startswith("studio.example: a private address")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_an_obs_beside_vigie_needs_no_setting(host: str) -> None:
    """Whatever listens there, or not: it is asked."""
    told = list[PortError]()
    try:
        async with session_with(ObsWebSocket(), ObsAddress(host, OWN_PORT)):
            pass
    except PortError as error:
        told.append(error)

    assert [error for error in told if "private address" in str(error)] == []
