import pytest
from starlette.responses import PlainTextResponse, Response
from streamlink.exceptions import FatalPluginError, PluginError
from streamlink.session.session import Streamlink
from streamlink.stream.hls.hls import HLSStream, MuxedHLSStream
from streamlink.stream.http import HTTPStream
from streamlink.stream.stream import Stream

from tests.adapters.web.origin import free_port, serving
from vigie.adapters.web import pages
from vigie.ports import MediaLocation, NotLive, PortError, Reach

SESSION = Streamlink()
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="audio_only",NAME="audio_only"
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360
video.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2",VIDEO="audio_only"
sound.m3u8
"""


def stream(name: str) -> Stream:
    return HTTPStream(SESSION, f"https://cdn.example/{name}")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("1080p", "audio_only", "worst", "best"), "audio_only"),
        (("hd", "ao", "worst"), "ao"),
        (("720p", "audio_mp4a", "worst"), "audio_mp4a"),
        (("720p", "worst", "best"), "worst"),
        (("live",), "live"),
    ],
)
def test_sound_alone_is_preferred_else_the_smallest(names: tuple[str, ...], chosen: str) -> None:
    streams = {name: stream(name) for name in names}

    assert pages.choose(streams) is streams[chosen]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("160p", "480p", "720p60", "1080p60", "audio_only", "worst", "best"), "720p60"),
        (("1080p", "1440p", "worst", "best"), "worst"),
        (("audio_only", "worst"), "worst"),
        (("live",), "live"),
    ],
)
def test_with_packets_the_best_up_to_720_lines_is_chosen(names: tuple[str, ...], chosen: str) -> None:
    streams = {name: stream(name) for name in names}

    assert pages.choose_shown(streams) is streams[chosen]


async def test_with_packets_a_page_leads_to_pictures() -> None:
    with serving({"/live": Response(MASTER, media_type="application/vnd.apple.mpegurl")}) as origin:
        found = await pages.find(f"{origin.url}/live#.m3u8", Reach.NETWORK, with_packets=True)

    assert found
    assert (found.url, found.pictures_url) == (f"{origin.url}/video.m3u8", "")


async def test_a_page_that_a_plugin_knows_is_read_by_it() -> None:
    """Streamlink's own HLS plugin claims what ends in .m3u8, were it only in the fragment."""
    with serving({"/live": Response(MASTER, media_type="application/vnd.apple.mpegurl")}) as origin:
        found = await pages.find(f"{origin.url}/live#.m3u8", Reach.NETWORK)

    assert found
    assert (found.url, found.protocol, found.is_live) == (f"{origin.url}/sound.m3u8", "hls", True)
    assert "Mozilla" in found.headers["User-Agent"]
    assert not {"Accept-Encoding", "Connection"} & set(found.headers)


async def test_a_page_may_be_asked_of_a_simulator() -> None:
    with serving({"/site/live": Response(MASTER, media_type="application/vnd.apple.mpegurl")}) as origin:
        bases = {"https://site.example": f"{origin.url}/site"}
        found = await pages.find("https://site.example/live#.m3u8", Reach.NETWORK, bases)

    assert found
    assert found.url == f"{origin.url}/site/sound.m3u8"


async def test_a_simulator_is_no_way_into_the_own_network() -> None:
    with serving({"/live": Response(MASTER)}) as origin, pytest.raises(PortError):
        await pages.find("https://site.example/live#.m3u8", Reach.INTERNET, {"https://site.example": origin.url})

    assert origin.requests == []


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://site.example/a?b=c", "http://127.0.0.1:1/x/a?b=c"),
        ("https://site.example.org/a", "https://site.example.org/a"),
        ("http://site.example/a", "http://site.example/a"),
        ("", ""),
    ],
)
def test_only_what_begins_with_a_base_is_asked_elsewhere(url: str, asked: str) -> None:
    assert pages.rebased(url, {"https://site.example": "http://127.0.0.1:1/x"}) == asked


async def test_a_page_that_no_plugin_knows_is_none() -> None:
    assert await pages.find("http://127.0.0.1/about", Reach.NETWORK) is None


@pytest.mark.parametrize(("status", "retryable", "permanent"), [(404, False, True), (503, True, False)])
async def test_a_page_that_refuses_says_so(status: int, *, retryable: bool, permanent: bool) -> None:
    with serving({"/live": PlainTextResponse("", status)}) as origin, pytest.raises(PortError) as caught:
        await pages.find(f"{origin.url}/live?token=secret#.m3u8", Reach.NETWORK)

    assert (caught.value.retryable, caught.value.permanent) == (retryable, permanent)
    assert f"HTTP {status}" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_page_of_the_own_network_is_not_asked() -> None:
    with serving({"/live": Response(MASTER)}) as origin, pytest.raises(PortError, match="a private address") as caught:
        await pages.find(f"{origin.url}/live#.m3u8", Reach.INTERNET)

    assert caught.value.permanent
    assert origin.requests == []


async def test_a_page_that_cannot_be_reached_is_asked_again() -> None:
    with pytest.raises(PortError) as caught:
        await pages.find(f"http://127.0.0.1:{free_port()}/live#.m3u8", Reach.NETWORK)

    assert caught.value.retryable


def test_a_plugin_that_needs_a_person_is_not_asked_again() -> None:
    assert pages.plugin_trouble("https://site.example/live", FatalPluginError("log in")).permanent
    assert pages.plugin_trouble("https://site.example/live", PluginError("changed")).retryable


def found(streams: dict[str, Stream]) -> MediaLocation:
    return pages.location(SESSION, streams, "https://site.example/live?token=secret", "A title")


def test_a_page_without_streams_is_not_live() -> None:
    with pytest.raises(NotLive, match=r"site.example/live: nothing is on air now"):
        found({})


def test_of_sound_and_pictures_apart_the_sound_is_pulled() -> None:
    both: MuxedHLSStream[HLSStream] = MuxedHLSStream(
        SESSION, "https://cdn.example/video.m3u8", "https://cdn.example/sound.m3u8"
    )

    location = found({"live": both})
    with_packets = pages.location(SESSION, {"live": both}, "https://site.example/live", "", with_packets=True)

    assert (location.url, location.protocol, location.title) == ("https://cdn.example/sound.m3u8", "hls", "A title")
    assert (location.pictures_url, with_packets.url) == ("", location.url)
    assert with_packets.pictures_url == "https://cdn.example/video.m3u8"


def test_headers_and_cookies_of_the_plugin_are_kept() -> None:
    stream = HTTPStream(SESSION, "https://cdn.example/a.flv", headers={"Referer": "x"}, cookies={"session": "1"})

    location = found({"live": stream})

    assert (location.protocol, location.headers["Referer"], location.headers["Cookie"]) == ("http", "x", "session=1")


def test_a_kind_of_stream_that_cannot_be_pulled_is_refused() -> None:
    with pytest.raises(PortError, match="this kind of stream cannot be pulled: Stream") as caught:
        found({"live": Stream(SESSION)})

    assert caught.value.permanent
