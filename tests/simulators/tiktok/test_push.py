"""The push server as any client of the protocol sees it."""

import asyncio
import contextlib
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from types import MappingProxyType
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.typing import Subprotocol

from vigie.simulators.tiktok import Comment, Fault, Kind, Route, TikTokServer, viewer
from vigie.simulators.tiktok.app import PUSH_PATH
from vigie.simulators.tiktok.schemas import PUSH_FRAME
from vigie.simulators.tiktok.wire import encode

HEARTBEAT = encode(PUSH_FRAME, payload_type="hb", payload=b"\x08\x65")
DEADLINE_S = 10


def listen(
    server: TikTokServer, query: Mapping[str, str] = MappingProxyType({}), *, cookie: str = "", port: int = 0
) -> connect:
    asked = {"room_id": "101", "wrss": "signed", "compress": "gzip", **query}
    params = "&".join(f"{key}={value}" for key, value in asked.items())
    address = server.url(PUSH_PATH.removeprefix("/")).replace("http", "ws", 1)
    subprotocols = [Subprotocol("echo-protocol")]
    return connect(
        f"{address}?{params}",
        local_addr=("127.0.0.1", port),
        subprotocols=subprotocols,
        additional_headers={"Cookie": cookie} if cookie else None,
        ping_interval=None,
        proxy=None,
        max_size=None,
        max_queue=1,
    )


async def heard(connection: ClientConnection) -> Any:
    async with asyncio.timeout(DEADLINE_S):
        body = await connection.recv()
    return import_module("TikTokLive.proto").WebcastPushFrame().parse(body)


async def until_acknowledged(server: TikTokServer, connection: ClientConnection) -> None:
    """Return once the server has read what was sent before: it answers in order."""
    await connection.send(HEARTBEAT)
    assert (await heard(connection)).payload_type == "hb"


async def test_a_handshake_tells_how_often_to_say_that_one_is_there(server: TikTokServer) -> None:
    async with listen(server) as connection:
        assert connection.response is not None
        assert connection.response.headers["Handshake-Options"] == "ping-interval=5"
        assert connection.subprotocol == "echo-protocol"
        assert server.connections("alice") == 1


LOGGED_IN = "sessionid=s"


@pytest.mark.parametrize(
    ("query", "cookie", "refused"),
    [
        ({"room_id": "106"}, "", (200, "415", "DEVICE_BLOCKED")),
        ({"room_id": "106"}, LOGGED_IN, (200, "415", "DEVICE_BLOCKED")),
        ({"room_id": "106", "wrss": "signed%20in"}, LOGGED_IN, None),
        ({"wrss": "signed%20in"}, LOGGED_IN, None),
        ({"wrss": "signed%20in"}, "", (200, None, "illegal secret key")),
        ({}, LOGGED_IN, None),
    ],
)
async def test_a_live_for_adults_is_for_who_was_signed_as_who_is_logged_in(
    server: TikTokServer, query: dict[str, str], cookie: str, refused: tuple[int, str | None, str] | None
) -> None:
    told = None
    try:
        async with listen(server, query, cookie=cookie):
            pass
    except InvalidStatus as error:
        headers = error.response.headers
        told = (error.response.status_code, headers.get("Handshake-Status"), headers.get("Handshake-Msg"))

    assert told == refused


async def test_heartbeats_are_answered(tiktoklive: Any, server: TikTokServer) -> None:
    async with listen(server) as connection:
        await connection.send(HEARTBEAT)

        assert (await heard(connection)).payload_type == "hb"


@pytest.mark.parametrize(("asked", "told"), [("gzip", "gzip"), ("", "none")])
async def test_frames_are_compressed_for_who_asks(tiktoklive: Any, server: TikTokServer, asked: str, told: str) -> None:
    async with listen(server, {"compress": asked}) as connection:
        server.say("alice", "bonjour")
        frame = await heard(connection)

    assert frame.headers[0].value == told
    assert b"bonjour" in (gzip.decompress(frame.payload) if asked else frame.payload)


async def test_what_is_acknowledged_is_written_down(tiktoklive: Any, server: TikTokServer) -> None:
    async with listen(server) as connection:
        message_id = server.say("alice", "bonjour")
        frame = await heard(connection)
        assert server.acknowledged("alice") == []

        await connection.send(encode(PUSH_FRAME, payload_type="ack", log_id=frame.log_id))
        await until_acknowledged(server, connection)
    assert [it.message_id for it in server.acknowledged("alice")] == [message_id]
    assert server.acknowledged("alice") == server.delivered("alice")


async def test_what_is_acknowledged_from_the_same_port_later_is_another_connections(server: TikTokServer) -> None:
    """A port that was reset is given again at once."""
    async with listen(server) as connection:
        server.say("alice", "bonjour")
        first = await heard(connection)
        port = connection.local_address[1]
        server.break_live("alice", Fault(Kind.RESET))
        await connection.wait_closed()
    async with listen(server, {"room_id": "103"}, port=port) as connection:
        message_id = server.say("carol", "bonsoir")
        second = await heard(connection)
        await connection.send(encode(PUSH_FRAME, payload_type="ack", log_id=second.log_id))
        await until_acknowledged(server, connection)

    assert first.log_id == second.log_id
    assert server.acknowledged("alice") == []
    assert [it.message_id for it in server.acknowledged("carol")] == [message_id]


async def test_a_stalled_connection_is_open_and_silent(tiktoklive: Any, server: TikTokServer) -> None:
    async with listen(server) as connection:
        server.break_live("alice", Fault(Kind.STALL))
        server.say("alice", "bonjour")
        await connection.send(HEARTBEAT)

        async with listen(server) as healthy:
            server.say("alice", "encore")
            assert (await heard(healthy)).payload_type == "msg"
            assert (server.connections("alice"), len(server.delivered("alice"))) == (2, 1)
        server.break_live("alice", Fault(Kind.CLOSE, code=1000))
        with pytest.raises(ConnectionClosedOK):
            await heard(connection)


async def test_a_stall_can_be_followed_by_the_end(server: TikTokServer) -> None:
    async with listen(server) as connection:
        server.break_live("alice", Fault(Kind.STALL))
        server.break_live("alice", Fault(Kind.CLOSE, code=1001))
        await asyncio.wait_for(connection.wait_closed(), DEADLINE_S)

        assert connection.close_code == 1001


@pytest.mark.parametrize(("fault", "code"), [(Fault(Kind.CLOSE), 1011), (Fault(Kind.RESET), 1006)])
async def test_connections_break_after_what_was_said_before(
    tiktoklive: Any, server: TikTokServer, fault: Fault, code: int
) -> None:
    async with listen(server) as connection:
        server.say("alice", "bonjour")
        server.break_live("alice", fault)

        assert (await heard(connection)).payload_type == "msg"
        with pytest.raises(ConnectionClosedError):
            await heard(connection)
        assert connection.close_code == code
    assert len(server.delivered("alice")) == 1


@pytest.mark.parametrize("said", [b"\x08\xff", b"", "hello"])
async def test_nonsense_ends_the_connection(server: TikTokServer, said: bytes | str) -> None:
    async with listen(server) as connection:
        await connection.send(said)
        await asyncio.wait_for(connection.wait_closed(), DEADLINE_S)

        assert connection.close_code == 1002


@pytest.mark.parametrize("query", [{"room_id": "999"}, {"room_id": ""}, {"wrss": "forged"}])
async def test_who_was_not_let_in_by_the_signing_service_is_refused(
    server: TikTokServer, query: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as raised:
        await listen(server, query)

    assert raised.value.response.status_code == 400
    assert raised.value.response.headers["Handshake-Msg"] == "illegal secret key"
    assert [asked.route for asked in server.requests] == [Route.PUSH]


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.CLOSE, Kind.STALL])
async def test_a_connection_that_was_broken_is_written_down(server: TikTokServer, kind: Kind) -> None:
    began = datetime.now(UTC)
    async with listen(server) as connection:
        server.say("alice", "before")
        await heard(connection)
        server.break_live("alice", Fault(kind))
        async with asyncio.timeout(DEADLINE_S):
            while not (broken := server.interrupted("alice")):  # noqa: ASYNC110 -- it happens in another thread
                await asyncio.sleep(0)
    (delivered,) = server.delivered("alice")

    assert [(each.kind, each.connection) for each in broken] == [(kind, delivered.connection)]
    assert began <= broken[0].at <= datetime.now(UTC)
    assert server.interrupted("bob") == []


@pytest.mark.parametrize("fault", [Fault(Kind.RESET), Fault(Kind.CLOSE)])
async def test_what_a_client_did_not_read_was_not_delivered(server: TikTokServer, fault: Fault) -> None:
    flood = [Comment(viewer(1), "x" * 200_000)] * 10
    async with listen(server, {"compress": ""}) as connection:
        for _ in range(40):
            server.publish("alice", *flood)
        server.break_live("alice", fault)
        await asyncio.to_thread(server.wait_for_connections, "alice", 0)
    assert connection.close_code is not None

    assert 0 < len(server.delivered("alice")) < 400


async def received(connection: ClientConnection, frames: int) -> list[int]:
    """Return the ids of the messages of some frames, or of as many as come before the connection breaks."""
    ids: list[int] = []
    result = import_module("TikTokLive.proto").ProtoMessageFetchResult
    with contextlib.suppress(ConnectionClosed):
        for _ in range(frames):
            body = result().parse(gzip.decompress((await heard(connection)).payload))
            ids.extend(message.msg_id for message in body.messages)
    return ids


@pytest.mark.parametrize("fault", [Fault(Kind.RESET), Fault(Kind.CLOSE), Fault(Kind.DUPLICATE), Fault(Kind.UNKNOWN)])
async def test_the_book_is_right_however_a_busy_live_breaks(
    tiktoklive: Any, server: TikTokServer, fault: Fault
) -> None:
    server.animate("alice", 200)
    ids: list[int] = []
    for _ in range(3):
        async with listen(server, {"history_comment_count": "6"}) as connection:
            ids += await received(connection, 3)
            server.break_live("alice", fault)
            ids += await received(connection, 3)
            server.break_live("alice", Fault(Kind.RESET))
            ids += await received(connection, 1000)

    assert ids == [it.message_id for it in server.delivered("alice")]


async def test_who_leaves_is_forgotten(server: TikTokServer) -> None:
    async with listen(server) as connection:
        server.break_live("alice", Fault(Kind.CLOSE, code=1000))
        await asyncio.wait_for(connection.wait_closed(), DEADLINE_S)
    async with listen(server):
        assert server.connections("alice") == 1


@pytest.mark.parametrize("history", ["-1", "many", ""])
async def test_history_is_asked_for_with_a_number(tiktoklive: Any, server: TikTokServer, history: str) -> None:
    server.say("alice", "avant")
    async with listen(server, {"history_comment_count": history}) as connection:
        server.say("alice", "direct")
        frame = await heard(connection)

    assert b"direct" in gzip.decompress(frame.payload)
