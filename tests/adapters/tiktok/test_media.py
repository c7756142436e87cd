"""Where the stream of a channel is, and that it plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.tiktok.simulated import adapter, asked_for
from tests.chirps import write_wav
from vigie.adapters.tiktok.media import TikTokMedia
from vigie.events import AudioReceived, MediaEnded, MediaOpened
from vigie.ports import Handle, MediaSource, NotLive, PortError, Room
from vigie.simulators.tiktok.accounts import Account, Standing, State
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.server import TikTokServer


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", user_id=61, room_id=71, title="Bonsoir"))
        server.add(Account("bruno", room_id=72, state=State.OFFLINE))
        yield server


@pytest.mark.parametrize(
    "source",
    ["alba", "@alba", "@ALBA", "https://www.tiktok.com/@alba", "https://www.tiktok.com/@alba/live?lang=fr", " alba "],
)
async def test_channel_leads_to_its_sound(server: TikTokServer, source: str) -> None:
    async with adapter(server) as tiktok:
        location = await tiktok.media.resolve(source)

    assert (location.url, location.protocol) == (server.url("pull/alba/audio.flv"), "http")
    assert (location.is_live, location.title) == (True, "Bonsoir")
    assert asked_for(server) == ["user_room", "info"]


@pytest.mark.parametrize(
    "source", ["", "https://example.org/alba", "a b", "@émoji", "https://www.tiktok.com/@a/video/1"]
)
async def test_what_is_no_channel_is_refused(server: TikTokServer, source: str) -> None:
    async with adapter(server) as tiktok:
        with pytest.raises(PortError, match="no handle of a TikTok channel") as raised:
            await tiktok.media.resolve(source)

    assert raised.value.permanent
    assert asked_for(server) == []


async def test_channel_leads_to_its_pictures_where_packets_are_wanted(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        location = await tiktok.media.resolve("alba", with_packets=True)

    assert (location.url, location.with_packets) == (server.url("pull/alba.flv?quality=hd"), True)
    assert asked_for(server) == ["user_room", "info"]


async def test_stream_that_was_found_before_costs_one_request(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        await tiktok.media.resolve("alba")
        await tiktok.media.resolve("alba")

    assert asked_for(server) == ["user_room", "info", "info"]


async def test_next_broadcast_is_found(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        await tiktok.media.resolve("alba")
        server.go_live("alba", room_id=79)
        await tiktok.media.resolve("alba")

    assert asked_for(server) == ["user_room", "info", "info", "user_room", "info"]


@pytest.mark.parametrize(
    ("room_id", "asked"),
    [
        ("71", ["info"]),
        ("", ["user_room", "profile", "user_room", "info"]),
        ("70", ["info", "user_room", "profile", "user_room", "info"]),
        ("79", ["info", "user_room", "profile", "user_room", "info"]),
    ],
)
async def test_renamed_channel_whose_handle_somebody_else_took_is_heard(
    server: TikTokServer, room_id: str, asked: list[str]
) -> None:
    server.rename("alba", "alba_tv")
    server.add(Account("alba", user_id=69, room_id=79))

    async with adapter(server) as tiktok:
        location = await tiktok.media.resolve("alba", Room(Handle("alba", "61", room_id), room_id))

    assert location.url == server.url("pull/alba_tv/audio.flv")
    assert asked_for(server) == asked


async def test_room_that_was_found_by_number_is_remembered_by_number(server: TikTokServer) -> None:
    server.rename("alba", "alba_tv")
    server.add(Account("alba", user_id=69, room_id=79))

    async with adapter(server) as tiktok:
        await tiktok.media.resolve("alba", Room(Handle("alba", "61"), ""))
        other = await tiktok.media.resolve("alba", Room(Handle("alba", "69"), ""))

    assert other.url == server.url("pull/alba/audio.flv")


async def test_room_of_another_account_is_never_heard(server: TikTokServer) -> None:
    async def find(_: Handle) -> str:
        return "71"

    async with adapter(server) as tiktok:
        media = TikTokMedia(tiktok._site, find, tiktok.media._web)
        with pytest.raises(PortError, match="@alba: TikTok shows another account") as raised:
            await media.resolve("alba", Room(Handle("alba", "62"), ""))

    assert (raised.value.permanent, isinstance(raised.value, NotLive)) == (True, False)


@pytest.mark.parametrize("was_seen", [True, False])
async def test_channel_that_is_not_on_air_is_not_live(server: TikTokServer, was_seen: bool) -> None:  # noqa: FBT001 -- a column of the table
    async with adapter(server) as tiktok:
        if was_seen:
            await tiktok.media.resolve("alba")
        server.go_offline("alba")
        with pytest.raises(NotLive, match="@alba: nothing is on air now"):
            await tiktok.media.resolve("alba")


@pytest.mark.parametrize("standing", [Standing.AGE_RESTRICTED, Standing.PRIVATE, Standing.BANNED])
async def test_live_that_is_not_shown_is_permanent_trouble(server: TikTokServer, standing: Standing) -> None:
    server.add(Account("hidden", standing=standing))

    async with adapter(server) as tiktok:
        with pytest.raises(PortError, match="@hidden: ") as raised:
            await tiktok.media.resolve("hidden")

    assert not isinstance(raised.value, NotLive)
    assert (raised.value.permanent, raised.value.retryable) == (True, False)


@pytest.mark.parametrize("kind", [Kind.CAPTCHA, Kind.HTML, Kind.EMPTY, Kind.GIBBERISH, Kind.REFUSE])
async def test_block_is_no_end_and_may_be_asked_again(server: TikTokServer, kind: Kind) -> None:
    server.break_all(Fault(kind, routes=frozenset({Route.INFO})))

    async with adapter(server) as tiktok:
        with pytest.raises(PortError) as raised:
            await tiktok.media.resolve("alba")

    assert not isinstance(raised.value, NotLive)
    assert (raised.value.retryable, raised.value.permanent) == (True, False)


async def test_another_adapter_pulls_the_media(server: TikTokServer, tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "chirp.wav", 2.0)

    async with adapter(server) as tiktok:
        media: MediaSource = tiktok.media
        location = await tiktok.media._web.resolve(str(recording))
        items = [item async for item in media.stream(location)]

    assert [type(item) for item in (items[0], items[-1])] == [MediaOpened, MediaEnded]
    assert sum(len(item.pcm) for item in items if isinstance(item, AudioReceived)) == 2 * 32_000
