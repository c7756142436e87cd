import asyncio

import pytest

from tests.simulators.twitch.clients import Caller, ended, listening, told
from vigie.simulators.twitch import TwitchServer


async def test_a_dropped_socket_is_broken_after_what_was_said_before(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.say("zoe_live", "lea", "Coucou")
        assert server.trouble.drop() == 1
        heard = await told(socket)
        assert await ended(socket) == 1006

    assert heard["payload"]["event"]["message"]["text"] == "Coucou"


@pytest.mark.parametrize("code", [4000, 4002, 4005, 4006, 1011])
async def test_a_socket_is_closed_with_any_code(server: TwitchServer, moderator: Caller, code: int) -> None:
    async with listening(server, moderator, "stream.online") as socket:
        assert server.trouble.close(code) == 1
        assert await ended(socket) == code


async def test_a_stalled_socket_says_nothing_until_it_goes_on(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.trouble.stall()
        message_id = server.say("zoe_live", "lea", "Coucou")
        await asyncio.to_thread(moderator.get, "users")
        assert server.delivered("zoe_live") == []

        server.trouble.resume()
        heard = await told(socket)

    assert heard["payload"]["event"]["message_id"] == message_id


async def test_a_repeated_notification_has_the_same_id(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.trouble.repeat()
        server.say("zoe_live", "lea", "Coucou")
        first = await told(socket)
        server.trouble.repeat()
        second = await told(socket)

    assert first == second
    assert len({delivery.message_id for delivery in server.delivered("zoe_live")}) == 1


async def test_subscriptions_of_one_kind_can_be_revoked(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online", "stream.offline") as socket:
        assert server.trouble.revoke("1002", status="version_removed", kind="stream.online") == 1
        revoked = (await told(socket))["payload"]["subscription"]
        server.go_live("zoe_live")
        server.go_offline("zoe_live")
        heard = await told(socket)

    assert (revoked["type"], revoked["status"]) == ("stream.online", "version_removed")
    assert heard["metadata"]["subscription_type"] == "stream.offline"


async def test_one_session_can_be_struck_alone(server: TwitchServer, moderator: Caller, stranger: Caller) -> None:
    async with (
        listening(server, moderator, "stream.online") as one,
        listening(server, stranger, "stream.online") as two,
    ):
        server.go_live("zoe_live")
        await told(one), await told(two)
        first, second = (delivery.session_id for delivery in server.delivered("zoe_live"))
        assert server.trouble.reconnect(first) == 1
        assert server.trouble.close(4000, second) == 1
        assert await ended(two) == 4000
        assert (await told(one))["metadata"]["message_type"] == "session_reconnect"


async def test_nobody_is_struck_where_nobody_is(server: TwitchServer) -> None:
    assert (server.trouble.drop(), server.trouble.revoke("1001"), server.trouble.stall("x")) == (0, 0, 0)
