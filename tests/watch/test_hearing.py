from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from structlog.testing import capture_logs

from tests.factories import make_channel, make_live
from tests.watch.fakes import OPENED, RECORDING, SECOND, Memory, sound
from vigie.events import AudioReceived, CaptionReceived, MediaOpened
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PortError
from vigie.runtime import clock
from vigie.watch import sinks
from vigie.watch.hearing import CUT_SHORT, KNOWN_CAPTIONS, SKIPPED, Hearing
from vigie.watch.logbook import Logbook
from vigie.watch.models import Gap, Live, LiveState
from vigie.watch.operations import NOT_RUNNING

pytestmark = pytest.mark.django_db(transaction=True)


async def beginning(opened: MediaOpened = OPENED) -> Hearing:
    """A live that was just opened."""
    channel = await sync_to_async(make_channel)()
    hearing = Hearing(await Logbook.of(channel.pk))
    await hearing.connect(opened, "A title")
    return hearing


async def left(*, seconds_ago: float, heard_until_s: float, shift_s: float | None = None) -> Hearing:
    """A live that another process has left."""

    def make() -> int:
        live = make_live(started_at=clock.now() - timedelta(seconds=seconds_ago))
        Live.objects.filter(pk=live.pk).update(epoch=1, heard_until_s=heard_until_s, clock_shift_s=shift_s)
        return live.channel_id

    return Hearing(await Logbook.of(await sync_to_async(make)()))


async def hear(hearing: Hearing, pts_s: float, seconds: int = 1) -> None:
    for chunk in sound(pts_s, seconds):
        assert isinstance(chunk, AudioReceived)
        await hearing.sound(chunk)


async def gaps() -> list[tuple[float, float, str]]:
    found = Gap.objects.order_by("from_s").values_list("from_s", "to_s", "cause")
    return [(round(start, 1), round(end, 1), cause) async for start, end, cause in found]


async def test_the_first_connection_opens_the_live_and_its_sinks(memory: Memory) -> None:
    await hear(await beginning(), pts_s=500.0)

    live = await Live.objects.select_related("channel").aget()
    assert (live.title, live.state, live.epoch, live.heard_s) == ("A title", LiveState.OK, 0, 1.0)
    assert memory.opened == [LiveRef(live.pk, live.channel.workspace_id, "fr", live.started_at)]
    assert memory.heard == [PlacedAudio(0, 0, 0.0, SECOND)]


async def test_a_jump_is_a_gap_before_the_sound_goes_on(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 0.0, 2)
    await hear(hearing, 5.0)

    assert await gaps() == [(2.0, 5.0, SKIPPED)]
    assert memory.stretches == [(0, 0.0, 2.0), (1, 5.0, 6.0)]


async def test_an_interruption_gives_its_cause_to_the_gap(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 0.0, 2)
    hearing.interrupted_by = "HTTP 503"
    await hearing.connect(OPENED, "")
    await hear(hearing, 4.0)
    await hear(hearing, 9.0)

    assert await gaps() == [(2.0, 4.0, "HTTP 503"), (5.0, 9.0, SKIPPED)]
    assert hearing.interrupted_by == ""
    assert len(memory.opened) == 1


async def test_what_a_new_connection_repeats_is_handed_on_once(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 0.0, 3)
    await hearing.connect(OPENED, "")
    await hear(hearing, 1.5, 4)

    assert await gaps() == []
    assert memory.stretches == [(0, 0.0, 5.5)]


class FullDisk(Memory):
    """Takes two stretches of sound, then refuses one."""

    async def audio(self, audio: PlacedAudio) -> None:
        if len(self.heard) == 2 and not self.refused:
            self.refused += 1
            raise PortError("The sound cannot be kept.", retryable=True)
        await super().audio(audio)

    refused = 0


async def test_what_a_sink_refused_was_not_heard_and_is_taken_when_it_comes_again(memory: Memory) -> None:
    disk = FullDisk()
    sinks.add_sink(disk)
    hearing = await beginning()
    with pytest.raises(PortError, match="cannot be kept"):
        await hear(hearing, 0.0, 3)
    assert hearing.resume_pts_s == 2.0

    await hearing.connect(OPENED, "")
    await hear(hearing, 1.0, 4)

    assert disk.stretches == [(0, 0.0, 5.0)]
    assert await gaps() == []
    assert memory.heard[:3] == disk.heard[:3]


async def test_a_new_clock_that_is_announced_loses_nothing(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 100.0, 2)
    await hearing.rebase()
    await hear(hearing, 0.0, 2)

    assert await gaps() == []
    assert memory.stretches == [(0, 0.0, 4.0)]
    assert (await Live.objects.aget()).clock_shift_s == 2.0


async def test_a_caption_dated_far_beyond_the_sound_of_a_live_is_not_believed(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 500.0)
    await hearing.caption(CaptionReceived(96_000.0, 96_002.0, "on another clock", "fr"))

    assert memory.captions == []


async def test_captions_follow_the_sound_of_a_live_that_ran_ahead_of_the_wall_clock(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 500.0)
    await hear(hearing, 580.0)
    await hearing.caption(CaptionReceived(580.0, 581.0, "after the jump", "fr"))

    assert memory.captions == [PlacedCaption(80.0, 81.0, "after the jump", "fr")]


async def test_the_captions_of_a_recording_may_come_before_its_sound(memory: Memory) -> None:
    hearing = await beginning(RECORDING)
    await hear(hearing, 0.0)
    await hearing.caption(CaptionReceived(5_000.0, 5_002.0, "the end", "fr"))

    assert memory.captions == [PlacedCaption(5_000.0, 5_002.0, "the end", "fr")]


async def test_captions_are_placed_like_the_sound_and_handed_on_once(memory: Memory) -> None:
    hearing = await beginning()
    early, late = CaptionReceived(501.0, 502.0, "un", "fr"), CaptionReceived(502.5, 503.0, "deux", None)
    await hearing.caption(early)
    assert memory.captions == []

    await hear(hearing, 500.0)
    for caption in (early, late, late, CaptionReceived(400.0, 401.0, "before", "fr")):
        await hearing.caption(caption)

    assert memory.captions == [PlacedCaption(1.0, 2.0, "un", "fr"), PlacedCaption(2.5, 3.0, "deux", None)]


# ── restarts ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_a_restart_the_stream_clock_says_what_was_lost(memory: Memory) -> None:
    hearing = await left(seconds_ago=90.0, heard_until_s=60.0, shift_s=-1000.0)
    await hearing.take_up()
    assert hearing.resume_pts_s == 1060.0

    await hearing.connect(OPENED, "")
    await hear(hearing, 1059.0)
    await hear(hearing, 1072.0)

    assert await gaps() == [(60.0, 72.0, NOT_RUNNING)]
    assert memory.stretches == [(2, 72.0, 73.0)]


async def test_after_a_restart_without_a_clock_the_wall_says_it(memory: Memory) -> None:
    hearing = await left(seconds_ago=90.0, heard_until_s=60.0)
    await hearing.take_up()
    assert hearing.resume_pts_s is None

    await hearing.connect(OPENED, "")
    await hear(hearing, 0.0)

    ((start_s, end_s, cause),) = await gaps()
    assert (start_s, cause) == (60.0, NOT_RUNNING)
    assert end_s == pytest.approx(89.0, abs=5.0)
    assert memory.heard[0].epoch == 2


async def test_a_recording_is_taken_up_by_its_own_time(memory: Memory) -> None:
    hearing = await left(seconds_ago=9000.0, heard_until_s=60.0, shift_s=0.0)
    await hearing.take_up()
    await hearing.connect(RECORDING, "")
    await hear(hearing, 58.0, 4)

    assert await gaps() == []
    assert memory.stretches == [(2, 60.0, 62.0)]


async def test_there_may_be_nothing_to_take_up(memory: Memory) -> None:
    channel = await sync_to_async(make_channel)()
    hearing = Hearing(await Logbook.of(channel.pk))

    await hearing.take_up()

    assert memory.opened == []
    assert hearing.resume_pts_s is None


# ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("memory")
async def test_an_end_in_an_interruption_is_a_gap_when_nobody_wants_the_live_any_more() -> None:
    hearing = await left(seconds_ago=90.0, heard_until_s=60.0, shift_s=0.0)
    await hearing.take_up()
    await hearing.connect(OPENED, "")
    await hear(hearing, 60.0)
    hearing.interrupted_by = "HTTP 503"
    hearing._zero_at -= 30.0  # half a minute goes by

    await hearing.tell_missing(is_unwanted=False)
    assert await gaps() == []

    await hearing.tell_missing(is_unwanted=True)
    ((start_s, end_s, cause),) = await gaps()
    assert (start_s, cause) == (61.0, "HTTP 503")
    assert end_s == pytest.approx(91.0, abs=5.0)


@pytest.mark.usefixtures("memory")
async def test_a_live_that_ended_while_nobody_ran_has_a_gap_to_the_restart() -> None:
    hearing = await left(seconds_ago=90.0, heard_until_s=60.0)
    await hearing.take_up()

    await hearing.tell_missing(is_unwanted=False)

    ((start_s, end_s, cause),) = await gaps()
    assert (start_s, cause) == (60.0, NOT_RUNNING)
    assert end_s == pytest.approx(90.0, abs=5.0)


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(("length_s", "expected"), [(3.5, []), (None, []), (60.0, [(3.0, 60.0, CUT_SHORT)])])
async def test_a_recording_that_is_cut_short_says_so(
    length_s: float | None, expected: list[tuple[float, float, str]]
) -> None:
    hearing = await beginning(MediaOpened("file", is_live=False, has_audio=True, duration_s=length_s))
    await hear(hearing, 0.0, 3)

    await hearing.tell_missing(is_unwanted=False)

    assert await gaps() == expected


async def test_closing_lets_the_sinks_keep_what_they_got(memory: Memory) -> None:
    hearing = await beginning()
    await hear(hearing, 0.0, 2)

    await hearing.count()
    await hearing.close()

    assert memory.closed == 1
    assert (await Live.objects.aget()).heard_s == 2.0


async def test_captions_that_came_too_long_before_any_sound_are_counted(memory: Memory) -> None:
    hearing = await beginning()
    for at in range(KNOWN_CAPTIONS + 2):
        await hearing.caption(CaptionReceived(float(at), at + 1.0, "early", "fr"))

    with capture_logs() as told:
        await hearing.close()

    assert [(line["event"], line["n"]) for line in told] == [("watch.captions_dropped", 2)]


async def test_sound_before_any_connection_belongs_to_no_live(memory: Memory) -> None:
    channel = await sync_to_async(make_channel)()
    hearing = Hearing(await Logbook.of(channel.pk))

    await hear(hearing, 0.0, 2)

    assert (hearing.was_heard, memory.heard, await Live.objects.aexists()) == (False, [], False)
