"""Rooms that break, or never open: each says whether it is worth asking again."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from tests.adapters.twitch.twitch import (
    CALM,
    CHANNEL,
    CHAT,
    FAST,
    FOLLOWERS,
    MODERATES,
    READER,
    SOON_S,
    AccountKeys,
    Asker,
    Reading,
    ending,
    opened,
    room,
    soon,
    texts,
)
from vigie.events import RoomEnded
from vigie.ports import Handle, Room
from vigie.simulators.twitch import Fault, Kind, TwitchServer, TwitchUser

SUBSCRIPTIONS = "helix/eventsub/subscriptions"


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 1011])
async def test_a_close_code_breaks_every_room(server: TwitchServer, reader: Asker, code: int) -> None:
    server.add(TwitchUser("101", "lapoire"))
    chat = reader.chat()
    readings = [chat.chat(room()), chat.chat(Room(Handle("lapoire", "101"), ""))]
    for reading in readings:
        await opened(reading)

    server.trouble.close(code)

    for reading in readings:
        trouble = await ending(reading)
        assert (trouble.retryable, trouble.permanent) == (True, False)


async def test_after_a_break_the_room_opens_on_a_new_connection(server: TwitchServer, reader: Asker) -> None:
    chat = reader.chat()
    async with aclosing(chat.chat(room())) as reading:
        await opened(reading)
        server.trouble.drop()
        await ending(reading)
    async with aclosing(chat.chat(room())) as reading:
        await opened(reading)

    assert reader.connections == 2


async def test_a_connection_that_says_nothing_has_stalled(server: TwitchServer) -> None:
    server.settings.keepalive_s = 0.1
    asker = Asker(server, FAST)
    asker.connect(CHAT)
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        server.trouble.stall()
        trouble = await ending(reading)

    assert "no sign of life" in str(trouble)
    assert trouble.retryable


async def test_a_server_that_speaks_no_eventsub_is_told(server: TwitchServer, reader: Asker) -> None:
    server.fail(Fault(Kind.HTML, "ws", times=0))

    trouble = await ending(reader.chat().chat(room()))

    assert (str(trouble), trouble.retryable) == ("Twitch EventSub cannot be reached (InvalidStatus).", True)


async def test_without_an_account_there_is_no_room(server: TwitchServer) -> None:
    trouble = await ending(Asker(server).chat().chat(room()))

    assert trouble.permanent
    assert "No Twitch account is connected" in str(trouble)


async def test_a_scope_that_was_refused_is_named(server: TwitchServer) -> None:
    asker = Asker(server)
    asker.connect(FOLLOWERS)

    trouble = await ending(asker.chat().chat(room()))

    assert trouble.permanent
    assert "user:read:chat" in str(trouble)
    assert asker.connections == 0


async def test_a_token_that_expired_is_refreshed(server: TwitchServer) -> None:
    asker = Asker(server)
    server.expire(asker.connect(CHAT).access)

    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)


async def test_a_consent_that_was_taken_back_ends_the_room_for_good(server: TwitchServer, reading: Reading) -> None:
    server.disconnect(READER.user_id)

    trouble = await ending(reading)

    assert trouble.permanent
    assert "connect the Twitch account again" in str(trouble)


async def test_a_consent_is_looked_at_again_while_a_room_is_open(server: TwitchServer) -> None:
    asker = Asker(server, replace(CALM, validate_s=0.05))
    token = asker.connect(CHAT)
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        server.fail(Fault(Kind.REFUSE, "oauth2/validate"))
        server.expire(token.access)
        server.fail(Fault(Kind.REFUSE, "oauth2/token", status=400))
        trouble = await ending(reading)

    assert trouble.permanent
    assert asker.asked("oauth2/validate") >= 3


async def test_another_account_that_was_chosen_meanwhile_takes_over(server: TwitchServer) -> None:
    asker = Asker(server, replace(CALM, validate_s=0.05))
    asker.connect(CHAT)
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        assert isinstance(asker.keys, AccountKeys)
        asker.keys.become(server.grant(CHANNEL.user_id, [CHAT]))
        trouble = await ending(reading)

    assert (trouble.retryable, trouble.permanent) == (True, False)


async def test_rooms_whose_account_is_gone_are_told(server: TwitchServer, reader: Asker) -> None:
    server.disconnect(READER.user_id)

    trouble = await ending(reader.chat().chat(room()))

    assert trouble.permanent
    assert "connect it again" in str(trouble)


async def test_a_revoked_right_of_a_moderator_ends_no_room(server: TwitchServer, reader: Asker) -> None:
    reader.connect(CHAT, *MODERATES)
    server.appoint(CHANNEL.login, READER.login)
    async with aclosing(reader.chat().chat(room())) as reading:
        await opened(reading)
        server.trouble.revoke(READER.user_id, status="moderator_removed", kind="channel.moderate")
        server.say(CHANNEL.login, "moka", "salut")
        assert await texts(reading, 1) == ["salut"]


async def test_too_many_subscriptions_are_asked_for_later(server: TwitchServer, reader: Asker) -> None:
    server.settings.max_subscriptions = 2

    trouble = await ending(reader.chat().chat(room()))

    assert (trouble.retryable, trouble.permanent, trouble.retry_after_s) == (True, False, 60.0)
    assert not any(left.retryable for _, left in reader.gate.left if left)  # the gate stays open for everybody else


async def test_the_end_of_strangers_broadcasts_is_told_as_far_as_twitch_allows(
    server: TwitchServer, reader: Asker
) -> None:
    server.settings.max_total_cost = 1
    server.add(TwitchUser("101", "lapoire"))
    chat = reader.chat()

    async with (
        aclosing(chat.chat(room())) as reading,
        aclosing(chat.chat(Room(Handle("lapoire", "101"), ""))) as without,
    ):
        await opened(reading)
        await opened(without)
        server.go_offline("lapoire")
        server.say("lapoire", "moka", "encore là")
        assert await texts(without, 1) == ["encore là"]
        server.go_offline(CHANNEL.login)
        assert isinstance(await soon(reading), RoomEnded)


async def test_a_connection_that_breaks_while_it_is_subscribed_to_breaks_the_room(
    server: TwitchServer, reader: Asker
) -> None:
    server.settings.subscribe_within_s = 0.05
    server.fail(Fault(Kind.SLOW, SUBSCRIPTIONS, times=0, delay_s=0.3))

    trouble = await ending(reader.chat().chat(room()))

    assert (trouble.retryable, trouble.permanent) == (True, False)


async def test_a_chat_that_an_account_is_banned_from_is_refused_for_good(server: TwitchServer, reader: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, SUBSCRIPTIONS, times=0, status=403))

    trouble = await ending(reader.chat().chat(room()))

    assert trouble.permanent
    assert "it may be banned there" in str(trouble)


async def cancelled(task: asyncio.Task[None]) -> None:
    """Cancel a reader; all it held is free within a second."""
    task.cancel()
    async with asyncio.timeout(1.0):
        await asyncio.wait([task])
    assert task.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_reader_who_is_cancelled_leaves_nothing(server: TwitchServer, reader: Asker) -> None:
    chat = reader.chat()
    is_open = asyncio.Event()

    async def read() -> None:
        async with aclosing(chat.chat(room())) as reading:
            await opened(reading)
            is_open.set()
            await anext(reading)

    task = asyncio.create_task(read())
    async with asyncio.timeout(SOON_S):
        await is_open.wait()

    await cancelled(task)
    assert chat._sessions == {}


@pytest.mark.parametrize("path", ["oauth2/validate", "ws", SUBSCRIPTIONS, "helix/users"])
async def test_a_reader_may_be_cancelled_while_twitch_is_slow(server: TwitchServer, reader: Asker, path: str) -> None:
    server.fail(Fault(Kind.SLOW, path, times=0, delay_s=1.0))
    chat = reader.chat()

    async def read() -> None:
        async with aclosing(chat.chat(Room(Handle(CHANNEL.login), ""))) as reading:
            await anext(reading)

    task = asyncio.create_task(read())
    await asyncio.wait([task], timeout=0.2)

    await cancelled(task)
    assert chat._sessions == {}
