"""The whole way of a clip: a simulated live is pulled once, and what a person asks for is what was heard then."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from tests.adapters.mp4.reels import pcm, troubles
from tests.chirps import told_s, write_media
from tests.clips.rows import fresh, make_team, wish
from tests.factories import make_channel, make_user
from tests.stages import stage
from tests.watch.conftest import Provided, provide
from tests.watch.fakes import Memory
from vigie.adapters.web.client import WebMedia
from vigie.clips import cutting, folders, operations, rings, tasks
from vigie.clips.models import Clip, ClipState
from vigie.events import ClipChanged, LiveStarted
from vigie.ports import Reach
from vigie.runtime import bus, clock
from vigie.simulators.media import Live as Simulated
from vigie.watch import sinks, watching
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["provide"]
DEADLINE_S = 30
SPEED = 4.0


@pytest.fixture
def memory(settings: Settings, tmp_path: Path) -> Iterator[Memory]:
    """What is heard, beside what is kept for clips."""
    settings.DATA_DIR = tmp_path
    rings._kept.clear()
    before = sinks._factories[:], dict(sinks._wants), sinks._recalls[:]
    sinks.forget_all()
    memory = Memory()
    sinks.add_sink(memory)
    sinks.add_sink(rings.keep, wants_packets=rings.wants)
    yield memory
    sinks._factories[:], sinks._recalls[:] = before[0], before[2]
    sinks._wants.update(before[1])
    rings._kept.clear()


class News:
    """What was told, to be waited for."""

    def __init__(self) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()

    def hear(self, _: LiveStarted | ClipChanged) -> None:
        self._loop.call_soon_threadsafe(self._told.set)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return once something is so, after whatever was told."""
        while not await sync_to_async(is_so)():
            await self._told.wait()
            self._told.clear()


async def kept_until(live: Live, seconds: float) -> None:
    """Return once so much of a live is kept."""
    kept = rings.Keeper(live.pk)._kept  # whether or not the live has opened its own
    while kept.ring.span is None or kept.ring.span[1] < seconds:
        kept.news.clear()
        await kept.news.wait()


@pytest.fixture
async def news() -> AsyncIterator[News]:
    news = News()
    bus.follow(LiveStarted, news.hear)
    bus.follow(ClipChanged, news.hear)
    yield news
    bus.unfollow(LiveStarted, news.hear)
    bus.unfollow(ClipChanged, news.hear)


@sync_to_async
def asked(live: Live) -> Clip:
    """Let a person ask for 4 s to 12 s."""
    wanted = wish(live, from_s=4.0, at_s=8.0, to_s=12.0, template="{channel}/{seq}")
    return operations.request_clip(wanted, by=make_user(), now=clock.now())


async def clip_of(address: str, news: News) -> Clip:
    """Watch a channel, ask for a clip once 8 s are over, and return it, looked at."""
    channel = await sync_to_async(make_channel)(await sync_to_async(make_team)(), address=address)
    watch = asyncio.create_task(watching.watch_live(channel.pk))
    try:
        async with asyncio.timeout(DEADLINE_S), cutting.at_work():
            await news.until(Live.objects.exists)
            live = await Live.objects.select_related("channel").aget()
            await kept_until(live, 8.0)
            clip = await asked(live)
            await news.until(Clip.objects.filter(state__in=[ClipState.RENAMED, ClipState.FAILED]).exists)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    await sync_to_async(tasks.finish_clips)()
    return await sync_to_async(fresh)(clip)


@pytest.mark.parametrize("path", ["rising.flv", "rising.m3u8"])
async def test_a_person_has_the_moment_that_was_heard(
    path: str, memory: Memory, news: News, provide: Provided, tmp_path: Path
) -> None:
    provide(WebMedia(Reach.NETWORK, speed=SPEED))
    film = write_media(tmp_path / "rising.mp4", 60.0, pictures=True)

    async with stage(Simulated("rising", film, loops=False), pace=lambda passed_s: SPEED * passed_s) as server:
        clip = await clip_of(server.url(path), news)

    assert (clip.state, clip.reason) == (ClipState.VERIFIED, "")
    file = folders.path_of(clip)
    assert troubles(file) == ""
    heard = memory.heard[0]
    zero_s = told_s(heard.pcm)[1] - heard.offset_s - 0.1  # which second of the tone is the beginning of the live
    said = told_s(pcm(file))
    assert clip.starts_s is not None
    assert said[1] - zero_s == pytest.approx(clip.starts_s + 0.1, abs=0.15)
    assert said[-2] - zero_s == pytest.approx(12.0, abs=1.0)
