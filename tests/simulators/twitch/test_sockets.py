"""EventSub's sockets as a client meets them."""

import asyncio

import pytest
from websockets.asyncio.client import connect

from tests.simulators.twitch.clients import Caller, ended, listening, session_of, told
from vigie.simulators.twitch import TwitchServer


async def test_a_client_is_welcome(server: TwitchServer) -> None:
    async with connect(server.ws_url) as socket:
        welcome = await told(socket)

    session = welcome["payload"]["session"]
    assert welcome["metadata"]["message_type"] == "session_welcome"
    assert (session["status"], session["keepalive_timeout_seconds"], session["reconnect_url"]) == (
        "connected",
        10,
        None,
    )


@pytest.mark.parametrize(("asked", "given"), [("30", 30), ("5", 10), ("601", 600), ("soon", 10)])
async def test_a_client_says_how_long_silence_may_last(server: TwitchServer, asked: str, given: int) -> None:
    async with connect(f"{server.ws_url}?keepalive_timeout_seconds={asked}") as socket:
        assert (await told(socket))["payload"]["session"]["keepalive_timeout_seconds"] == given


async def test_silence_is_filled_with_signs_of_life(server: TwitchServer) -> None:
    server.settings.keepalive_s = 0.05
    async with connect(server.ws_url) as socket:
        kinds = [(await told(socket))["metadata"]["message_type"] for _ in range(3)]

    assert kinds == ["session_welcome", "session_keepalive", "session_keepalive"]


async def test_a_socket_that_is_not_used_is_closed(server: TwitchServer) -> None:
    server.settings.subscribe_within_s = 0.05
    async with connect(server.ws_url) as socket:
        await told(socket)
        assert await ended(socket) == 4003


async def test_a_socket_that_is_used_stays(server: TwitchServer, moderator: Caller) -> None:
    server.settings.subscribe_within_s, server.settings.keepalive_s = 1.0, 0.1
    async with listening(server, moderator, "stream.online") as socket:
        kinds = {(await told(socket))["metadata"]["message_type"] for _ in range(12)}

    assert kinds == {"session_keepalive"}


@pytest.mark.parametrize("frame", ["hello", b"hello"])
async def test_a_client_that_speaks_is_closed(server: TwitchServer, frame: str | bytes) -> None:
    async with connect(server.ws_url) as socket:
        await told(socket)
        await socket.send(frame)
        assert await ended(socket) == 4001


async def test_messages_come_in_the_order_in_which_they_were_written(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        said = [server.say("zoe_live", f"chatter{number % 7}", f"line {number}") for number in range(200)]
        heard = [(await told(socket))["payload"]["event"]["message_id"] for _ in range(200)]

    assert heard == said
    assert [delivery.event["message_id"] for delivery in server.delivered("zoe_live")] == said


async def test_a_session_goes_on_by_another_address(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.message") as old:
        assert server.trouble.reconnect() == 1
        order = (await told(old))["payload"]["session"]
        before = server.say("zoe_live", "lea", "avant")
        assert (await told(old))["payload"]["event"]["message_id"] == before

        async with connect(order["reconnect_url"]) as new:
            welcome = await told(new)
            after = server.say("zoe_live", "lea", "après")
            heard = (await told(new))["payload"]["event"]["message_id"]

    assert (order["status"], session_of(welcome), heard) == ("reconnecting", order["id"], after)


async def test_who_does_not_come_again_in_time_is_closed(server: TwitchServer, moderator: Caller) -> None:
    server.settings.reconnect_within_s = 0.05
    async with listening(server, moderator, "stream.online") as socket:
        server.trouble.reconnect()
        await told(socket)
        assert await ended(socket) == 4004


async def test_an_address_to_reconnect_is_good_once(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online") as old:
        server.trouble.reconnect()
        address = (await told(old))["payload"]["session"]["reconnect_url"]
        async with connect(address) as first, connect(address) as second:
            await told(first)
            assert await ended(second) == 4007


async def test_an_address_that_nobody_gave_is_refused(server: TwitchServer) -> None:
    async with connect(f"{server.ws_url}?reconnect_id=nothing") as socket:
        assert await ended(socket) == 4007


async def test_a_session_cannot_be_resumed_once_its_socket_is_gone(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online") as old:
        server.trouble.reconnect()
        address = (await told(old))["payload"]["session"]["reconnect_url"]
        server.trouble.drop()
        await ended(old)
        async with connect(address) as new:
            assert await ended(new) == 4007


async def test_many_clients_hear_the_same(server: TwitchServer, moderator: Caller) -> None:
    server.settings.max_connections = 10
    async with asyncio.timeout(20):
        async with (
            listening(server, moderator, "stream.online") as one,
            listening(server, moderator, "stream.online") as two,
        ):
            stream_id = server.go_live("zoe_live")
            heard = [(await told(socket))["payload"]["event"]["id"] for socket in (one, two)]

    assert heard == [stream_id, stream_id]
    assert len({delivery.session_id for delivery in server.delivered("zoe_live")}) == 2


async def test_a_server_stops_while_clients_listen(moderator: Caller) -> None:
    with TwitchServer() as short:
        socket = await connect(short.ws_url)
        await told(socket)
        await asyncio.to_thread(short.stop)

    assert await ended(socket) in {1006, 1012}
