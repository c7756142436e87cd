"""Clips of real pictures and sound: what is cut plays, also across changes of the encoding, without an error."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from tests.adapters.mp4.reels import SMALL, TALL, filmed, later, troubles
from tests.clips.rows import fresh, on_air, wish
from tests.factories import make_ref
from vigie.adapters.mp4.client import Mp4Files
from vigie.clips import cutting, folders, operations, rings, tasks
from vigie.clips.models import Clip, ClipState, Poster
from vigie.events import ClipChanged, Kind
from vigie.ports import PlacedPackets, Reel, VideoFiles
from vigie.runtime import bus, clock, registry

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 60


@pytest.fixture(autouse=True)
def real_files() -> Iterator[None]:
    before = registry.current(VideoFiles)
    registry.provide(VideoFiles, Mp4Files)
    yield
    registry.withdraw(VideoFiles)
    if before:
        registry.provide(VideoFiles, before)


def placed(reel: Reel) -> PlacedPackets:
    return PlacedPackets(0.0, reel.encodings, reel.packets)


async def cut(*reels: Reel, from_s: float, at_s: float, to_s: float) -> Clip:
    """Return the clip of a live that was broadcast so, looked at."""
    live = await sync_to_async(on_air)(started_at=clock.now() - timedelta(seconds=30))
    named, loop = asyncio.Event(), asyncio.get_running_loop()

    def hear(changed: ClipChanged) -> None:
        if changed.state in (ClipState.RENAMED, ClipState.FAILED):
            loop.call_soon_threadsafe(named.set)

    bus.follow(ClipChanged, hear)
    try:
        async with cutting.at_work(), asyncio.timeout(DEADLINE_S):
            keeper = await rings.keep(make_ref(live))
            for reel in reels:
                await keeper.packets(placed(reel))
            asked = wish(live, from_s=from_s, at_s=at_s, to_s=to_s)
            clip = await sync_to_async(operations.request_clip)(asked, by=None, now=clock.now())
            await named.wait()
    finally:
        bus.unfollow(ClipChanged, hear)
    await sync_to_async(tasks.finish_clips)()
    return await sync_to_async(fresh)(clip)


async def test_a_clip_is_copied_from_the_keyframe_before_it_and_plays() -> None:
    clip = await cut(filmed(10), from_s=3.0, at_s=5.0, to_s=8.0)

    assert (clip.state, clip.reason) == (ClipState.VERIFIED, "")
    assert (clip.width, clip.height) == TALL
    assert clip.starts_s == pytest.approx(2.0, abs=0.1)
    assert clip.duration_s == pytest.approx(6.1, abs=0.3)
    assert troubles(folders.path_of(clip)) == ""
    poster = await sync_to_async(lambda: bytes(Poster.objects.get(clip=clip).jpeg))()
    assert poster.startswith(b"\xff\xd8")


async def test_a_stream_that_changes_its_resolution_twice_makes_one_clip_without_errors() -> None:
    tall, small = filmed(6), filmed(6, size=SMALL)

    clip = await cut(tall, later(small, 6.0), later(tall, 12.0), from_s=4.0, at_s=9.0, to_s=14.0)

    assert (clip.state, clip.reason) == (ClipState.VERIFIED, "")
    assert (clip.width, clip.height) == TALL
    assert clip.duration_s == pytest.approx(10.1, abs=0.3)
    assert troubles(folders.path_of(clip)) == ""


async def test_sound_alone_is_a_clip_too() -> None:
    reel = filmed(10)
    sound = replace(
        reel,
        encodings=tuple(it for it in reel.encodings if it.kind is Kind.SOUND),
        packets=tuple(it for it in reel.packets if it.kind is Kind.SOUND),
    )

    clip = await cut(sound, from_s=3.0, at_s=5.0, to_s=8.0)

    assert (clip.state, clip.reason, clip.width) == (ClipState.VERIFIED, "", 0)
    assert not await Poster.objects.aexists()
