"""How a player finds the media of a channel: GraphQL gives a token, `usher` gives a master playlist for it.

What it answers is what streamlink 8.6 and the web player ask for.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vigie.simulators.twitch.users import TwitchUser, rfc3339
from vigie.simulators.twitch.world import Channel, World

HLS = "application/vnd.apple.mpegurl"
VARIANT = """#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},{more}CODECS="{codecs}",STABLE-VARIANT-ID="{name}"
{url}
"""


class Playback:
    """`/gql` and `/usher`; `media_url(login)` is where a media server plays a channel (`.../NAME.m3u8`)."""

    def __init__(self, world: World, media_url: Callable[[str], str] | None) -> None:
        self._world = world
        self._media_url = media_url

    def routes(self) -> list[Route]:
        """Return where it answers."""
        return [
            Route("/gql", self._gql, methods=["POST"]),
            Route("/usher/api/channel/hls/{login}.m3u8", self._usher),
            Route("/usher/api/v2/channel/hls/{login}.m3u8", self._usher),
        ]

    async def _gql(self, request: Request) -> Response:
        if "Client-ID" not in request.headers:
            message = 'The "Client-ID" header is missing from the request.'
            return JSONResponse({"error": "Bad Request", "status": 400, "message": message}, 400)
        try:
            asked = json.loads(await request.body())
            with self._world.lock:
                many = [self._operation(one) for one in asked] if isinstance(asked, list) else self._operation(asked)
        except (ValueError, AttributeError, TypeError, RecursionError):
            return JSONResponse({"error": "Bad Request", "status": 400, "message": "invalid request"}, 400)
        return JSONResponse(many)

    def _operation(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        answers = {
            "PlaybackAccessToken": self._token,
            "ChannelShell": self._shell,
            "StreamMetadata": self._metadata,
        }
        answer = answers.get(asked.get("operationName", ""))
        if answer is None:
            return {"errors": [{"message": "PersistedQueryNotFound"}]}
        variables = asked.get("variables", {})
        return {"data": answer(str(variables.get("login") or variables.get("channelLogin") or ""))}

    def _token(self, login: str) -> dict[str, Any]:
        """Return a token for an account that is there, on air or not."""
        user = self._world.by_login(login)
        if user is None:
            return {"streamPlaybackAccessToken": None}
        value = {"channel": user.login, "channel_id": int(user.user_id), "chansub": {"restricted_bitrates": []}}
        flags = {"adblock": False, "geoblock_reason": "", "hide_ads": False, "server_ads": True, "show_ads": True}
        return {"streamPlaybackAccessToken": {"value": json.dumps({**value, **flags}), "signature": "ab" * 20}}

    def _shell(self, login: str) -> dict[str, Any]:
        user = self._world.by_login(login)
        if user is None:
            return {"userOrError": {"login": login, "reason": "UNKNOWN", "__typename": "UserDoesNotExist"}}
        told = {"id": user.user_id, "login": user.login, "displayName": user.name, "__typename": "User"}
        return {"userOrError": told}

    def _metadata(self, login: str) -> dict[str, Any]:
        found = self._find(login)
        if found is None:
            return {"user": None}
        user, channel = found
        stream = channel.stream and {
            "id": channel.stream.stream_id,
            "type": "live",
            "createdAt": rfc3339(channel.stream.started_at),
            "game": {"id": channel.game[0], "name": channel.game[1]},
        }
        return {"user": {"id": user.user_id, "lastBroadcast": {"title": channel.title}, "stream": stream}}

    async def _usher(self, request: Request) -> Response:
        login = request.path_params["login"]
        try:
            token = json.loads(request.query_params.get("token", ""))
        except (ValueError, RecursionError):
            token = None
        if not (request.query_params.get("sig") and isinstance(token, dict) and token.get("channel") == login):
            return _error(403, "nauth_token_not_valid", "Token is not valid")
        with self._world.lock:
            found = self._find(login)
        if found is None or found[1].stream is None or self._media_url is None:
            return _error(404, "transcode_does_not_exist", "twirp error not_found: transcode does not exist")
        return Response(master_playlist(self._media_url(login)), media_type=HLS)

    def _find(self, login: str) -> tuple[TwitchUser, Channel] | None:
        user = self._world.by_login(login)
        channel = self._world.channels.get(user.user_id) if user else None
        return (user, channel) if user and channel else None


def master_playlist(media_url: str) -> str:
    """Return the playlist of a live that a media server plays: its pictures with sound, and its sound alone."""
    parts = urlsplit(media_url)
    names = (("video", "480p30"), ("audio", "audio_only"))
    video, audio = (
        VARIANT.format(
            name=name,
            bandwidth=900_000 if rendition == "video" else 160_000,
            more="RESOLUTION=852x480,FRAME-RATE=30.000," if rendition == "video" else "",
            codecs="avc1.64001E,mp4a.40.2" if rendition == "video" else "mp4a.40.2",
            url=parts._replace(path=f"{parts.path.removesuffix('.m3u8')}/{rendition}.m3u8").geturl(),
        )
        for rendition, name in names
    )
    return f"#EXTM3U\n#EXT-X-VERSION:6\n{video}{audio}"


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse([{"url": "", "error": message, "error_code": code, "type": "error"}], status)
