"""How many watch, for all rooms at once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from tests.adapters.twitch.twitch import CHANNEL, FAST, SOON_S, Asker
from vigie.adapters.twitch.inbox import Inbox
from vigie.adapters.twitch.viewers import Viewers
from vigie.events import AudienceCounted, RoomItem
from vigie.simulators.twitch import Fault, Kind, TwitchServer, TwitchUser


def viewers(asker: Asker) -> Viewers:
    return Viewers(replace(asker.settings, pace=FAST), asker.gate, asker.app)


async def count(inbox: Inbox) -> int | None:
    async with asyncio.timeout(SOON_S):
        item: RoomItem = await inbox.get()
    assert isinstance(item, AudienceCounted)
    return item.viewers


async def test_150_rooms_cost_two_requests(server: TwitchServer, asker: Asker) -> None:
    counting, inboxes = viewers(asker), [Inbox() for _ in range(150)]
    for number in range(150):
        server.add(TwitchUser(str(1_000 + number), f"streamer{number}"))
        server.go_live(f"streamer{number}", viewers=number)

    async with AsyncExitStack() as rooms:
        for number, inbox in enumerate(inboxes):
            await rooms.enter_async_context(counting.told(str(1_000 + number), inbox))
        counted = [await count(inbox) for inbox in inboxes]
        rounds, requests = len(inboxes[0]._items) + 1, asker.asked("helix/streams")

    assert counted == list(range(150))
    assert requests <= 2 * (rounds + 1)


async def test_two_readers_of_a_room_are_told_both(server: TwitchServer, asker: Asker) -> None:
    server.go_live(CHANNEL.login, viewers=42)
    counting, one, other = viewers(asker), Inbox(), Inbox()

    async with counting.told(CHANNEL.user_id, one):
        async with counting.told(CHANNEL.user_id, other):
            assert [await count(one), await count(other)] == [42, 42]
        server.watched(CHANNEL.login, 43)
        while await count(one) != 43:
            pass

    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_is_not_on_air_has_no_viewers_and_trouble_passes(server: TwitchServer, asker: Asker) -> None:
    server.add(TwitchUser("101", "lapoire"))
    server.go_live("lapoire", viewers=7)
    server.fail(Fault(Kind.GARBAGE, "helix/streams", times=2))
    server.fail(Fault(Kind.REFUSE, "helix/streams", times=2, status=400))
    counting, resting, live = viewers(asker), Inbox(), Inbox()

    async with counting.told(CHANNEL.user_id, resting), counting.told("101", live):
        assert await count(live) == 7

    assert not resting._items
    assert asker.asked("helix/streams") >= 5
