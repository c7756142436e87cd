"""Moments are cut out of what is kept of lives as soon as they are over; what cannot be says why."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from tests.clips.packets import OTHERS, broadcast, shows
from tests.clips.rows import Videos, files, fresh, incoming_files, make_chatter, on_air, states, wish
from tests.factories import make_ref
from vigie.clips import cutting, folders, operations, rings
from vigie.clips.models import Clip, ClipState
from vigie.clips.reasons import ENDS_EARLY, INTERRUPTED, NOT_KEPT, STARTS_LATE
from vigie.clips.rings import Keeper
from vigie.events import ClipChanged
from vigie.ports import PlacedPackets, PortError
from vigie.runtime import bus, clock
from vigie.watch.models import Live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("videos")]

DEADLINE_S = 30
FULL = PortError("3.mp4 cannot be written: the disk is full.", retryable=True)
NO_VIDEO = PortError("3.mp4: these packets make no video.", permanent=True)
OVER = (ClipState.RENAMED, ClipState.VERIFIED, ClipState.FAILED)


class News:
    """Waits for clips to come to a state."""

    def __init__(self) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()

    def hear(self, _: ClipChanged) -> None:
        self._loop.call_soon_threadsafe(self._told.set)

    async def of(self, *clips: Clip, until: Callable[[Clip], bool] = lambda clip: clip.state in OVER) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                self._told.clear()
                if all([until(await Clip.objects.aget(pk=clip.pk)) for clip in clips]):
                    return
                await self._told.wait()


@pytest.fixture
async def news() -> AsyncIterator[News]:
    news = News()
    bus.follow(ClipChanged, news.hear)
    yield news
    bus.unfollow(ClipChanged, news.hear)


@pytest.fixture
async def live() -> Live:
    """A live that began 100 s ago."""
    return await sync_to_async(on_air)(started_at=clock.now() - timedelta(seconds=100))


@asynccontextmanager
async def kept(live: Live, *stretches: PlacedPackets) -> AsyncIterator[Keeper]:
    """Keep stretches of a live while clips are cut."""
    async with cutting.at_work():
        keeper = await rings.keep(make_ref(live))
        for stretch in stretches:
            await keeper.packets(stretch)
        yield keeper


@sync_to_async
def asked(live: Live, **fields: Any) -> Clip:
    """Ask for 30 s to 70 s, unless told otherwise."""
    return operations.request_clip(wish(live, **{"template": "{seq}", **fields}), by=None, now=clock.now())


@sync_to_async
def found(*clips: Clip) -> list[tuple[str, str]]:
    return states(*clips)


@sync_to_async
def on_disk(live: Live) -> dict[str, bytes]:
    return files(live.channel.workspace)


async def test_a_moment_is_cut_and_named(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 100)):
        clip = await asked(live)
        await news.of(clip)

    assert await on_disk(live) == {"0001.mp4": shows(30, 71)}
    row = await sync_to_async(fresh)(clip)
    assert (row.state, row.starts_s, row.reason, row.claimed_until) == (ClipState.RENAMED, 30.0, "", None)
    assert incoming_files() == []


async def test_a_moment_is_cut_once_it_is_over(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 70)) as keeper:
        clip = await asked(live, to_s=75.0)
        await keeper.packets(broadcast(70, 74))
        assert await found(clip) == [(ClipState.REQUESTED, "")]
        await keeper.packets(broadcast(74, 75))
        await news.of(clip)

    assert await on_disk(live) == {"0001.mp4": shows(30, 75)}


async def test_clips_of_two_triggers_at_the_same_moment_have_the_right_names(live: Live, news: News) -> None:
    team = live.channel.workspace
    anna, bert = [await sync_to_async(make_chatter)(team, name) for name in ("anna", "bert")]
    async with kept(live, broadcast(0, 100)):
        first = await asked(live, author=anna, from_s=20.0, template="{chatter}_{trigger}")
        second = await asked(live, author=bert, trigger="wow", template="{chatter}_{trigger}")
        await news.of(first, second)

    assert await on_disk(live) == {"anna_clip it.mp4": shows(20, 71), "bert_wow.mp4": shows(30, 71)}


async def test_clips_of_several_lives_are_cut_beside_each_other(live: Live, news: News) -> None:
    other = await sync_to_async(on_air)(started_at=live.started_at)
    async with kept(live, broadcast(0, 100)), asyncio.TaskGroup():
        keeper = await rings.keep(make_ref(other))
        await keeper.packets(broadcast(0, 60))
        waits, ready = await asked(other), await asked(live)
        await news.of(ready)
        assert await found(waits) == [(ClipState.REQUESTED, "")]
        await keeper.packets(broadcast(60, 80))
        await news.of(waits)

    assert [state for state, _ in await found(waits, ready)] == [ClipState.RENAMED] * 2


async def test_what_another_process_asked_for_is_found(live: Live, news: News) -> None:
    bus.unfollow(ClipChanged, cutting.wake)  # nobody tells this one
    try:
        async with kept(live, broadcast(0, 100)):
            clip = await asked(live)
            await news.of(clip)
    finally:
        bus.follow(ClipChanged, cutting.wake)


# ── what is missing ──


async def test_what_was_not_kept_any_more_is_told(live: Live, news: News) -> None:
    async with kept(live, broadcast(40, 100)):
        clip = await asked(live)
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, STARTS_LATE.format(10))]
    assert await on_disk(live) == {"0001.mp4": shows(40, 71)}


async def test_a_clip_longer_than_the_buffer_has_what_there_is(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 200)):
        clip = await asked(live, from_s=0.0, to_s=190.0)
        await news.of(clip)

    row = await sync_to_async(fresh)(clip)
    assert row.reason == STARTS_LATE.format(80)
    assert (await on_disk(live))["0001.mp4"] == shows(80, 191)


async def test_a_live_that_is_over_before_the_end_of_a_clip(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 65)) as keeper:
        clip = await asked(live)
        await keeper.close()
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, ENDS_EARLY.format(5))]
    assert await on_disk(live) == {"0001.mp4": shows(30, 65)}


async def test_the_end_of_a_live_can_be_cut_a_little_later(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 100)) as keeper:
        await keeper.close()
        clip = await asked(live)
        await news.of(clip)

    assert await on_disk(live) == {"0001.mp4": shows(30, 71)}


async def test_an_interruption_in_the_moment_is_waited_for(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 50)) as keeper:
        clip = await asked(live)
        await keeper.pause()
        await keeper.packets(broadcast(60, 80, OTHERS))
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, "")]
    assert await on_disk(live) == {"0001.mp4": shows(30, 50) + shows(60, 71)}


async def test_a_live_that_stalls_makes_a_clip_of_what_there_is(
    live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "OVERDUE_S", 0.05)
    async with kept(live, broadcast(0, 60)):
        clip = await asked(live)
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, ENDS_EARLY.format(10))]


async def test_a_moment_of_which_nothing_came_fails(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 10), broadcast(90, 100)):
        clip = await asked(live)
        await news.of(clip)

    assert await found(clip) == [(ClipState.FAILED, NOT_KEPT)]


@pytest.mark.parametrize("stretches", [[], [broadcast(80, 100)]])
async def test_what_is_not_kept_here_is_left_to_others(stretches: list[PlacedPackets], live: Live, news: News) -> None:
    other = await sync_to_async(on_air)(started_at=live.started_at)
    async with kept(live, *stretches) as keeper:
        await keeper.close()
        clip = await asked(live)
        await (await rings.keep(make_ref(other))).packets(broadcast(0, 100))
        ready = await asked(other)
        await news.of(ready)

    assert await found(clip) == [(ClipState.REQUESTED, "")]


async def test_what_was_removed_meanwhile_is_not_cut(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 60)) as keeper:
        clip, other = await asked(live), await asked(live)
        await Clip.objects.filter(pk=clip.pk).aupdate(removed_at=clock.now())
        await keeper.packets(broadcast(60, 80))
        await news.of(other)

    assert await found(clip) == [(ClipState.REQUESTED, "")]


# ── trouble ──


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.saving, "RETRY_S", (0.01,))


@pytest.mark.usefixtures("quick")
async def test_a_full_disk_is_tried_again_until_it_works(live: Live, news: News, videos: Videos) -> None:
    videos.troubles["write"] += [FULL, FULL]
    async with kept(live, broadcast(0, 100)):
        clip = await asked(live)
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, "")]
    assert await on_disk(live) == {"0001.mp4": shows(30, 71)}


async def test_while_the_disk_is_full_the_clip_says_so(live: Live, news: News, videos: Videos) -> None:
    videos.troubles["write"].append(FULL)
    async with kept(live, broadcast(0, 100)):
        clip = await asked(live)
        await news.of(clip, until=lambda clip: clip.reason == str(FULL))
        row = await sync_to_async(fresh)(clip)

    assert (row.state, row.tries) == (ClipState.REQUESTED, 1)
    assert row.not_before is not None


async def test_what_makes_no_video_fails(live: Live, news: News, videos: Videos) -> None:
    videos.troubles["write"].append(NO_VIDEO)
    async with kept(live, broadcast(0, 100)):
        clip = await asked(live)
        await news.of(clip)

    assert await found(clip) == [(ClipState.FAILED, str(NO_VIDEO))]
    assert await on_disk(live) == {}


@pytest.mark.usefixtures("quick")
async def test_a_folder_that_cannot_be_made_is_tried_again(live: Live, news: News) -> None:
    folder = folders.root()
    folder.write_bytes(b"in the way")
    async with kept(live, broadcast(0, 100)):
        clip = await asked(live)
        await news.of(clip, until=lambda clip: clip.reason != "")
        folder.unlink()
        await news.of(clip)

    assert await found(clip) == [(ClipState.RENAMED, "")]


async def test_what_an_earlier_try_left_is_written_over(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 60)) as keeper:
        clip = await asked(live)
        left = folders.incoming(clip)
        left.parent.mkdir(parents=True)
        left.write_bytes(b"half")
        await keeper.packets(broadcast(60, 80))
        await news.of(clip)

    assert await on_disk(live) == {"0001.mp4": shows(30, 71)}


def removed(path: Path) -> None:
    """Let a person delete the clip that is being written."""
    _change(path, removed_at=clock.now())


def given_up(path: Path) -> None:
    """Let somebody believe that whoever writes it died."""
    _change(path, state=ClipState.FAILED, reason=INTERRUPTED)


def _change(path: Path, **values: object) -> None:
    Clip.objects.filter(pk=int(path.stem)).update(**values)
    connection.close()  # files are written in a thread of their own


@pytest.mark.parametrize("meanwhile", [removed, given_up])
async def test_a_file_that_nobody_wants_any_more_is_taken_away(
    meanwhile: Callable[[Path], None], live: Live, news: News, videos: Videos
) -> None:
    videos.troubles["write"].append(meanwhile)
    async with kept(live, broadcast(0, 100)):
        clip, other = await asked(live), await asked(live, to_s=71.0)
        await news.of(other)

    assert list(await on_disk(live)) == ["0002.mp4"]
    assert incoming_files() == []
    assert (await found(clip))[0][0] in (ClipState.SAVING, ClipState.FAILED)


# ── the end of the program ──


async def test_the_end_of_the_program_cuts_what_ended_lives_still_owe(live: Live) -> None:
    async with kept(live, broadcast(0, 60)) as keeper:
        clip = await asked(live)
        await keeper.close()

    assert await found(clip) == [(ClipState.RENAMED, ENDS_EARLY.format(10))]


async def test_the_end_of_the_program_waits_for_no_live_that_goes_on(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "LAST_S", 0.05)
    async with asyncio.timeout(DEADLINE_S), kept(live, broadcast(0, 60)):
        clip = await asked(live)

    assert await found(clip) == [(ClipState.REQUESTED, "")]


async def test_two_cutters_cut_a_clip_once(live: Live, news: News, videos: Videos) -> None:
    async with kept(live, broadcast(0, 100)), cutting.at_work():
        clips = [await asked(live) for _ in range(4)]
        await news.of(*clips)

    assert len(videos.written) == 4
    assert await on_disk(live) == {f"000{number}.mp4": shows(30, 71) for number in range(1, 5)}


async def test_a_person_asks_for_a_moment_that_is_partly_yet_to_come(live: Live, news: News) -> None:
    async with kept(live, broadcast(0, 100)) as keeper:
        clip = await asked(live, at_s=100.0, from_s=80.0, to_s=110.0)
        await keeper.packets(broadcast(100, 112))
        await news.of(clip)

    assert await on_disk(live) == {"0001.mp4": shows(80, 111)}
