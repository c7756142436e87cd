"""The media of a channel: found by the real streamlink, pulled from a server."""

import asyncio

import pytest

from tests.adapters.twitch.twitch import CHANNEL, SOON_S
from vigie.adapters.twitch.media import TwitchMedia, login_of
from vigie.adapters.web.client import WebMedia
from vigie.events import AudioReceived, KeyframeReceived, MediaOpened, PacketsReceived
from vigie.ports import NotLive, PortError, Reach
from vigie.simulators.media import MediaServer, RunningClock, demo_script
from vigie.simulators.twitch import Fault, Kind, TwitchServer

GQL, USHER = "https://gql.twitch.tv", "https://usher.ttvnw.net"
SPEED = 16.0


def media(server: TwitchServer) -> TwitchMedia:
    bases = {GQL: server.url().rstrip("/"), USHER: server.url("usher")}
    return TwitchMedia(WebMedia(Reach.NETWORK, speed=SPEED, bases=bases))


@pytest.mark.parametrize(
    "source",
    ["lapomme", "@lapomme", " LaPomme ", "https://www.twitch.tv/LaPomme", "https://m.twitch.tv/lapomme/?a=b"],
)
def test_a_channel_is_known_by_name_and_by_page(source: str) -> None:
    assert login_of(source) == "lapomme"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a b",
        "🍎",
        "https://www.twitch.tv/",
        "https://twitch.tv/videos/5",
        "https://evil.example/lapomme",
        "http://[x",
    ],
)
def test_what_is_no_channel_is_refused(source: str) -> None:
    with pytest.raises(PortError, match="no channel of Twitch") as caught:
        login_of(source)

    assert caught.value.permanent


async def test_a_live_is_found_and_heard() -> None:
    with (
        MediaServer(demo_script(), clock=RunningClock(SPEED)) as origin,
        TwitchServer(media_url=lambda _: origin.url("fr.m3u8")) as server,
    ):
        server.add(CHANNEL)
        server.go_live(CHANNEL.login, title="Tarte")
        source = media(server)
        location = await source.resolve(CHANNEL.login)
        heard = source.stream(location)
        async with asyncio.timeout(SOON_S):
            first, second = await anext(heard), await anext(heard)
            while not isinstance(await anext(heard), KeyframeReceived):
                pass
        await heard.aclose()

    assert (location.protocol, location.is_live, location.title) == ("hls", True, "Tarte")
    assert location.url == origin.url("fr/audio.m3u8")
    assert location.pictures_url == origin.url("fr/video.m3u8")
    assert isinstance(first, MediaOpened)
    assert isinstance(second, AudioReceived)


async def test_with_packets_the_pictures_of_a_live_are_pulled_with_its_sound() -> None:
    with (
        MediaServer(demo_script(), clock=RunningClock(SPEED)) as origin,
        TwitchServer(media_url=lambda _: origin.url("fr.m3u8")) as server,
    ):
        server.add(CHANNEL)
        server.go_live(CHANNEL.login, title="Tarte")
        source = media(server)
        location = await source.resolve(CHANNEL.login, with_packets=True)
        heard = source.stream(location)
        kinds = set[type]()
        async with asyncio.timeout(SOON_S):
            while not {PacketsReceived, AudioReceived, KeyframeReceived} <= kinds:
                kinds.add(type(await anext(heard)))
        await heard.aclose()

    assert location.url == origin.url("fr/video.m3u8")
    assert location.with_packets


async def test_a_channel_that_rests_is_not_live(server: TwitchServer) -> None:
    for login in (CHANNEL.login, "nobody"):
        with pytest.raises(NotLive):
            await media(server).resolve(login)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.REFUSE, "gql", times=0),
        Fault(Kind.REFUSE, "usher", times=0, status=403),
        Fault(Kind.REFUSE, "usher", times=0, status=429),
        Fault(Kind.REFUSE, "usher", times=0, status=503),
        Fault(Kind.RESET, "usher", times=0),
    ],
    ids=lambda fault: f"{fault.path}-{fault.kind}-{fault.status}",
)
async def test_trouble_of_twitch_is_no_end_of_a_live(server: TwitchServer, fault: Fault) -> None:
    server.go_live(CHANNEL.login)
    server.fail(fault)

    with pytest.raises(PortError) as caught:
        await media(server).resolve(CHANNEL.login)

    assert caught.value.retryable
    assert not isinstance(caught.value, NotLive)


async def test_media_that_cannot_be_had_is_no_end_of_a_live() -> None:
    with TwitchServer(media_url=lambda _: "http://127.0.0.1:9/gone.m3u8") as server:
        server.add(CHANNEL)
        server.go_live(CHANNEL.login)
        with pytest.raises(PortError, match="nothing is on air, or it is not shown: ConnectionError") as caught:
            await media(server).resolve(CHANNEL.login)

    assert caught.value.retryable
    assert not isinstance(caught.value, NotLive)
