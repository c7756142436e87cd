"""A broadcast: sound and chat side by side; neither ends it, and neither holds the other up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from asgiref.sync import sync_to_async

from tests.watch.audiences import activity
from tests.watch.fakes import OPENED, Memory, ScriptedChat, ScriptedMedia, sound
from tests.watch.test_chatting import make_broadcast
from vigie.events import CaptionSpoken, RoomOpened, RoomPaused
from vigie.people.models import Workspace
from vigie.ports import ChatSource, LiveRef, MediaSink, MediaSource, NotLive, PortError
from vigie.runtime import clock, registry
from vigie.watch import chatwriter, operations, sinks
from vigie.watch.broadcast import Broadcast
from vigie.watch.hearing import NOT_CONNECTED
from vigie.watch.models import ChatMessage, Gap, Live, LiveState, Presence
from vigie.watch.operations import Ending
from vigie.watch.watcher import NO_SOUND, PAUSED

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINE_S = 20
OFFLINE = NotLive("nothing is on air", retryable=True)


@pytest.fixture
async def live() -> Live:
    return await make_broadcast()


@pytest.fixture(autouse=True)
def _platform() -> Iterator[None]:
    ports = (ChatSource, MediaSource)
    before = {port: registry.current(port, "tiktok") for port in ports}
    yield
    for port, factory in before.items():
        registry.withdraw(port, "tiktok")
        if factory:
            registry.provide(port, factory, "tiktok")


@asynccontextmanager
async def broadcast(live: Live, media: ScriptedMedia, chat: ScriptedChat) -> AsyncIterator[asyncio.Task[None]]:
    """Watch until both hang, then look, then cancel as the supervisor does."""
    registry.provide(MediaSource, lambda: media, "tiktok")
    registry.provide(ChatSource, lambda: chat, "tiktok")
    async with chatwriter.writing() as writer:
        task = asyncio.create_task(Broadcast(live.channel_id, None, Random(1)).watch())
        try:
            yield task
            await writer.settle()
        finally:
            task.cancel()
            async with asyncio.timeout(DEADLINE_S):
                await asyncio.wait([task])


async def until(holds: Callable[[], bool]) -> None:
    while not await sync_to_async(holds)():  # noqa: ASYNC110 -- a row of another thread
        await asyncio.sleep(0.01)


async def both_hang(media: ScriptedMedia, chat: ScriptedChat) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await media.hung.wait()
        await chat.hung.wait()


async def test_sound_and_chat_are_received_on_one_clock(live: Live, memory: Memory) -> None:
    media = ScriptedMedia([OPENED, *sound(5.0, 3)])
    chat = ScriptedChat([RoomOpened("7"), activity("a", at=live.started_at)])
    async with broadcast(live, media, chat):
        await both_hang(media, chat)

    await live.arefresh_from_db()
    assert (live.state, live.chat_state, live.ended_at) == (LiveState.OK, "ok", None)
    assert await ChatMessage.objects.acount() == 1
    [(_, begin_s, end_s)] = memory.stretches
    assert begin_s == pytest.approx(60.0, abs=15.0)
    assert end_s - begin_s == pytest.approx(3.0)
    gap = await Gap.objects.filter(track="media").aget()
    assert (gap.from_s, gap.cause) == (0.0, NOT_CONNECTED)


async def test_an_end_of_the_sound_is_a_doubt(live: Live, memory: Memory) -> None:
    media = ScriptedMedia([OPENED, *sound(5.0), OFFLINE], resolving=[None, OFFLINE, OFFLINE])
    chat = ScriptedChat([RoomOpened("7")])
    async with broadcast(live, media, chat):
        async with asyncio.timeout(DEADLINE_S):
            await until(lambda: Presence.objects.filter(denials=1).exists())

    await live.arefresh_from_db()
    assert live.ended_at is None


async def test_sound_that_cannot_be_had_leaves_the_chat(live: Live, memory: Memory) -> None:
    refused = PortError("the broadcast is for adults", permanent=True)
    chat = ScriptedChat([RoomOpened("7"), activity("a")])
    async with broadcast(live, ScriptedMedia(resolving=[refused] * 9), chat):
        async with asyncio.timeout(DEADLINE_S):
            await chat.hung.wait()
            await until(lambda: Live.objects.filter(reason=str(refused)).exists())

    await live.arefresh_from_db()
    assert (live.state, live.ended_at) == (LiveState.NO_AUDIO, None)
    assert await ChatMessage.objects.acount() == 1
    assert not memory.heard


async def test_words_of_the_platform_reach_whoever_takes_those_of_the_sound(live: Live, memory: Memory) -> None:
    heard = asyncio.Event()
    media = ScriptedMedia([OPENED, *sound(5.0), heard.set])
    spoken = CaptionSpoken(live.started_at, 2.0, "bonsoir", "fr")
    chat = ScriptedChat([RoomOpened("7"), heard, spoken])
    async with broadcast(live, media, chat):
        await both_hang(media, chat)

    assert [caption.text for caption in memory.captions] == ["bonsoir"]


async def test_words_of_the_platform_are_taken_while_its_sound_cannot_be_had(live: Live, memory: Memory) -> None:
    refused, is_refused = PortError("the broadcast is for adults", permanent=True), asyncio.Event()
    chat = ScriptedChat([RoomOpened("7"), is_refused, CaptionSpoken(live.started_at, 2.0, "bonsoir", "fr")])
    async with broadcast(live, ScriptedMedia(resolving=[refused] * 9), chat):
        async with asyncio.timeout(DEADLINE_S):
            await until(lambda: Live.objects.filter(reason=str(refused)).exists())
            is_refused.set()
            await chat.hung.wait()
            await until(lambda: bool(memory.captions))

    assert [caption.text for caption in memory.captions] == ["bonsoir"]
    assert memory.closed == len(memory.opened)


async def test_words_that_nobody_can_keep_leave_nothing_open(live: Live, memory: Memory) -> None:
    async def full(_: LiveRef) -> MediaSink:
        raise PortError("the disk is full", retryable=True)

    refused, is_refused = PortError("the broadcast is for adults", permanent=True), asyncio.Event()
    spoken = CaptionSpoken(live.started_at, 2.0, "bonsoir", "fr")
    chat = ScriptedChat([RoomOpened("7"), is_refused, lambda: sinks.add_sink(full), spoken, activity("a")])
    async with broadcast(live, ScriptedMedia(resolving=[refused] * 9), chat):
        async with asyncio.timeout(DEADLINE_S):
            await until(lambda: Live.objects.filter(reason=str(refused)).exists())
            is_refused.set()
            await chat.hung.wait()
            await until(ChatMessage.objects.exists)

        assert memory.captions == []
        assert memory.closed == len(memory.opened) > 0


async def test_a_team_that_reads_no_chats_connects_to_none(live: Live, memory: Memory) -> None:
    await Workspace.objects.aupdate(modules=["moderation"])
    media, chat = ScriptedMedia([OPENED, *sound(5.0)]), ScriptedChat([RoomOpened("7")])
    async with broadcast(live, media, chat):
        async with asyncio.timeout(DEADLINE_S):
            await media.hung.wait()

    assert (chat.asked, memory.closed) == ([], 1)


async def test_a_live_that_is_over_is_not_watched(live: Live) -> None:
    await Live.objects.aupdate(ended_at=live.started_at)

    async with asyncio.timeout(DEADLINE_S):
        await Broadcast(live.channel_id, None, Random(1)).watch()


async def test_the_end_that_was_not_heard_is_a_gap(live: Live, memory: Memory) -> None:
    broken = PortError("the connection broke", retryable=True)
    media = ScriptedMedia([OPENED, *sound(5.0), broken], resolving=[None, *[broken] * 50])
    chat = ScriptedChat([RoomOpened("7")])
    async with broadcast(live, media, chat):
        async with asyncio.timeout(DEADLINE_S):
            await until(lambda: Live.objects.filter(state=LiveState.RECONNECTING).exists())
        await sync_to_async(operations.end_live)(live.pk, Ending(clock.now(), "", is_over=True))

    await live.arefresh_from_db()
    last = await Gap.objects.filter(track="media").alatest("from_s")
    assert last.cause == str(broken)
    assert last.to_s == pytest.approx(live.duration_s)
    assert live.lost_s == pytest.approx(sum([gap.length_s async for gap in Gap.objects.filter(track="media")]))


async def test_an_end_while_the_sound_is_refused_is_a_gap_too(live: Live, memory: Memory) -> None:
    refused = PortError("the broadcast is for adults", permanent=True)
    chat = ScriptedChat([RoomOpened("7")])
    async with broadcast(live, ScriptedMedia(resolving=[refused] * 9), chat):
        async with asyncio.timeout(DEADLINE_S):
            await until(lambda: Live.objects.filter(reason=str(refused)).exists())
        await sync_to_async(operations.end_live)(live.pk, Ending(clock.now(), "", is_over=True))

    gap = await Gap.objects.filter(track="media").aget()
    assert (gap.from_s, gap.cause) == (0.0, str(refused))


async def test_a_pause_is_told_and_forgotten_when_sound_comes(live: Live, memory: Memory) -> None:
    paused, more = asyncio.Event(), asyncio.Event()
    media = ScriptedMedia([OPENED, *sound(5.0), more, *sound(6.0)])
    chat = ScriptedChat([RoomOpened("7"), RoomPaused(live.started_at, is_paused=True), paused.set])
    async with broadcast(live, media, chat):
        async with asyncio.timeout(DEADLINE_S):
            await memory.got_sound.wait()
            await paused.wait()
            await until(lambda: Live.objects.filter(reason=PAUSED).exists())
            more.set()
            await until(lambda: Live.objects.filter(state=LiveState.OK).exists())


async def test_trouble_of_the_chat_leaves_the_sound_alone(live: Live, memory: Memory) -> None:
    def fail() -> None:
        raise ValueError("odd")

    media, chat = ScriptedMedia([OPENED, *sound(5.0)]), ScriptedChat([RoomOpened("7"), fail], [RoomOpened("7")])
    async with broadcast(live, media, chat):
        await both_hang(media, chat)

    assert len(media.resumed_from) == 1
    assert len(chat.asked) == 2


async def test_a_pause_is_told_also_while_the_sound_is_refused(live: Live, memory: Memory) -> None:
    refused, goes_on = PortError("the broadcast is for adults", permanent=True), asyncio.Event()
    pauses = [RoomPaused(live.started_at, is_paused=is_paused) for is_paused in (True, False)]
    is_refused = asyncio.Event()
    chat = ScriptedChat([RoomOpened("7"), is_refused, pauses[0], goes_on, pauses[1]])
    async with broadcast(live, ScriptedMedia(resolving=[refused] * 9), chat), asyncio.timeout(DEADLINE_S):
        await until(lambda: Live.objects.filter(reason=str(refused)).exists())
        is_refused.set()
        await until(lambda: Live.objects.filter(state=LiveState.NO_AUDIO, reason=PAUSED).exists())
        goes_on.set()
        await until(lambda: Live.objects.filter(state=LiveState.NO_AUDIO, reason=NO_SOUND).exists())
