"""One account followed in the foreground: what is on air now, to its end."""

import asyncio
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_channel
from tests.watch.audiences import activity
from tests.watch.fakes import OPENED, Memory, ScriptedChat, ScriptedMedia, ScriptedProbe, sound
from vigie.events import RoomOpened
from vigie.ports import Airing, ChatSource, LiveProbe, MediaSource, Sighting
from vigie.runtime import clock, registry
from vigie.watch import detecting, operations
from vigie.watch.following import OFF_AIR, follow
from vigie.watch.models import Channel, ChatMessage, Presence
from vigie.watch.reconnecting import Stop
from vigie.watch.watcher import OVER

pytestmark = pytest.mark.django_db(transaction=True)

LIVE, OFFLINE = Sighting("camille", Airing.LIVE, room_id="7"), Sighting("camille", Airing.OFFLINE)
UNKNOWN = Sighting("camille", Airing.UNKNOWN, "no such account", is_permanent=True)


@pytest.fixture
def channel() -> Channel:
    channel = make_channel(address="camille")
    channel.platform, channel.is_watched = "tiktok", True
    channel.save()
    operations.expect(channel, clock.now())
    return channel


@pytest.fixture(autouse=True)
def _platform() -> Iterator[None]:
    ports = (LiveProbe, ChatSource, MediaSource)
    before = {port: registry.current(port, "tiktok") for port in ports}
    yield
    for port, factory in before.items():
        registry.withdraw(port, "tiktok")
        if factory:
            registry.provide(port, factory, "tiktok")


@pytest.mark.parametrize(("sighting", "reason"), [(OFFLINE, OFF_AIR), (UNKNOWN, "no such account")])
async def test_what_is_not_on_air_is_not_waited_for(channel: Channel, sighting: Sighting, reason: str) -> None:
    registry.provide(LiveProbe, lambda: ScriptedProbe([sighting]), "tiktok")

    outcome = await follow(channel.pk)

    assert (outcome.live_id, outcome.stop) == (None, Stop(reason, is_over=False))


async def test_a_live_is_followed_to_its_end(channel: Channel, memory: Memory) -> None:
    media, chat = ScriptedMedia([OPENED, *sound(5.0)]), ScriptedChat([RoomOpened("7"), activity("a")])
    registry.provide(LiveProbe, lambda: ScriptedProbe([LIVE], [OFFLINE], [OFFLINE]), "tiktok")
    registry.provide(ChatSource, lambda: chat, "tiktok")
    registry.provide(MediaSource, lambda: media, "tiktok")
    async with asyncio.timeout(20):
        following = asyncio.create_task(follow(channel.pk))
        await media.hung.wait()
        await chat.hung.wait()
        while not following.done():
            await sync_to_async(Presence.objects.update)(due_at=clock.now())
            await asyncio.wait([following], timeout=detecting.TICK_S / 10)
        outcome = await following

    assert (outcome.stop, memory.closed) == (Stop(OVER, is_over=True), 1)
    assert await ChatMessage.objects.acount() == 1
