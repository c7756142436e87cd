"""The chat of a live with a scripted source: what comes is stored, what did not come is a gap, nothing ends it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_channel, make_live
from tests.watch.audiences import activity, heard
from tests.watch.fakes import RoomStep, ScriptedChat
from vigie.events import (
    ActivityKind,
    AudienceCounted,
    CaptionSpoken,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
    RoomItem,
    RoomOpened,
    RoomPaused,
)
from vigie.people.models import Workspace
from vigie.ports import Fence, PlacedCaption, PortError, Room
from vigie.runtime import clock
from vigie.runtime.leases import LeaseLost
from vigie.watch import chatwriter, operations
from vigie.watch.chatting import NOT_CONNECTED, NOT_READ, Chatting
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel, ChatMessage, ChatState, Gap, Live, LiveMark, LiveSample, Presence
from vigie.watch.operations import NOT_RUNNING, TAKEN_FOR_OVER, Ending
from vigie.watch.operations.chat import Roll, store_chat
from vigie.watch.reconnecting import Patience

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 20
QUICK = Patience(first_s=0.01, longest_s=0.02, tries=10**6, refusals=10**6, answers=10**6)
OPENED = RoomOpened("7")
BROKEN = PortError("TikTok closed the chat (1011)", retryable=True)
REFUSED = PortError("connect a Twitch account", permanent=True)


@sync_to_async
def make_broadcast(**fields: object) -> Live:
    channel = make_channel(address="camille")
    Channel.objects.filter(pk=channel.pk).update(platform="tiktok", platform_id="42", is_watched=True)
    live = make_live(channel, started_at=clock.now() - timedelta(seconds=60))
    Live.objects.filter(pk=live.pk).update(**fields)
    operations.expect(Channel.objects.get(pk=channel.pk), clock.now())
    return live


@pytest.fixture
async def live() -> Live:
    return await make_broadcast()


class Notes:
    """A stage that remembers what it was told."""

    def __init__(self) -> None:
        self.captions: list[PlacedCaption] = []
        self.pauses: list[bool] = []

    async def caption(self, caption: PlacedCaption) -> None:
        self.captions.append(caption)

    async def pause(self, *, is_paused: bool) -> None:
        self.pauses.append(is_paused)


stage = Notes()


@asynccontextmanager
async def followed(live: Live, *connections: list[RoomStep]) -> AsyncIterator[ScriptedChat]:
    """Follow until the source hangs, then look, then cancel as the supervisor does."""
    stage.captions.clear()
    stage.pauses.clear()
    source = ScriptedChat(*connections)
    book = await Logbook.of(live.channel_id)
    assert book.live is not None
    async with chatwriter.writing() as writer:
        chatting = Chatting(book, book.live, writer=writer, rng=Random(1), stage=stage)
        task = asyncio.create_task(chatting.follow(source, QUICK))
        try:
            async with asyncio.timeout(DEADLINE_S):
                await source.hung.wait()
                await writer.settle()
            yield source
        finally:
            task.cancel()
            async with asyncio.timeout(DEADLINE_S):
                await asyncio.wait([task])


@sync_to_async
def texts() -> list[str]:
    return list(ChatMessage.objects.order_by("pk").values_list("text", flat=True))


@sync_to_async
def gaps() -> list[tuple[str, str]]:
    told = Gap.objects.exclude(cause=NOT_CONNECTED).order_by("from_s")
    return list(told.values_list("track", "cause"))


async def test_what_comes_is_stored(live: Live) -> None:
    async with followed(live, [OPENED, activity("a", text="bonjour"), activity("b", by=2, kind=ActivityKind.LIKE)]):
        assert await texts() == ["bonjour", "hello"]
        await live.arefresh_from_db()
        assert (live.chat_state, live.chat_reason) == (ChatState.OK, "")
    assert await gaps() == []


async def test_an_interruption_is_a_gap_and_a_repeat_is_stored_once(live: Live) -> None:
    first: list[RoomStep] = [OPENED, activity("a"), BROKEN]
    again: list[RoomStep] = [RoomOpened("7"), activity("a", is_history=True), activity("b", text="après")]
    async with followed(live, first, again) as source:
        assert await texts() == ["hello", "après"]
        assert await gaps() == [("chat", str(BROKEN))]
        assert [room.channel.name for room in source.asked] == ["camille", "camille"]


async def test_the_next_connection_asks_for_the_same_room(live: Live) -> None:
    async with followed(live, [OPENED, BROKEN], [BROKEN], [OPENED]) as source:
        assert [room.room_id for room in source.asked] == ["", "7", "7"]
        assert source.asked[0] == Room(source.asked[0].channel, "", live.channel.workspace_id)
        assert source.asked[0].channel.platform_id == "42"


async def test_what_one_connection_after_the_other_missed_is_one_gap(live: Live) -> None:
    async with followed(live, [OPENED, BROKEN], [BROKEN], [REFUSED], [OPENED]):
        assert await gaps() == [("chat", str(BROKEN))]


async def test_a_chat_that_does_not_answer_is_missing_from_the_beginning(live: Live) -> None:
    async with followed(live, [BROKEN], [OPENED]):
        gap = await Gap.objects.aget()
        assert (gap.track, gap.from_s) == ("chat", 0.0)
        assert gap.to_s == pytest.approx(60.0, abs=15.0)


async def test_a_chat_that_is_refused_says_why_and_is_asked_for_again(live: Live) -> None:
    waiting = asyncio.Event()
    async with followed(live, [REFUSED], [REFUSED, waiting]):
        await live.arefresh_from_db()
        assert (live.chat_state, live.chat_reason) == (ChatState.REFUSED, str(REFUSED))


async def test_what_was_not_read_of_a_live_before_its_chat_was_connected_is_a_gap(live: Live) -> None:
    async with followed(live, [OPENED]):
        gap = await Gap.objects.aget()
        assert (gap.from_s, gap.cause) == (0.0, NOT_CONNECTED)


async def test_a_live_that_has_just_begun_misses_nothing() -> None:
    live = await make_broadcast(started_at=clock.now())
    async with followed(live, [OPENED]):
        assert not await Gap.objects.aexists()


async def test_what_was_written_while_the_team_read_no_chats_is_a_gap() -> None:
    live = await make_broadcast(chat_until_s=20.0, chat_state=ChatState.NONE)
    async with followed(live, [OPENED]):
        gap = await Gap.objects.aget()
        assert (gap.from_s, gap.cause) == (20.0, NOT_READ)


async def test_a_live_that_changes_its_room_is_read_in_the_new_one(live: Live) -> None:
    def move() -> None:
        Presence.objects.update(room_id="8")

    first: list[RoomStep] = [OPENED, RoomEnded(clock.now(), "ended")]
    async with followed(live, first, [RoomOpened("8"), BROKEN], []) as source:
        await sync_to_async(move)()
        await live.arefresh_from_db()
        assert live.room_id == "8"
    assert [room.room_id for room in source.asked][:2] == ["", ""]


async def test_a_chat_that_ended_as_its_live_did_misses_nothing(live: Live) -> None:
    await Live.objects.filter(pk=live.pk).aupdate(chat_until_s=59.0, started_at=clock.now() - timedelta(seconds=60))
    async with followed(live, [OPENED, RoomEnded(clock.now(), "ended")], []):
        await sync_to_async(operations.end_live)(live.pk, Ending(clock.now(), "", is_over=True))
    assert [cause for _, cause in await gaps()] == [NOT_READ]


async def test_moments_beyond_now_are_now(live: Live) -> None:
    future = clock.now() + timedelta(days=10_000)
    async with followed(live, [OPENED, activity("a", at=future), AudienceCounted(future, viewers=3 * 10**9)]):
        message = await ChatMessage.objects.aget()
        assert message.at_s == pytest.approx(60.0, abs=15.0)
        await live.arefresh_from_db()
        assert live.viewers == 2**31 - 1


async def test_after_a_restart_the_gap_begins_where_the_chat_was_read_to() -> None:
    live = await make_broadcast(chat_until_s=20.0, chat_state=ChatState.OK)
    async with followed(live, [OPENED]):
        gap = await Gap.objects.aget()
        assert (gap.from_s, gap.cause) == (20.0, NOT_RUNNING)


async def test_cancelled_it_keeps_how_far_it_was_read(live: Live) -> None:
    async with followed(live, [OPENED, activity("a", at=clock.now())]):
        pass
    await live.arefresh_from_db()
    assert live.chat_until_s == pytest.approx(60.0, abs=15.0)


async def test_an_interruption_at_the_end_is_a_gap_to_the_end(live: Live) -> None:
    never: list[RoomStep] = [BROKEN] * 1
    async with followed(live, [OPENED, BROKEN], never, []):
        now = clock.now()
        await sync_to_async(operations.end_live)(live.pk, Ending(now, "", is_over=True))
    gap = await Gap.objects.exclude(cause=NOT_CONNECTED).aget()
    assert gap.to_s == pytest.approx((now - live.started_at).total_seconds(), abs=0.01)


async def test_viewers_are_counted(live: Live) -> None:
    async with followed(live, [OPENED, AudienceCounted(clock.now(), viewers=120), AudienceCounted(clock.now())]):
        sample = await LiveSample.objects.aget()
        assert (sample.viewers, sample.at_s) == (120, 60)


async def test_words_that_come_with_the_chat_are_placed(live: Live) -> None:
    spoken = CaptionSpoken(live.started_at + timedelta(seconds=30), 2.5, "bonsoir", "fr")
    async with followed(live, [OPENED, spoken]):
        assert stage.captions == [PlacedCaption(30.0, 32.5, "bonsoir", "fr")]


async def test_what_the_platform_takes_away_is_noted_even_when_it_was_just_written(live: Live) -> None:
    async with followed(live, [OPENED, activity("a"), MessagesRemoved(clock.now(), message_id="a")]):
        row = await ChatMessage.objects.aget()
        assert row.removed_at is not None


async def test_what_moderators_of_the_platform_do_is_marked(live: Live) -> None:
    act = ModeratorActed("e", live.started_at + timedelta(seconds=5), "ban", "momo", target="troll")
    async with followed(live, [OPENED, act]):
        mark = await LiveMark.objects.aget()
        assert (mark.from_s, mark.label) == (5.0, "ban troll")


async def test_pauses_are_told_to_the_stage(live: Live) -> None:
    pauses: list[RoomStep] = [RoomPaused(clock.now(), is_paused=is_paused) for is_paused in (True, False)]
    async with followed(live, [OPENED, *pauses]):
        assert stage.pauses == [True, False]


async def test_an_end_is_a_doubt_that_the_platform_is_asked_about(live: Live) -> None:
    async with followed(live, [OPENED, RoomEnded(clock.now(), "ended")], [OPENED]):
        presence = await Presence.objects.aget()
        await live.arefresh_from_db()
        assert (presence.denials, live.ended_at) == (1, None)


async def test_a_live_that_is_over_is_followed_no_more(live: Live) -> None:
    def end() -> None:
        Live.objects.filter(pk=live.pk).update(ended_at=clock.now())

    ending = sync_to_async(end)
    source = ScriptedChat([OPENED, BROKEN], [OPENED])
    book = await Logbook.of(live.channel_id)
    assert book.live is not None
    await ending()
    async with asyncio.timeout(DEADLINE_S), chatwriter.writing() as writer:
        chatting = Chatting(book, book.live, writer=writer, rng=Random(1), stage=stage)
        await chatting.follow(source, QUICK)


async def test_a_live_that_another_owner_took_over_is_followed_no_more(live: Live) -> None:
    book = await Logbook.of(live.channel_id, Fence(live.channel.resource, 7))
    assert book.live is not None
    async with asyncio.timeout(DEADLINE_S), chatwriter.writing() as writer:
        chatting = Chatting(book, book.live, writer=writer, rng=Random(1), stage=stage)
        with pytest.raises(LeaseLost):
            await chatting.follow(ScriptedChat([OPENED]), QUICK)

    assert not await Gap.objects.aexists()


class Unwinding:
    """A chat source that takes a while to close."""

    def __init__(self) -> None:
        self.opened, self.closes, self.may_close = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        del room
        try:
            yield OPENED
            self.opened.set()
            await asyncio.Event().wait()
        finally:
            self.closes.set()
            await self.may_close.wait()


async def test_a_stop_is_obeyed_though_the_chat_is_given_up_at_the_same_moment(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.watch.chatting.KEEP_S", 0.01)
    source, book = Unwinding(), await Logbook.of(live.channel_id)
    assert book.live is not None
    async with asyncio.timeout(DEADLINE_S), chatwriter.writing() as writer:
        chatting = Chatting(book, book.live, writer=writer, rng=Random(1), stage=stage)
        task = asyncio.create_task(chatting.follow(source, QUICK))
        await source.opened.wait()
        await Workspace.objects.aupdate(modules=["moderation"])
        await source.closes.wait()
        task.cancel()
        source.may_close.set()
        await asyncio.wait([task])

    assert task.cancelled()


async def test_after_a_restart_what_may_not_have_been_counted_is_counted_again() -> None:
    live = await make_broadcast(chat_until_s=58.0, chat_state=ChatState.OK)
    written = await sync_to_async(heard)(live, "a", at_s=55.0)
    await sync_to_async(store_chat)([written], Roll(), clock.now())

    async with followed(live, [OPENED]), asyncio.timeout(DEADLINE_S):
        await chatwriter.current().tally()

    assert await LiveSample.objects.values_list("at_s", "messages").aget() == (50, 1)


async def test_what_was_written_while_the_live_was_taken_for_over_is_a_gap() -> None:
    live = await make_broadcast(chat_until_s=20.0, chat_state=ChatState.OK, reason=TAKEN_FOR_OVER)
    async with followed(live, [OPENED]):
        gap = await Gap.objects.aget()
        assert (gap.from_s, gap.cause) == (20.0, TAKEN_FOR_OVER)


async def test_what_is_replayed_says_nothing_of_how_far_the_chat_was_read(live: Live) -> None:
    old = activity("a", at=live.started_at + timedelta(seconds=1), is_history=True)
    async with followed(live, [OPENED, old, BROKEN], []):
        gap = await Gap.objects.exclude(cause=NOT_CONNECTED).afirst()
        assert gap is None  # it is told when the chat is read again, or over

    await live.arefresh_from_db()
    assert live.chat_until_s == pytest.approx(60.0, abs=15.0)
