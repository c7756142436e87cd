"""What the reader of a chat writes down about its live, as long as it owns it and the live is open."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DataError, IntegrityError, OperationalError

from tests.watch.fakes import Away, away
from tests.watch.test_chatting import make_broadcast
from vigie.events import MessagesRemoved, ModeratorActed
from vigie.people.models import Workspace
from vigie.ports import Fence
from vigie.runtime import clock
from vigie.runtime.leases import LeaseLost
from vigie.watch.chatlog import ChatLog
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel, ChatState, Gap, Live, LiveMark, Presence
from vigie.watch.operations import LiveIsOver
from vigie.watch.timeline import Hole

pytestmark = pytest.mark.django_db(transaction=True)


async def log_of(live: Live, fence: Fence | None = None) -> ChatLog:
    book = await Logbook.of(live.channel_id, fence)
    assert book.live is not None
    return ChatLog(book, book.live)


async def test_a_state_is_written_when_it_changes() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    await log.turn(ChatState.BROKEN, "cut")
    await Live.objects.aupdate(chat_reason="untouched")
    await log.turn(ChatState.BROKEN, "cut")

    await live.arefresh_from_db()
    assert (live.chat_state, live.chat_reason) == (ChatState.BROKEN, "untouched")


async def test_nothing_is_written_by_a_former_owner() -> None:
    live = await make_broadcast()
    log = await log_of(live, Fence(f"channel:{live.channel_id}", 7))

    with pytest.raises(LeaseLost):
        await log.keep(5.0)


class Forgetful(Logbook):
    """A logbook whose database is away at the first try."""

    tries = 0

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        self.tries += 1
        if self.tries == 1:
            raise OperationalError("the server closed the connection")
        return await super().write(*args, **kwargs)


async def forgetful(live: Live) -> ChatLog:
    book = await Logbook.of(live.channel_id)
    return ChatLog(Forgetful(book.channel, book.live, None), live)


async def test_a_state_that_could_not_be_written_is_written_when_it_is_told_again() -> None:
    live = await make_broadcast()
    log = await forgetful(live)
    for _ in range(2):
        await log.turn(ChatState.BROKEN, "cut")

    await live.arefresh_from_db()
    assert live.chat_state == ChatState.BROKEN


async def test_what_moderators_do_is_told_once_and_written_in_the_end() -> None:
    live = await make_broadcast()
    log = await forgetful(live)

    await log.moderated(ModeratorActed("e", clock.now(), "ban", "momo", target="troll"), 5.0)

    assert await LiveMark.objects.values_list("from_s", flat=True).aget() == 5.0


async def test_nothing_but_a_gap_is_written_of_a_live_that_is_over() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    await Live.objects.aupdate(ended_at=clock.now())

    for write in (log.keep(5.0), log.turn(ChatState.OK)):
        with pytest.raises(LiveIsOver):
            await write
    await log.gap(Hole(1.0, 2.0), "cut")

    assert await Gap.objects.acount() == 1


async def test_is_over_when_it_ended_or_nobody_wants_it() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    assert not await log.is_over()
    await Channel.objects.aupdate(is_watched=False)
    assert await log.is_over()
    await Channel.objects.aupdate(is_watched=True)
    await Live.objects.aupdate(ended_at=clock.now())
    assert await log.is_over()
    await sync_to_async(live.delete)()
    assert await log.is_over()


@pytest.mark.parametrize("error", [DataError, IntegrityError])
async def test_what_no_database_takes_is_left_out_and_not_tried_for_ever(error: type[DataError]) -> None:
    live = await make_broadcast()
    log = await log_of(live)
    async with away(Away("watch_livemark", times=10**6, error=error)), asyncio.timeout(20):
        await log.moderated(ModeratorActed("e", clock.now(), "ban", "momo"), 5.0)

    assert not await LiveMark.objects.aexists()


@pytest.mark.parametrize("table", ["watch_live", "watch_gap", "watch_chatmessage"])
async def test_what_is_told_once_is_written_once_the_database_is_back(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.watch.chatlog.PAUSE_S", 0.01)
    log = await log_of(await make_broadcast())
    async with away(Away(table, times=2)) as database, asyncio.timeout(20):
        await log.gap(Hole(1.0, 2.0), "cut")
        await log.removed(MessagesRemoved(clock.now()))

    assert (await Gap.objects.acount(), database.times) == (1, 0)


async def test_what_is_told_again_soon_breaks_nothing_while_the_database_is_away() -> None:
    live = await make_broadcast(chat_until_s=1.0)
    log = await log_of(live)
    async with away(Away("watch_live", times=5)) as database:
        await log.keep(5.0)
        await log.viewers(5.0, 9)
        await log.turn(ChatState.BROKEN, "cut")
        await log.enter("8")
        await log.reckon()
        assert database.times == 0

    await live.arefresh_from_db()
    assert (live.chat_until_s, live.viewers, live.chat_reason, live.room_id) == (1.0, None, "", "")


async def test_the_room_is_the_one_that_was_seen_last() -> None:
    live = await make_broadcast(room_id="7")
    log = await log_of(live)
    rooms = [await log.room_id()]
    await Presence.objects.aupdate(room_id="8")
    rooms.append(await log.room_id())
    await Presence.objects.all().adelete()
    rooms.append(await log.room_id())

    assert rooms == ["7", "8", "7"]


async def test_a_room_is_entered_once_and_none_is_left_for_one_without_a_name() -> None:
    live = await make_broadcast(room_id="7")
    log = await log_of(live)
    entered = []
    for room_id in ("8", "", "8"):
        await log.enter(room_id)
        entered.append((await Live.objects.aget()).room_id)
        await Live.objects.aupdate(room_id="untouched")

    assert entered == ["8", "untouched", "untouched"]


async def test_a_chat_is_wanted_while_its_team_reads_chats_and_its_live_is_there() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    assert await log.is_wanted()

    await Workspace.objects.aupdate(modules=["moderation"])
    assert not await log.is_wanted()
    await Workspace.objects.aupdate(modules=["chat"])
    assert await log.is_wanted()
    await sync_to_async(live.delete)()
    assert not await log.is_wanted()
