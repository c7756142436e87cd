"""A session with the OBS that is played, by the real library, whatever goes wrong."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.adapters.extras import without_extras
from vigie.adapters.obs import client
from vigie.adapters.obs.client import OWN_PORT, ObsWebSocket
from vigie.ports import ObsAddress, ObsEvent, ObsSession, ObsStatus, PortError, ReplayBufferTurned, ReplaySaved
from vigie.simulators.obs import Fault, Kind, ObsServer

DEADLINE_S = 20.0
FOREVER_S = 600.0

CONNECT = """
import asyncio
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, PortError

async def connect():
    async with ObsWebSocket().connect(ObsAddress("127.0.0.1", 4455)):
        pass

try:
    asyncio.run(connect())
except PortError as error:
    print(error.permanent, error)
"""


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


# ── what OBS is asked, and tells ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_active", [True, False])
async def test_the_status_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, *, is_active: bool
) -> None:
    server.turn(is_active=is_active)
    async with session_with(connector, address) as session:
        assert await session.status() == ObsStatus("29.0.2", is_active, "%CCYY-%MM-%DD %hh-%mm-%ss")


async def test_an_obs_without_a_replay_buffer_has_none_that_runs(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.settings.has_replay_buffer = False
    async with session_with(connector, address) as session:
        assert not (await session.status()).replay_is_active
        for act in (session.save_replay, session.start_replay_buffer):
            with pytest.raises(PortError, match="enable it in the settings of OBS") as caught:
                await act()
            assert caught.value.permanent


async def test_a_pattern_that_an_old_obs_does_not_tell_is_left_out(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.CODE, code=204, request="GetProfileParameter"))
    async with session_with(connector, address) as session:
        assert await session.status() == ObsStatus("29.0.2", replay_is_active=True)


@pytest.mark.parametrize("folder", ["", "C:/Users/Zoé/Videos", "C:\\Users\\Zoé\\Videos", "//nas/clips"])
async def test_a_replay_that_was_saved_is_told_as_its_machine_spells_it(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, folder: str
) -> None:
    server.settings.told_folder = folder
    async with session_with(connector, address) as session:
        await session.save_replay()
        told = await some(session, 1)

    (path,) = server.written
    assert told == [ReplaySaved(f"{folder}/{path.name}" if folder else str(path))]


async def test_replays_that_the_streamer_saves_are_told_too(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        server.save()
        assert await some(session, 1) == [ReplaySaved(str(path)) for path in server.written]


async def test_the_replay_buffer_is_started_unless_it_runs(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.turn(is_active=False)
    async with session_with(connector, address) as session:
        await session.start_replay_buffer()
        await session.start_replay_buffer()

        assert (await session.status()).replay_is_active
        assert await some(session, 1) == [ReplayBufferTurned(is_active=True)]


async def test_what_the_streamer_does_with_the_replay_buffer_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        server.turn(is_active=False)
        server.turn(is_active=True)
        server.save()

        assert await some(session, 3) == [
            ReplayBufferTurned(is_active=False),
            ReplayBufferTurned(is_active=True),
            *(ReplaySaved(str(path)) for path in server.written),
        ]


async def test_nothing_can_be_saved_while_the_replay_buffer_is_off(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.turn(is_active=False)
    async with session_with(connector, address) as session:
        with pytest.raises(PortError, match="the replay buffer is off") as caught:
            await session.save_replay()

    assert caught.value.permanent


@pytest.mark.parametrize(("code", "may_pass"), [(207, True), (205, True), (702, True), (204, False), (600, False)])
async def test_a_refused_request_says_whether_to_ask_again(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, code: int, *, may_pass: bool
) -> None:
    server.fail(Fault(Kind.CODE, times=0, code=code))
    async with session_with(connector, address) as session:
        for ask in (session.save_replay, session.start_replay_buffer, session.status):
            with pytest.raises(PortError, match=str(code) if code != 204 else "too old") as caught:
                await ask()
            assert (caught.value.retryable, caught.value.permanent) == (may_pass, not may_pass)


async def test_a_buffer_whose_state_is_not_told_is_not_taken_for_off(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.CODE, code=207, request="GetReplayBufferStatus"))
    async with session_with(connector, address) as session:
        with pytest.raises(PortError, match="GetReplayBufferStatus"):
            await session.status()


async def test_requests_may_be_made_at_once(server: ObsServer, connector: ObsWebSocket, address: ObsAddress) -> None:
    async with session_with(connector, address) as session:
        told = await asyncio.gather(*(session.status() for _ in range(20)))

    assert {status.version for status in told} == {server.settings.version}
    assert len(server.requests) == 60


# ── no session ─────────────────────────────────────────────────────────────────────────────────────────────────────


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

    async def behave(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with other(behave) as address:
        error = await refusal(connector, address)

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


# ── how far an address may lead ────────────────────────────────────────────────────────────────────────────────────


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


# ── a session that breaks ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lost_connection_ends_everything_at_once(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)
    async with session_with(connector, address) as session:
        server.settings.write_s = FOREVER_S
        server.fail(Fault(Kind.SLOW, delay_s=FOREVER_S))
        waiting = [asyncio.create_task(session.save_replay()), asyncio.create_task(some(session, 1))]
        await asyncio.sleep(0)  # the first is what comes late
        await session.status()
        server.drop()
        ends = [await trouble(end) for end in (*waiting, session.save_replay(), session.status(), some(session, 1))]

    assert [(end.retryable, end.permanent) for end in ends] == [(True, False)] * 5


async def test_an_obs_that_goes_away_while_it_saves(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.DROP))
    async with session_with(connector, address) as session:
        await session.save_replay()
        with pytest.raises(PortError) as caught:
            await some(session, 1)

    assert caught.value.retryable
    assert len(server.written) == 1


async def test_an_obs_that_was_started_again_takes_a_new_session(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        await asyncio.to_thread(server.restart)
        with pytest.raises(PortError):
            await some(session, 1)
    async with session_with(connector, address) as session:
        assert (await session.status()).replay_is_active


@pytest.mark.parametrize(
    ("code", "words"), [(4011, "somebody ended the session"), (1001, "it was closed"), (4000, "4000")]
)
async def test_why_a_session_was_ended_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, code: int, words: str
) -> None:
    async with session_with(connector, address) as session:
        await session.status()
        server.close(code)
        with pytest.raises(PortError, match=words) as caught:
            await some(session, 1)

    assert caught.value.retryable


async def test_events_that_came_before_the_end_are_told_first(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        await session.status()
        server.turn(is_active=False)
        server.close(1001)
        told = list[ObsEvent]()
        with suppress(PortError):
            async for event in session.events():
                told.append(event)

    assert told == [ReplayBufferTurned(is_active=False)]


async def test_an_obs_that_falls_silent_may_come_back(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with session_with(connector, address) as session:
        server.stall()
        patient(monkeypatch, 0.2)
        for ask in (session.status, session.save_replay):
            with pytest.raises(PortError, match="no answer") as caught:
                await ask()
            assert (caught.value.retryable, caught.value.permanent) == (True, False)
        patient(monkeypatch)
        server.resume()
        assert (await session.status()).version


@pytest.mark.parametrize("kind", [Kind.HOLLOW, Kind.TWISTED])
async def test_an_answer_that_makes_no_sense_is_none(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, kind: Kind
) -> None:
    server.fail(Fault(kind, skip=2))
    async with session_with(connector, address) as session:
        with pytest.raises(PortError) as caught:
            await session.status()

    assert caught.value.retryable


async def test_events_that_nobody_reads_end_the_session(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_EVENTS", 3)
    async with session_with(connector, address) as session:
        for _ in range(5):
            server.turn(is_active=True)
        while len(server.requests) < 3:
            await session.status()
        with pytest.raises(PortError, match="3 events wait") as caught:
            await some(session, 10)

    assert caught.value.retryable


# ── what it is given to keep ───────────────────────────────────────────────────────────────────────────────────────


async def test_neither_password_nor_proof_is_logged(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with session_with(connector, address) as session:
        await session.status()
        shown = f"{caplog.text}{connector!r}{address!r}{session!r}{vars(session)}"

    assert server.password not in shown
    assert "authentication" not in [record.message for record in caplog.records if record.name == "simpleobsws"]


def test_a_library_that_is_missing_is_told() -> None:
    told = without_extras(CONNECT)

    assert told.stdout == "True simpleobsws is not installed: pip install 'vigie[obs]'.\n", told.stderr
