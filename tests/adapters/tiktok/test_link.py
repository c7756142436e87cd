"""One WebSocket: kept alive, watched over, closed, whatever the other side does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from TikTokLive.proto import HeartBeatMessage, WebcastImEnterRoomMessage, WebcastPushFrame
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from vigie.adapters.tiktok import link
from vigie.adapters.tiktok.link import Ticket, open_link
from vigie.ports import PortError

ROOM = 7_123
Behavior = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def push_server(behave: Behavior, options: str = "ping-interval=0.05") -> AsyncIterator[Ticket]:
    """Yield the ticket of a server that behaves like this with every connection."""

    def with_options(_: ServerConnection, __: Request, response: Response) -> Response:
        response.headers["Handshake-Options"] = options
        return response

    protocols = [Subprotocol("echo-protocol")]
    async with (
        asyncio.timeout(20),
        serve(
            behave, "127.0.0.1", 0, subprotocols=protocols, process_response=with_options, close_timeout=0.1
        ) as server,
    ):
        port = next(iter(server.sockets)).getsockname()[1]
        yield Ticket(f"ws://127.0.0.1:{port}/?signature=secret", {"Cookie": "ttwid=x", "User-Agent": "browser"})


async def frames(connection: ServerConnection) -> AsyncIterator[WebcastPushFrame]:
    async for data in connection:
        assert isinstance(data, bytes)
        yield WebcastPushFrame().parse(data)


async def test_link_enters_the_room_as_who_it_was_signed_for() -> None:
    heard = asyncio.get_running_loop().create_future()

    async def behave(connection: ServerConnection) -> None:
        assert connection.request is not None
        frame = await anext(aiter(frames(connection)))
        heard.set_result((connection.request.headers, connection.subprotocol, frame))

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        headers, subprotocol, frame = await heard
        await opened.close()

    assert isinstance(headers, Headers)
    assert (headers["Cookie"], headers.get_all("User-Agent"), subprotocol) == ("ttwid=x", ["browser"], "echo-protocol")
    assert frame.payload_type == "im_enter_room"
    assert WebcastImEnterRoomMessage().parse(frame.payload).room_id == ROOM


async def test_quiet_room_is_kept_alive_by_heartbeats() -> None:
    beats = list[int]()

    async def behave(connection: ServerConnection) -> None:
        async for frame in frames(connection):
            if frame.payload_type == "hb":
                beats.append(HeartBeatMessage().parse(frame.payload).send_packet_seq_id)
                await connection.send(b"beat" if len(beats) < 10 else b"message")

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM, stall_s=0.4)
        received = [await opened.receive() for _ in range(10)]
        await opened.close()

    assert received == [b"beat"] * 9 + [b"message"]
    assert beats == list(range(1, 11))


async def test_heartbeats_are_sent_while_frames_pour_in() -> None:
    beaten = asyncio.Event()

    async def pour(connection: ServerConnection) -> None:
        while not beaten.is_set():
            await connection.send(bytes(100_000))
        await connection.send(b"last")

    async def behave(connection: ServerConnection) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(pour(connection))
            async for frame in frames(connection):
                if frame.payload_type == "hb" and HeartBeatMessage().parse(frame.payload).send_packet_seq_id == 3:
                    beaten.set()

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        while await opened.receive() != b"last":
            pass
        await opened.close()

    assert beaten.is_set()


@pytest.mark.parametrize(
    ("options", "beat_s"),
    [
        ("ping-interval=5", 5.0),
        ("a=b; ping-interval=7.5; c=d", 7.5),
        ("ping-interval=0", 0.05),
        ("ping-interval=999", 20.0),
        ("ping-interval=soon", link.BEAT_S),
        ("", link.BEAT_S),
    ],
)
async def test_push_server_says_how_often_it_wants_to_hear_from_us(options: str, beat_s: float) -> None:
    async with push_server(lambda connection: connection.wait_closed(), options) as ticket:
        opened = await open_link(ticket, ROOM)
        await opened.close()

    assert opened._patience.beat_s == beat_s


async def test_silence_is_trouble_that_may_pass() -> None:
    async with push_server(lambda connection: connection.wait_closed()) as ticket:
        opened = await open_link(ticket, ROOM, stall_s=0.2)
        with pytest.raises(PortError, match="was silent for") as raised:
            await opened.receive()
        await opened.close()

    assert raised.value.retryable


async def test_text_is_bytes_to_us() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.send("texte é")
        await connection.wait_closed()

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        assert await opened.receive() == "texte é".encode()
        await opened.close()


async def test_frame_that_is_too_large_breaks_the_connection() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(bytes(link.MOST_BYTES + 1))
        await connection.wait_closed()

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        with pytest.raises(PortError, match="closed the connection") as raised:
            await opened.receive()
        await opened.close()

    assert raised.value.retryable


async def test_sending_on_a_broken_connection_is_told() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.abort()

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        with pytest.raises(PortError, match="closed the connection"):
            await opened.receive()
        with pytest.raises(PortError, match="closed the connection") as raised:
            await opened.send(b"ack")
        await opened.close()

    assert raised.value.retryable


async def test_closing_waits_for_nobody() -> None:
    async def behave(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    async with push_server(behave) as ticket:
        opened = await open_link(ticket, ROOM)
        async with asyncio.timeout(1):
            await opened.close()


@pytest.mark.parametrize("uri", ["http://127.0.0.1/", "", "ftp://x", "wss://", "ws://[oops/"])
async def test_address_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(PortError, match="names no push server") as raised:
        await open_link(Ticket(uri, {}), ROOM)

    assert raised.value.retryable


@pytest.mark.parametrize(
    ("said", "may_pass"),
    [
        (b"", True),
        (b"SSH-2.0-OpenSSH_9.2\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", False),
    ],
    ids=["hang up", "ssh", "web"],
)
async def test_who_is_no_push_server_is_told_and_the_signature_is_not(said: bytes, may_pass: bool) -> None:  # noqa: FBT001 -- a column of the table
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/?signature=secret"
        with pytest.raises(PortError) as raised:
            await open_link(Ticket(uri, {}), ROOM)

    assert (raised.value.retryable, raised.value.permanent) == (may_pass, not may_pass)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "headers", "told", "may_pass"),
    [
        (200, ["Handshake-Status: 415", "Handshake-Msg: DEVICE_BLOCKED"], "HTTP 415: DEVICE_BLOCKED", False),
        (200, ["Handshake-Status: 503", "Handshake-Msg: busy"], "HTTP 503: busy", True),
        (200, ["Handshake-Status: odd"], "HTTP 200: no reason", False),
        (200, ["Handshake-Msg: a", "Handshake-Msg: b"], "HTTP 200: a, b", False),
        (401, [], "HTTP 401: no reason", False),
        (403, [], "HTTP 403: no reason", False),
        (429, ["Retry-After: 7"], "HTTP 429: no reason", True),
        (502, [], "HTTP 502: no reason", True),
    ],
)
async def test_refused_handshake_costs_no_more_signatures_than_it_must(
    status: int,
    headers: list[str],
    told: str,
    may_pass: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        lines = [f"HTTP/1.1 {status} Odd", "Content-Length: 0", *headers, "", ""]
        writer.write("\r\n".join(lines).encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(PortError) as raised:
            await open_link(Ticket(uri, {}), ROOM)

    assert told in str(raised.value)
    assert (raised.value.retryable, raised.value.permanent) == (may_pass, not may_pass)
    assert raised.value.retry_after_s == (7.0 if status == 429 else None)


async def test_nobody_there_is_told() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    with pytest.raises(PortError, match="cannot be reached") as raised:
        await open_link(Ticket(f"ws://127.0.0.1:{port}/", {}), ROOM)

    assert raised.value.retryable


def test_ticket_tells_nothing_of_its_signature() -> None:
    told = repr(Ticket("wss://push.example/?signature=secret", {"Cookie": "secret"}))

    assert "secret" not in told
