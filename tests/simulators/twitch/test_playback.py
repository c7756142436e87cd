"""The way from a channel to its media, as the unmodified Twitch plugin of streamlink goes it."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from streamlink.exceptions import NoStreamsError
from streamlink.session.session import Streamlink

from tests.simulators.twitch.clients import ZOE
from vigie.simulators.media import HandClock, MediaServer, Script, demo_script
from vigie.simulators.twitch import TwitchServer
from vigie.simulators.twitch.playback import master_playlist


class Detour(HTTPAdapter):
    """Takes what is for Twitch to the simulator."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(request.url or "")
        request.url = self._base_url + parts._replace(scheme="", netloc="").geturl().lstrip("/")
        return super().send(request, *args, **kwargs)


def streamlink_session(server: TwitchServer) -> Any:
    session = Streamlink()
    session.http.mount("https://gql.twitch.tv/", Detour(server.url()))
    session.http.mount("https://usher.ttvnw.net/", Detour(server.url("usher/")))
    return session


def plugin(session: Any, login: str) -> Any:
    name, kind, address = session.resolve_url(f"https://www.twitch.tv/{login}")
    assert name == "twitch"
    return kind(session, address)


def test_streamlink_plays_a_channel_that_is_on_air() -> None:
    script = Script(demo_script().lives[:1])
    with (
        MediaServer(script, clock=HandClock()) as media,
        TwitchServer(media_url=lambda _: media.url("fr.m3u8")) as server,
    ):
        server.add(ZOE)
        stream_id = server.go_live("zoe_live", title="Soupe")
        channel = plugin(streamlink_session(server), "zoe_live")
        streams = channel.streams()

        assert {"audio_only", "480p30"} <= set(streams)
        assert streams["audio_only"].url == media.url("fr/audio.m3u8")
        assert channel.get_title() == "Soupe"
        assert (channel.get_id(), channel.get_author()) == (stream_id, "Zoé_Live")
        with streams["audio_only"].open() as sound:
            assert sound.read(188)[:1] == b"G"


@pytest.mark.parametrize("login", ["zoe_live", "nobody"])
def test_streamlink_finds_nothing_off_air(server: TwitchServer, login: str) -> None:
    channel = plugin(streamlink_session(server), login)

    if login == "nobody":
        with pytest.raises(NoStreamsError):
            channel._get_streams()
    assert channel.streams() == {}


def test_usher_wants_the_token_of_the_channel(server: TwitchServer, client: httpx.Client) -> None:
    path = "usher/api/v2/channel/hls/zoe_live.m3u8"
    server.go_live("zoe_live")

    answers = [
        client.get(server.url(path)),
        client.get(server.url(path), params={"sig": "ab", "token": "{}"}),
        client.get(server.url(path), params={"sig": "ab", "token": '{"channel": "max"}'}),
        client.get(server.url(path), params={"sig": "ab", "token": '["zoe_live"]'}),
        client.get(server.url(path), params={"sig": "ab", "token": "["}),
        client.get(server.url(path), params={"token": '{"channel": "zoe_live"}'}),
        client.get(server.url(path), params={"sig": "ab", "token": '{"channel": "zoe_live"}'}),
    ]

    assert [(answer.status_code, answer.json()[0]["error_code"]) for answer in answers] == [
        *[(403, "nauth_token_not_valid")] * 6,
        (404, "transcode_does_not_exist"),  # this server has no media
    ]


def operation(name: str, **variables: str) -> dict[str, Any]:
    return {"operationName": name, "variables": variables, "extensions": {}}


@pytest.mark.parametrize(
    ("asked", "data"),
    [
        (
            operation("StreamMetadata", channelLogin="zoe_live"),
            {"user": {"id": "1001", "lastBroadcast": {"title": ""}, "stream": None}},
        ),
        (operation("StreamMetadata", channelLogin="nobody"), {"user": None}),
        (
            operation("ChannelShell", login="nobody"),
            {"userOrError": {"login": "nobody", "reason": "UNKNOWN", "__typename": "UserDoesNotExist"}},
        ),
        (operation("PlaybackAccessToken", login="nobody"), {"streamPlaybackAccessToken": None}),
    ],
)
def test_what_is_not_there_is_null(
    steady: TwitchServer, client: httpx.Client, asked: dict[str, Any], data: dict[str, Any]
) -> None:
    assert client.post(steady.url("gql"), json=asked, headers={"Client-ID": "x"}).json() == {"data": data}


def test_operations_come_one_by_one_or_many_at_once(steady: TwitchServer, client: httpx.Client) -> None:
    asked = [operation("ChannelShell", login="max"), operation("Dance")]

    shell, dance = client.post(steady.url("gql"), json=asked, headers={"Client-ID": "x"}).json()

    assert shell["data"]["userOrError"]["displayName"] == "max"
    assert dance == {"errors": [{"message": "PersistedQueryNotFound"}]}


@pytest.mark.parametrize(
    ("content", "headers"),
    [(b"{}", {}), *((body, {"Client-ID": "x"}) for body in (b"{", b"[1]", b"\xff", b"[" * 100_000))],
)
def test_what_makes_no_sense_is_refused(
    steady: TwitchServer, client: httpx.Client, content: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(steady.url("gql"), content=content, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")


def test_the_variants_keep_the_signature_of_the_address() -> None:
    lines = master_playlist("http://127.0.0.1:1/fr.m3u8?exp=9&sig=ab").splitlines()

    assert [line for line in lines if not line.startswith("#")] == [
        "http://127.0.0.1:1/fr/video.m3u8?exp=9&sig=ab",
        "http://127.0.0.1:1/fr/audio.m3u8?exp=9&sig=ab",
    ]
