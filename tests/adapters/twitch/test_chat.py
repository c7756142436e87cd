"""Rooms by EventSub: what is told, on how many connections, and what breaks them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
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
    Asker,
    opened,
    room,
    soon,
)
from vigie.events import (
    ActivityKind,
    ActivityReceived,
    AudienceCounted,
    Badge,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
    RoomItem,
    RoomOpened,
)
from vigie.ports import Handle, PortError, Room
from vigie.simulators.twitch import Fault, Kind, TwitchServer, TwitchUser

Reading = AsyncGenerator[RoomItem, None]

SUBSCRIPTIONS = "helix/eventsub/subscriptions"


@pytest.fixture
def asker(server: TwitchServer) -> Asker:
    asker = Asker(server)
    asker.connect(CHAT)
    return asker


@pytest.fixture
async def reading(asker: Asker) -> AsyncIterator[Reading]:
    """The room of CHANNEL, open."""
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        yield reading


async def ending(reading: Reading) -> PortError:
    """Return the trouble that comes once all is read."""
    async with asyncio.timeout(SOON_S):
        try:
            async for _ in reading:
                pass
        except PortError as error:
            return error
    raise AssertionError("It ended without trouble.")


async def texts(reading: Reading, count: int) -> list[str]:
    """Return the next messages."""
    found = list[str]()
    while len(found) < count:
        item = await soon(reading)
        if isinstance(item, ActivityReceived):
            found.append(item.text)
    return found


async def test_a_room_opens_and_tells_what_is_written(server: TwitchServer, asker: Asker) -> None:
    async with aclosing(asker.chat().chat(room())) as reading:
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
    assert (acts[1][0], acts[1][2]) == (ActivityKind.SUBSCRIPTION, 5)
    assert (acts[2][0], acts[2][2]) == (ActivityKind.RAID, 300)
    assert acts[3] == (ActivityKind.MESSAGE, "oups", 1)
    removed = [(item.message_id, bool(item.chatter_id)) for item in told if isinstance(item, MessagesRemoved)]
    assert removed == [(message_id, False), ("", True), ("", False)]
    assert isinstance(told[-1], RoomEnded)


async def test_moderators_and_follows_are_told_where_they_are_allowed(server: TwitchServer, asker: Asker) -> None:
    asker.connect(CHAT, FOLLOWERS, *MODERATES)
    server.appoint(CHANNEL.login, READER.login)
    async with aclosing(asker.chat().chat(room())) as reading:
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


async def test_what_only_moderators_may_know_is_left_out_elsewhere(server: TwitchServer, asker: Asker) -> None:
    asker.connect(CHAT, FOLLOWERS, *MODERATES)

    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        server.say(CHANNEL.login, "moka", "salut")
        assert await texts(reading, 1) == ["salut"]


async def test_viewers_are_counted_meanwhile(server: TwitchServer) -> None:
    asker = Asker(server, FAST)
    asker.connect(CHAT)
    server.go_live(CHANNEL.login, viewers=42)
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        counted = await soon(reading)

    assert isinstance(counted, AudienceCounted)
    assert counted.viewers == 42


# ── connections ──


async def test_rooms_share_three_connections_at_most(server: TwitchServer, asker: Asker) -> None:
    server.settings.points = 10_000
    users = [TwitchUser(str(number), f"channel{number}") for number in range(200, 312)]
    for user in users:
        server.add(user)
    chat = asker.chat()
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
    assert asker.asked("ws", "WEBSOCKET") == 3
    assert chat._sessions == {}


async def test_two_readers_of_a_channel_hear_the_same(server: TwitchServer, asker: Asker) -> None:
    chat = asker.chat()
    async with aclosing(chat.chat(room())) as one, aclosing(chat.chat(room())) as other:
        await opened(one)
        await opened(other)
        asked = asker.asked(SUBSCRIPTIONS, "POST")
        server.say(CHANNEL.login, "moka", "salut")
        assert [await texts(one, 1), await texts(other, 1)] == [["salut"], ["salut"]]

    assert asked == 6  # five of the chat, and the end of the broadcast


async def test_a_room_that_is_left_is_given_up_and_can_be_joined_again(server: TwitchServer, asker: Asker) -> None:
    server.add(TwitchUser("101", "lapoire"))
    chat = asker.chat()
    async with aclosing(chat.chat(Room(Handle("lapoire", "101"), ""))) as staying:
        await opened(staying)
        for _ in range(2):
            async with aclosing(chat.chat(room())) as reading:
                await opened(reading)
                server.say(CHANNEL.login, "moka", "salut")
                assert await texts(reading, 1) == ["salut"]

    assert asker.asked("ws", "WEBSOCKET") == 1
    assert asker.asked(SUBSCRIPTIONS, "DELETE") >= 6


async def test_a_channel_is_found_by_its_name_alone(server: TwitchServer, asker: Asker) -> None:
    async with aclosing(asker.chat().chat(Room(Handle(CHANNEL.login), ""))) as reading:
        await opened(reading)
    async with aclosing(asker.chat().chat(Room(Handle("nobody"), ""))) as reading:
        assert (await ending(reading)).permanent


async def test_a_move_to_another_address_loses_nothing(server: TwitchServer, asker: Asker, reading: Reading) -> None:
    told = list[str]()
    for number in range(300):
        server.say(CHANNEL.login, "moka", str(number))
        if number in {100, 200}:
            server.trouble.reconnect()
            told += await texts(reading, number + 1 - len(told))
    told += await texts(reading, 300 - len(told))

    assert sorted(map(int, told)) == list(range(300))
    assert asker.asked(SUBSCRIPTIONS, "POST") == 6


async def test_a_move_to_nowhere_breaks_the_room(server: TwitchServer, reading: Reading) -> None:
    server.fail(Fault(Kind.REFUSE, "ws", times=0))
    server.trouble.reconnect()

    assert (await ending(reading)).retryable


async def test_what_twitch_sends_twice_is_told_once(server: TwitchServer, reading: Reading) -> None:
    server.say(CHANNEL.login, "moka", "un")
    server.trouble.repeat()
    server.say(CHANNEL.login, "moka", "deux")

    assert await texts(reading, 2) == ["un", "deux"]


# ── trouble ──


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 1011])
async def test_a_close_code_breaks_every_room(server: TwitchServer, asker: Asker, code: int) -> None:
    server.add(TwitchUser("101", "lapoire"))
    chat = asker.chat()
    readings = [chat.chat(room()), chat.chat(Room(Handle("lapoire", "101"), ""))]
    for reading in readings:
        await opened(reading)

    server.trouble.close(code)

    for reading in readings:
        trouble = await ending(reading)
        assert (trouble.retryable, trouble.permanent) == (True, False)


async def test_after_a_break_the_room_opens_on_a_new_connection(server: TwitchServer, asker: Asker) -> None:
    chat = asker.chat()
    async with aclosing(chat.chat(room())) as reading:
        await opened(reading)
        server.trouble.drop()
        await ending(reading)
    async with aclosing(chat.chat(room())) as reading:
        await opened(reading)

    assert asker.asked("ws", "WEBSOCKET") == 2


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


async def test_a_server_that_speaks_no_eventsub_is_told(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.HTML, "ws", times=0))

    trouble = await ending(asker.chat().chat(room()))

    assert (str(trouble), trouble.retryable) == ("Twitch EventSub cannot be reached (InvalidStatus).", True)


async def test_without_an_account_the_page_can_offer_to_connect_one(server: TwitchServer) -> None:
    trouble = await ending(Asker(server).chat().chat(room()))

    assert trouble.permanent
    assert "connect one" in str(trouble)


async def test_a_scope_that_was_refused_is_named(server: TwitchServer) -> None:
    asker = Asker(server)
    asker.connect(FOLLOWERS)

    trouble = await ending(asker.chat().chat(room()))

    assert trouble.permanent
    assert "user:read:chat" in str(trouble)
    assert asker.asked("ws", "WEBSOCKET") == 0


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
        await asker.app.token()  # which viewers are counted with
        server.fail(Fault(Kind.REFUSE, "oauth2/validate"))
        server.expire(token.access)
        server.fail(Fault(Kind.REFUSE, "oauth2/token", status=400))
        trouble = await ending(reading)

    assert trouble.permanent
    assert asker.asked("oauth2/validate") >= 3


async def test_rooms_whose_account_is_gone_are_told(server: TwitchServer, asker: Asker) -> None:
    server.disconnect(READER.user_id)

    trouble = await ending(asker.chat().chat(room()))

    assert trouble.permanent
    assert "connect it again" in str(trouble)


async def test_a_revoked_right_of_a_moderator_ends_no_room(server: TwitchServer, asker: Asker) -> None:
    asker.connect(CHAT, *MODERATES)
    server.appoint(CHANNEL.login, READER.login)
    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)
        server.trouble.revoke(READER.user_id, status="moderator_removed", kind="channel.moderate")
        server.say(CHANNEL.login, "moka", "salut")
        assert await texts(reading, 1) == ["salut"]


async def test_too_many_subscriptions_are_asked_for_later(server: TwitchServer, asker: Asker) -> None:
    server.settings.max_subscriptions = 2

    trouble = await ending(asker.chat().chat(room()))

    assert (trouble.retryable, trouble.permanent, trouble.retry_after_s) == (True, False, 60.0)
    assert not any(left.retryable for _, left in asker.gate.left if left)  # the gate stays open for everybody else


async def test_the_end_of_strangers_broadcasts_is_told_as_far_as_twitch_allows(
    server: TwitchServer, asker: Asker
) -> None:
    server.settings.max_total_cost = 0

    async with aclosing(asker.chat().chat(room())) as reading:
        await opened(reading)


async def test_a_connection_that_breaks_while_it_is_subscribed_to_breaks_the_room(
    server: TwitchServer, asker: Asker
) -> None:
    server.settings.subscribe_within_s = 0.05
    server.fail(Fault(Kind.SLOW, SUBSCRIPTIONS, times=0, delay_s=0.3))

    trouble = await ending(asker.chat().chat(room()))

    assert (trouble.retryable, trouble.permanent) == (True, False)


async def test_a_chat_that_an_account_is_banned_from_is_refused_for_good(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, SUBSCRIPTIONS, times=0, status=403))

    trouble = await ending(asker.chat().chat(room()))

    assert trouble.permanent
    assert "it may be banned there" in str(trouble)


async def cancelled(reader: asyncio.Task[None]) -> None:
    """Cancel a reader; all it held is free within a second."""
    reader.cancel()
    async with asyncio.timeout(1.0):
        await asyncio.wait([reader])
    assert reader.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_reader_who_is_cancelled_leaves_nothing(server: TwitchServer, asker: Asker) -> None:
    chat = asker.chat()
    is_open = asyncio.Event()

    async def read() -> None:
        async with aclosing(chat.chat(room())) as reading:
            await opened(reading)
            is_open.set()
            await anext(reading)

    reader = asyncio.create_task(read())
    async with asyncio.timeout(SOON_S):
        await is_open.wait()

    await cancelled(reader)
    assert chat._sessions == {}


@pytest.mark.parametrize("path", ["oauth2/validate", "ws", SUBSCRIPTIONS, "helix/users"])
async def test_a_reader_may_be_cancelled_while_twitch_is_slow(server: TwitchServer, asker: Asker, path: str) -> None:
    server.fail(Fault(Kind.SLOW, path, times=0, delay_s=1.0))
    chat = asker.chat()

    async def read() -> None:
        async with aclosing(chat.chat(Room(Handle(CHANNEL.login), ""))) as reading:
            await anext(reading)

    reader = asyncio.create_task(read())
    await asyncio.wait([reader], timeout=0.2)

    await cancelled(reader)
    assert chat._sessions == {}
