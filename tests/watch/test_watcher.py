"""The watcher with a scripted source: every way a connection can go, and what is written of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_channel
from tests.watch.fakes import ENDED, OPENED, RECORDING, Memory, ScriptedMedia, Step, sound, states
from vigie.events import CaptionReceived, KeyframeReceived, MediaOpened
from vigie.ports import Handle, NotLive, PortError, Room
from vigie.runtime import clock
from vigie.watch import hearing, operations, sinks, watcher
from vigie.watch.hearing import CUT_SHORT
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel, Gap, Live, LiveState, Thumbnail
from vigie.watch.operations import Ending
from vigie.watch.reconnecting import Patience, Stop
from vigie.watch.watcher import MUTE, NO_SOUND, OVER, UNWANTED, Outcome, Watcher

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 20
QUICK = Patience(first_s=0.01, longest_s=0.02)
BROKEN = PortError("the connection broke", retryable=True)
GONE = PortError("HTTP 404", permanent=True)
OFFLINE = NotLive("nothing is on air", retryable=True)


@pytest.fixture
async def channel() -> Channel:
    return await sync_to_async(make_channel)()


async def watcher_of(channel: Channel, media: ScriptedMedia) -> Watcher:
    return Watcher(await Logbook.of(channel.pk), media, patience=QUICK, rng=Random(1))


async def watched(channel: Channel, media: ScriptedMedia) -> Outcome:
    async with asyncio.timeout(DEADLINE_S):
        return await (await watcher_of(channel, media)).watch()


@asynccontextmanager
async def watching(channel: Channel, media: ScriptedMedia) -> AsyncIterator[None]:
    """Watch until the source hangs, then look, then cancel as the supervisor does."""
    task = asyncio.create_task((await watcher_of(channel, media)).watch())
    try:
        async with asyncio.timeout(DEADLINE_S):
            await media.hung.wait()
        yield
    finally:
        task.cancel()
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.wait([task])


async def gaps() -> list[tuple[float, float, str]]:
    return [gap async for gap in Gap.objects.order_by("from_s").values_list("from_s", "to_s", "cause")]


async def test_a_live_is_heard_to_its_end(channel: Channel, memory: Memory) -> None:
    outcome = await watched(channel, ScriptedMedia([OPENED, *sound(7.0, 3), ENDED]))

    live = await Live.objects.aget()
    assert outcome == Outcome(live.pk, Stop(OVER, is_over=True), is_recording=False)
    assert (live.state, live.reason, live.heard_s, live.heard_until_s) == (LiveState.ENDED, OVER, 3.0, 3.0)
    assert live.ended_at is not None
    assert memory.stretches == [(0, 0.0, 3.0)]
    assert memory.closed == 1


async def test_the_media_is_asked_for_the_broadcast_that_its_platform_told_of(channel: Channel, memory: Memory) -> None:
    web, detected = ScriptedMedia([OPENED, ENDED]), ScriptedMedia([OPENED, ENDED])
    await watched(channel, web)
    await Channel.objects.filter(pk=channel.pk).aupdate(platform="tiktok", address="camille", platform_id="42")
    channel = await Channel.objects.aget(pk=channel.pk)
    await sync_to_async(operations.open_live)(channel, title="", now=clock.now(), room_id="7")
    await watched(channel, detected)

    assert web.rooms == [None]
    assert detected.rooms == [Room(Handle("camille", "42", "7"), "7", channel.workspace_id)]


async def test_a_break_is_a_gap_and_the_next_connection_goes_on_where_it_was(channel: Channel, memory: Memory) -> None:
    media = ScriptedMedia([OPENED, *sound(7.0, 3), BROKEN], [OPENED, *sound(9.0, 2), *sound(12.0, 2), ENDED])

    await watched(channel, media)

    assert (media.resumed_from, media.were_live) == ([None, 10.0], [False, True])
    assert await gaps() == [(4.0, 5.0, "the stream skipped ahead")]
    assert memory.stretches == [(0, 0.0, 4.0), (1, 5.0, 7.0)]


async def test_what_was_lost_in_a_break_has_its_cause(channel: Channel, memory: Memory) -> None:
    media = ScriptedMedia(
        [OPENED, *sound(0.0, 2), BROKEN], [PortError("HTTP 503", retryable=True)], [OPENED, *sound(6.0)]
    )

    async with watching(channel, media):
        assert await gaps() == [(2.0, 6.0, "the connection broke")]
        assert (await Live.objects.aget()).state == LiveState.OK

    assert memory.stretches == [(0, 0.0, 2.0), (1, 6.0, 7.0)]


async def test_while_it_is_interrupted_the_live_says_so(channel: Channel, memory: Memory) -> None:
    media = ScriptedMedia([OPENED, *sound(0.0, 2), BROKEN])

    async with watching(channel, media):
        live = await Live.objects.aget()
        assert (live.state, live.reason) == (LiveState.RECONNECTING, "the connection broke")


@pytest.mark.parametrize("trouble", [[BROKEN], []], ids=["the connection broke", "nothing comes any more"])
async def test_sinks_are_told_of_an_interruption_while_it_lasts(
    channel: Channel, memory: Memory, monkeypatch: pytest.MonkeyPatch, trouble: list[Step]
) -> None:
    monkeypatch.setattr(watcher, "TICK_S", 0.01)
    monkeypatch.setattr(hearing, "OVERDUE_S", 0.05)

    async with watching(channel, ScriptedMedia([OPENED, *sound(0.0, 2), *trouble])), asyncio.timeout(DEADLINE_S):
        assert memory.closed == 0
        await memory.paused.wait()


async def test_a_live_is_over_when_the_platform_says_so_twice(channel: Channel, memory: Memory) -> None:
    media = ScriptedMedia([OPENED, *sound(0.0, 2), BROKEN], resolving=[None, OFFLINE, OFFLINE])

    outcome = await watched(channel, media)

    assert outcome.stop == Stop("nothing is on air", is_over=True)
    assert (await Live.objects.aget()).state == LiveState.ENDED
    assert await gaps() == []


async def test_an_address_that_expires_is_resolved_again(channel: Channel, memory: Memory) -> None:
    expired = PortError("HTTP 403", permanent=True)
    connections: list[list[Step]] = [[OPENED, *sound(number * 2.0, 2), expired] for number in range(6)]

    await watched(channel, ScriptedMedia(*connections, [OPENED, ENDED]))

    assert memory.stretches == [(0, 0.0, 12.0)]
    assert await gaps() == []


async def test_a_source_that_never_answers_opens_no_live(channel: Channel, memory: Memory) -> None:
    outcome = await watched(channel, ScriptedMedia(*[[GONE]] * 9))

    assert outcome == Outcome(None, Stop("HTTP 404", is_over=False), is_recording=False)
    assert not await Live.objects.aexists()
    assert memory.opened == []


async def test_a_channel_that_is_not_on_air_opens_no_live(channel: Channel, memory: Memory) -> None:
    outcome = await watched(channel, ScriptedMedia(resolving=[OFFLINE] * 9))

    assert outcome == Outcome(None, Stop("nothing is on air", is_over=True), is_recording=False)
    assert memory.opened == []


async def test_a_new_clock_in_a_connection_is_no_new_connection(channel: Channel, memory: Memory) -> None:
    await watched(channel, ScriptedMedia([OPENED, *sound(50.0, 2), OPENED, *sound(0.0, 2), ENDED]))

    assert memory.stretches == [(0, 0.0, 4.0)]
    assert await Live.objects.acount() == 1


async def test_captions_are_handed_on(channel: Channel, memory: Memory) -> None:
    caption = CaptionReceived(8.0, 9.0, "Bonjour", "fr")

    await watched(channel, ScriptedMedia([OPENED, *sound(7.0, 2), caption, ENDED]))

    assert [(one.start_s, one.text) for one in memory.captions] == [(1.0, "Bonjour")]


# ── silence ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_live_without_sound_says_so_and_is_looked_at_again(channel: Channel, memory: Memory) -> None:
    silent = MediaOpened("hls", is_live=True, has_audio=False)
    nothing = PortError("no sound", retryable=True)
    looks: list[list[Step]] = [[silent, nothing] for _ in range(8)]
    media = ScriptedMedia(*looks, [silent])

    async with watching(channel, media):
        live = await Live.objects.aget()
        assert (live.state, live.reason) == (LiveState.NO_AUDIO, NO_SOUND)


async def test_a_connection_that_falls_silent_says_so_and_sound_is_told_again(
    channel: Channel, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "TICK_S", 0.01)
    monkeypatch.setattr(watcher, "SILENT_S", 0.05)
    again = asyncio.Event()
    media = ScriptedMedia([OPENED, *sound(0.0), again, *sound(1.0)])
    async with states() as turned, asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        task = group.create_task((await watcher_of(channel, media)).watch())
        seen = [await turned.get(), await turned.get()]
        again.set()
        seen.append(await turned.get())
        task.cancel()

    assert seen == [LiveState.OK, LiveState.NO_AUDIO, LiveState.OK]


# ── recordings ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_recording_keeps_its_own_time(channel: Channel, memory: Memory) -> None:
    outcome = await watched(channel, ScriptedMedia([RECORDING, *sound(2.0, 3), *sound(9.0), ENDED]))

    assert outcome.is_recording
    assert memory.stretches == [(0, 2.0, 5.0), (1, 9.0, 10.0)]
    assert await gaps() == [(5.0, 9.0, "the stream skipped ahead")]


async def test_a_recording_that_is_cut_short_says_so(channel: Channel, memory: Memory) -> None:
    declared = MediaOpened("file", is_live=False, has_audio=True, duration_s=60.0)

    await watched(channel, ScriptedMedia([declared, *sound(0.0, 3), ENDED]))

    assert await gaps() == [(3.0, 60.0, CUT_SHORT)]


async def test_a_file_that_cannot_be_decoded_is_given_up_at_once(channel: Channel, memory: Memory) -> None:
    damaged = PortError("not media, or damaged", permanent=True)

    outcome = await watched(channel, ScriptedMedia([RECORDING, damaged]))

    live = await Live.objects.aget()
    assert outcome.stop == Stop("not media, or damaged", is_over=False)
    assert (live.state, live.reason) == (LiveState.FAILED, "not media, or damaged")


@pytest.mark.parametrize("opened", [RECORDING, MediaOpened("file", is_live=False, has_audio=False)])
async def test_a_recording_without_sound_says_so(channel: Channel, memory: Memory, opened: MediaOpened) -> None:
    outcome = await watched(channel, ScriptedMedia([opened, ENDED]))

    live = await Live.objects.aget()
    assert outcome == Outcome(live.pk, Stop(MUTE, is_over=False), is_recording=True)
    assert (live.state, live.reason, memory.heard) == (LiveState.FAILED, MUTE, [])


# ── leaving and coming back ────────────────────────────────────────────────────────────────────────────────────────


async def want(channel: Channel) -> None:
    channel.is_watched = True
    await channel.asave()


async def test_a_watcher_that_is_stopped_leaves_the_live_to_the_next(channel: Channel, memory: Memory) -> None:
    await want(channel)
    async with watching(channel, ScriptedMedia([OPENED, *sound(100.0, 3)])):
        pass
    live = await Live.objects.aget()
    assert (live.ended_at, live.heard_s, live.clock_shift_s, memory.closed) == (None, 3.0, -100.0, 1)

    media = ScriptedMedia([OPENED, *sound(102.0, 3), ENDED])
    await watched(channel, media)

    await live.arefresh_from_db()
    assert media.resumed_from == [103.0]
    assert (live.state, live.heard_s, live.lost_s) == (LiveState.ENDED, 5.0, 0.0)
    assert [audio.epoch for audio in memory.heard] == [0, 0, 0, 1, 1]


async def test_a_watcher_whose_channel_was_given_up_ends_the_live(channel: Channel, memory: Memory) -> None:
    async with watching(channel, ScriptedMedia([OPENED, *sound(0.0, 3)])):
        pass

    live = await Live.objects.aget()
    assert (live.state, live.reason, live.heard_s) == (LiveState.ENDED, UNWANTED, 3.0)


async def test_a_live_that_somebody_else_closed_is_let_go(channel: Channel, memory: Memory) -> None:
    closed = asyncio.Event()
    media = ScriptedMedia([OPENED, *sound(0.0), closed, *sound(9.0)])
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        task = group.create_task((await watcher_of(channel, media)).watch())
        await memory.got_sound.wait()
        live = await Live.objects.aget()
        await sync_to_async(operations.end_live)(live.pk, Ending(live.started_at, "closed", is_over=True))
        closed.set()

    outcome = task.result()
    await live.arefresh_from_db()
    assert outcome.stop == Stop(UNWANTED, is_over=True)
    assert (live.reason, memory.closed) == ("closed", 1)


class Full(Memory):
    """A sink that breaks."""

    async def audio(self, audio: object) -> None:
        raise OSError("disk full")


async def test_trouble_of_ours_leaves_the_live_open_and_the_sinks_closed(channel: Channel, memory: Memory) -> None:
    await want(channel)
    full = Full()
    sinks.add_sink(full)

    with pytest.raises(ExceptionGroup) as caught:
        await watched(channel, ScriptedMedia([OPENED, *sound(0.0)]))

    assert caught.group_contains(OSError)
    assert (memory.closed, full.closed) == (1, 1)
    assert (await Live.objects.aget()).ended_at is None


async def test_a_picture_is_kept_with_its_moment(channel: Channel, memory: Memory) -> None:
    picture = KeyframeReceived(101.0, b"jpeg")
    early = KeyframeReceived(99.0, b"before any sound")
    media = ScriptedMedia([OPENED, early, *sound(100.0, 2), picture])
    async with watching(channel, media):
        kept = await Thumbnail.objects.aget()
        assert (kept.at_s, bytes(kept.jpeg)) == (1.0, b"jpeg")
