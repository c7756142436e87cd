"""Rooms by EventSub: what is told, on how many connections, and what breaks them."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from tests.adapters.twitch.twitch import (
    CHANNEL,
    CHAT,
    FOLLOWERS,
    MODERATES,
    READER,
    SOON_S,
    Asker,
    Reading,
    ending,
    opened,
    room,
    soon,
    texts,
)
from vigie.adapters.twitch.wishes import WISHES
from vigie.events import (
    ActivityKind,
    ActivityReceived,
    Badge,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
    RoomOpened,
)
from vigie.ports import Handle, Room
from vigie.simulators.twitch import Fault, Kind, TwitchServer, TwitchUser

SUBSCRIPTIONS = "helix/eventsub/subscriptions"


async def test_a_room_opens_and_tells_what_is_written(server: TwitchServer, reader: Asker) -> None:
    async with aclosing(reader.chat().chat(room())) as reading:
        assert await soon(reading) == RoomOpened("live-1")
        message_id = server.say(CHANNEL.login, "Moka", "salut @lapomme", badges=["vip", "subscriber"])
        said = await soon(reading)

    assert isinstance(said, ActivityReceived)
    assert (said.kind, said.message_id, said.text) == (ActivityKind.MESSAGE, message_id, "salut @lapomme")
    assert (said.chatter.login, said.chatter.name) == ("moka", "Moka")
    assert said.chatter.badges == {Badge.VIP, Badge.SUBSCRIBER}


async def test_what_happens_in_a_room_comes_in_order(server: TwitchServer, reading: Reading) -> None:
    server.notice(CHANNEL.login, "moka", "resub", "six mois !")
    server.notice(CHANNEL.login, "moka", "community_sub_gift", total=5)
    server.raid(CHANNEL.login, "renard", 300)
    message_id = server.say(CHANNEL.login, "moka", "oups")
    server.moderate(CHANNEL.login, "delete", message_id=message_id)
    server.moderate(CHANNEL.login, "ban", target="moka")
    server.moderate(CHANNEL.login, "clear")
    server.go_live(CHANNEL.login)
    server.go_offline(CHANNEL.login)
    async with asyncio.timeout(SOON_S):
        told = [item async for item in reading]

    acts = [(item.kind, item.text, item.count) for item in told if isinstance(item, ActivityReceived)]
    assert acts[0] == (ActivityKind.SUBSCRIPTION, "six mois !", 1)
    assert acts[1] == (ActivityKind.GIFT, "sub", 5)
    assert (acts[2][0], acts[2][2]) == (ActivityKind.RAID, 300)
    assert acts[3] == (ActivityKind.MESSAGE, "oups", 1)
    removed = [(item.message_id, bool(item.chatter_id)) for item in told if isinstance(item, MessagesRemoved)]
    assert removed == [(message_id, False), ("", True), ("", False)]
    assert isinstance(told[-1], RoomEnded)


async def test_moderators_and_follows_are_told_where_they_are_allowed(server: TwitchServer, reader: Asker) -> None:
    reader.connect(CHAT, FOLLOWERS, *MODERATES)
    server.appoint(CHANNEL.login, READER.login)
    async with aclosing(reader.chat().chat(room())) as reading:
        await opened(reading)
        server.follow(CHANNEL.login, "moka")
        server.moderate(CHANNEL.login, "timeout", target="moka", duration_s=60.0, reason="spam")
        follow, removed, act = [await soon(reading) for _ in range(3)]

    assert isinstance(follow, ActivityReceived)
    assert follow.kind is ActivityKind.FOLLOW
    assert isinstance(removed, MessagesRemoved)
    assert isinstance(act, ModeratorActed)
    assert (act.action, act.moderator, act.target, act.reason) == ("timeout", CHANNEL.login, "moka", "spam")
    assert act.duration_s == pytest.approx(60, abs=1)


async def test_what_only_moderators_may_know_is_left_out_elsewhere(server: TwitchServer, reader: Asker) -> None:
    reader.connect(CHAT, FOLLOWERS, *MODERATES)

    async with aclosing(reader.chat().chat(room())) as reading:
        await opened(reading)
        server.say(CHANNEL.login, "moka", "salut")
        assert await texts(reading, 1) == ["salut"]


# ── connections ──


async def test_rooms_share_three_connections_at_most(server: TwitchServer, reader: Asker) -> None:
    reader.settings = replace(reader.settings, most_subscriptions=2 * len(WISHES))
    users = [TwitchUser(str(number), f"channel{number}") for number in range(200, 207)]
    for user in users:
        server.add(user)
    chat = reader.chat()
    *readings, one_more = [chat.chat(room(user)) for user in users]

    for reading in readings:
        await opened(reading)
    refused = await ending(one_more)
    for user in users:
        server.say(user.login, "moka", user.login)
    assert [await texts(reading, 1) for reading in readings] == [[user.login] for user in users[:-1]]
    for reading in readings:
        await reading.aclose()

    assert (refused.retryable, refused.retry_after_s) == (True, 60.0)
    assert reader.connections == 3
    assert chat._sessions == {}


async def test_two_readers_of_a_channel_hear_the_same(server: TwitchServer, reader: Asker) -> None:
    chat = reader.chat()
    async with aclosing(chat.chat(room())) as one, aclosing(chat.chat(room())) as other:
        await opened(one)
        await opened(other)
        asked = reader.asked(SUBSCRIPTIONS, "POST")
        server.say(CHANNEL.login, "moka", "salut")
        assert [await texts(one, 1), await texts(other, 1)] == [["salut"], ["salut"]]

    assert asked == 6  # five of the chat, and the end of the broadcast


async def test_a_room_that_is_left_is_given_up_and_can_be_joined_again(server: TwitchServer, reader: Asker) -> None:
    server.add(TwitchUser("101", "lapoire"))
    chat = reader.chat()
    async with aclosing(chat.chat(Room(Handle("lapoire", "101"), ""))) as staying:
        await opened(staying)
        for _ in range(2):
            async with aclosing(chat.chat(room())) as reading:
                await opened(reading)
                server.say(CHANNEL.login, "moka", "salut")
                assert await texts(reading, 1) == ["salut"]

    assert reader.connections == 1
    assert reader.asked(SUBSCRIPTIONS, "DELETE") >= 6


async def test_a_channel_is_found_by_its_name_alone(server: TwitchServer, reader: Asker) -> None:
    async with aclosing(reader.chat().chat(Room(Handle(CHANNEL.login), ""))) as reading:
        await opened(reading)
    async with aclosing(reader.chat().chat(Room(Handle("nobody"), ""))) as reading:
        assert (await ending(reading)).permanent


async def test_a_move_to_another_address_loses_nothing(server: TwitchServer, reader: Asker, reading: Reading) -> None:
    told = list[str]()
    for number in range(300):
        server.say(CHANNEL.login, "moka", str(number))
        if number in {100, 200}:
            server.trouble.reconnect()
            told += await texts(reading, number + 1 - len(told))
    told += await texts(reading, 300 - len(told))

    assert sorted(map(int, told)) == list(range(300))
    assert reader.asked(SUBSCRIPTIONS, "POST") == 6


async def test_a_move_to_nowhere_breaks_the_room(server: TwitchServer, reading: Reading) -> None:
    server.fail(Fault(Kind.REFUSE, "ws", times=0))
    server.trouble.reconnect()

    assert (await ending(reading)).retryable


async def test_what_twitch_sends_twice_is_told_once(server: TwitchServer, reading: Reading) -> None:
    server.say(CHANNEL.login, "moka", "un")
    server.trouble.repeat()
    server.say(CHANNEL.login, "moka", "deux")

    assert await texts(reading, 2) == ["un", "deux"]
