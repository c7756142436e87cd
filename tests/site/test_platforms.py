"""The platforms as they are wired, against the simulators of the demo: who is on air, their chats, their sound."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_membership
from vigie.events import ActivityReceived, AudioReceived, CaptionSpoken
from vigie.people import operations as people
from vigie.people import scopes
from vigie.people.models import Role
from vigie.people.operations.connections import Consent
from vigie.ports import AccountAuthority, Airing, ChatSource, Handle, LiveProbe, MediaSource, PortError, Reach, Room
from vigie.runtime import clock, registry
from vigie.site import platforms
from vigie.site.platforms import NOT_CONFIGURED, NotSetUp, Vendors
from vigie.site.studio import TIKTOK_HANDLE, TWITCH_LOGIN, Studio

PORTS = (LiveProbe, ChatSource, MediaSource, AccountAuthority)


@asynccontextmanager
async def provided(vendors: Vendors) -> AsyncIterator[None]:
    """Let the platforms be these, for as long as the block lasts."""
    keys = [(port, platform) for port in PORTS for platform in ("tiktok", "twitch")]
    before = {key: registry.current(*key) for key in keys}
    platforms.provide(Reach.NETWORK, vendors)
    try:
        async with platforms.at_work():
            yield
    finally:
        for key, factory in before.items():
            registry.withdraw(*key)
            if factory:
                registry.provide(key[0], factory, key[1])


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with Studio() as studio:
        yield studio


async def first(kind: type, items: AsyncGenerator[Any, None]) -> Any:
    async with aclosing(items) as found:
        async for item in found:
            if isinstance(item, kind):
                return item
    return None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("platform", "name"), [("tiktok", TIKTOK_HANDLE), ("twitch", TWITCH_LOGIN)])
async def test_a_simulated_platform_is_on_air_and_heard(studio: Studio, platform: str, name: str) -> None:
    async with provided(studio.vendors):
        [sighting] = await registry.get(LiveProbe, platform).probe([Handle(name)])
        media = registry.get(MediaSource, platform)
        sound = await first(AudioReceived, media.stream(await media.resolve(name)))

    assert sighting.airing is Airing.LIVE
    assert sound is not None


@pytest.mark.django_db(transaction=True)
async def test_the_chat_of_tiktok_is_read_and_brings_captions(studio: Studio) -> None:
    async with provided(studio.vendors):
        chat = registry.get(ChatSource, "tiktok")
        assert await first(ActivityReceived, chat.chat(Room(Handle(TIKTOK_HANDLE), ""))) is not None
        assert await first(CaptionSpoken, chat.chat(Room(Handle(TIKTOK_HANDLE), ""))) is not None


@pytest.mark.django_db(transaction=True)
async def test_the_chat_of_twitch_is_read_by_the_account_of_the_team(studio: Studio) -> None:
    member = await sync_to_async(make_membership)(Role.ADMINISTRATOR)
    grant, identity = studio.consent()
    consent = Consent(scopes.TWITCH, scopes.OFFERED[scopes.TWITCH], grant, identity)
    async with provided(studio.vendors):
        chat = registry.get(ChatSource, "twitch")
        with pytest.raises(PortError) as refused:
            await first(ActivityReceived, chat.chat(Room(Handle(TWITCH_LOGIN), "", member.workspace_id)))
        await sync_to_async(people.connect_account)(member, consent, clock.now())
        said = await first(ActivityReceived, chat.chat(Room(Handle(TWITCH_LOGIN), "", member.workspace_id)))

    assert refused.value.permanent
    assert said is not None


@pytest.mark.django_db(transaction=True)
async def test_twitch_says_what_the_settings_lack() -> None:
    async with provided(Vendors()):
        [sighting] = await registry.get(LiveProbe, "twitch").probe([Handle("camille")])
        assert registry.find(AccountAuthority, "twitch") is None
        with pytest.raises(PortError, match="VIGIE_TWITCH_CLIENT_ID"):
            await first(ActivityReceived, registry.get(ChatSource, "twitch").chat(Room(Handle("camille"), "")))

    assert (sighting.airing, sighting.reason, sighting.is_permanent) == (Airing.UNKNOWN, NOT_CONFIGURED, False)
    assert isinstance(registry.current(LiveProbe, "twitch"), object)
    assert NotSetUp().most >= 100
