"""Channels are asked for as they are due, many a request; trouble makes them unknown and ends nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_channel, make_workspace
from tests.watch.fakes import ScriptedProbe
from vigie.events import LiveStarted
from vigie.ports import Airing, Fence, Handle, LiveProbe, PortError, Sighting
from vigie.runtime import bus, clock, leases, registry
from vigie.watch import detecting, operations
from vigie.watch.models import Channel, Live, Presence
from vigie.watch.pacing import LOOKED_AT

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def watched(*names: str, platform: str = "tiktok") -> list[Channel]:
    workspace, now = make_workspace(), clock.now()
    for name in names:
        channel = make_channel(workspace, address=name)
        Channel.objects.filter(pk=channel.pk).update(platform=platform, is_watched=True)
        operations.expect(Channel.objects.get(pk=channel.pk), now - timedelta(seconds=len(names)))
    return list(Channel.objects.filter(workspace=workspace).order_by("pk"))


@sync_to_async
def known() -> dict[str, tuple[str, str]]:
    rows = Presence.objects.values_list("channel__address", "airing", "reason")
    return {address: (airing, reason) for address, airing, reason in rows}


@asynccontextmanager
async def started() -> AsyncIterator[asyncio.Event]:
    """Yield what is set once a live began."""
    loop, began = asyncio.get_running_loop(), asyncio.Event()

    def note(_: LiveStarted) -> None:
        loop.call_soon_threadsafe(began.set)

    bus.follow(LiveStarted, note)
    try:
        yield began
    finally:
        bus.unfollow(LiveStarted, note)


def live(name: str) -> Sighting:
    return Sighting(name, Airing.LIVE, room_id="7")


async def asked_in_turn(*, most: int, times: int) -> list[str]:
    """Return the names that are asked for, look by look."""
    probe = ScriptedProbe(*[[Sighting("", Airing.OFFLINE)] * most] * times)
    probe.most = most
    for _ in range(times):
        await detecting.look("tiktok", probe, None, Random(1))
    return [handle.name for asked in probe.asked for handle in asked]


async def test_look_asks_for_as_many_as_one_request_takes() -> None:
    await watched("a", "b", "c")
    probe = ScriptedProbe([live("a"), Sighting("b", Airing.OFFLINE)], [live("c")])

    looked = [await detecting.look("tiktok", probe, None, Random(1)) for _ in range(3)]

    assert (looked, [[handle.name for handle in asked] for asked in probe.asked]) == ([2, 1, 0], [["a", "b"], ["c"]])
    assert await Live.objects.acount() == 2
    assert await known() == {"a": ("live", ""), "b": ("offline", ""), "c": ("live", "")}


async def test_look_begins_with_what_people_look_at() -> None:
    channels = await watched("a", "b", "c")
    await sync_to_async(operations.look_at)([channels[2].pk], clock.now())
    probe = ScriptedProbe([live("c"), live("a")])

    await detecting.look("tiktok", probe, None, Random(1))

    assert [handle.name for handle in probe.asked[0]] == ["c", "a"]


async def test_what_people_no_longer_look_at_waits_its_turn() -> None:
    channels = await watched("a", "b")
    now = clock.now()
    await sync_to_async(operations.look_at)([channels[1].pk], now - LOOKED_AT - timedelta(seconds=1))
    await Presence.objects.filter(pk=channels[0].pk).aupdate(due_at=now - timedelta(hours=1))

    assert await asked_in_turn(most=1, times=2) == ["a", "b"]


async def test_what_many_people_looked_at_once_starves_nobody() -> None:
    channels = await watched("a", *(f"b{number}" for number in range(9)))
    now = clock.now()
    await sync_to_async(operations.look_at)([channel.pk for channel in channels[1:]], now - LOOKED_AT * 2)
    await Presence.objects.filter(pk=channels[0].pk).aupdate(due_at=now - timedelta(hours=1))

    assert await asked_in_turn(most=1, times=1) == ["a"]


async def test_what_many_people_look_at_starves_nobody() -> None:
    channels = await watched("a", *(f"b{number}" for number in range(3)))
    now = clock.now()
    await sync_to_async(operations.look_at)([channel.pk for channel in channels[1:]], now)
    await Presence.objects.filter(pk=channels[0].pk).aupdate(due_at=now - timedelta(minutes=2))

    assert await asked_in_turn(most=1, times=1) == ["a"]


class Unheard(ScriptedProbe):
    """A probe that says of one channel what no column takes."""

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        said = await super().probe(channels)
        return [replace(said[0], airing=None), *said[1:]]  # type: ignore[arg-type] # the fault of an adapter


async def test_a_channel_that_cannot_be_written_leaves_the_others() -> None:
    channels = await watched("a", "b")
    await detecting.look("tiktok", Unheard([live("a"), live("b")]), None, Random(1))

    assert [row.channel_id async for row in Live.objects.all()] == [channels[1].pk]
    presence = await Presence.objects.aget(pk=channels[0].pk)
    assert presence.due_at - clock.now() == pytest.approx(timedelta(seconds=60), abs=timedelta(seconds=20))


class Forgetting(ScriptedProbe):
    """A probe during which a channel is deleted."""

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        await Presence.objects.filter(channel__address="a").adelete()
        return await super().probe(channels)


async def test_a_channel_that_is_deleted_meanwhile_leaves_the_others() -> None:
    channels = await watched("a", "b")
    await detecting.look("tiktok", Forgetting([live("a"), live("b")]), None, Random(1))

    assert [row.channel_id async for row in Live.objects.all()] == [channels[1].pk]


async def test_trouble_makes_unknown_and_waits_as_long_as_it_was_asked_to() -> None:
    await watched("a")
    trouble = PortError("TikTok asks to wait.", retryable=True, retry_after_s=600.0)

    await detecting.look("tiktok", ScriptedProbe(trouble), None, Random(1))

    assert await known() == {"a": ("unknown", "TikTok asks to wait.")}
    presence = await Presence.objects.aget()
    assert presence.due_at - clock.now() == pytest.approx(timedelta(seconds=600), abs=timedelta(seconds=20))


async def test_other_platforms_and_channels_that_are_not_watched_are_left_alone() -> None:
    await watched("a", platform="twitch")
    [channel] = await watched("b")
    await Channel.objects.filter(pk=channel.pk).aupdate(is_watched=False)

    assert await detecting.look("tiktok", ScriptedProbe(), None, Random(1)) == 0


async def test_a_former_detector_writes_nothing() -> None:
    await watched("a")
    with pytest.raises(leases.LeaseLost):
        await detecting.look("tiktok", ScriptedProbe([live("a")]), Fence("detector:tiktok", 3), Random(1))

    assert not await Live.objects.aexists()


async def test_a_detector_is_wanted_where_there_are_channels_and_a_probe() -> None:
    await watched("a")
    await watched("b", platform="twitch")
    before = registry.current(LiveProbe, "tiktok"), registry.current(LiveProbe, "twitch")
    registry.withdraw(LiveProbe, "twitch")
    registry.provide(LiveProbe, lambda: ScriptedProbe([live("a")]), "tiktok")
    try:
        assert await sync_to_async(detecting.wanted)() == {"detector:tiktok"}
        held = await sync_to_async(leases.claim)({"detector:tiktok"}, "me", clock.now(), ttl_s=60, limit=1)
        async with started() as began:
            running = asyncio.create_task(detecting.detect(Fence("detector:tiktok", held["detector:tiktok"])))
            async with asyncio.timeout(20):
                await began.wait()
            running.cancel()
            await asyncio.wait([running])
    finally:
        registry.withdraw(LiveProbe, "tiktok")
        for factory, platform in zip(before, ("tiktok", "twitch"), strict=True):
            if factory:
                registry.provide(LiveProbe, factory, platform)
