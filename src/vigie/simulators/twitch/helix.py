"""The doors of Helix: token, rate limit, one call, one answer."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vigie.simulators.twitch import reading
from vigie.simulators.twitch.buckets import Buckets
from vigie.simulators.twitch.calls import Call, Refusal, Reply
from vigie.simulators.twitch.moderating import Moderating
from vigie.simulators.twitch.subscribing import Subscribing
from vigie.simulators.twitch.tokens import Token, Tokens
from vigie.simulators.twitch.world import World

Answer = Callable[[Call], Reply]
Endpoint = Callable[[Request], Awaitable[Response]]


class Helix:
    """Answers the calls of one server."""

    def __init__(self, world: World, tokens: Tokens, *, client_id: str) -> None:
        self.buckets = Buckets()
        self._world = world
        self._tokens = tokens
        self._client_id = client_id

    def routes(self, subscribing: Subscribing, moderating: Moderating) -> list[Route]:
        """Return where it answers, below `/helix`."""
        answers: list[tuple[str, str, Answer]] = [
            ("GET", "users", reading.get_users),
            ("GET", "streams", reading.get_streams),
            ("GET", "channels", reading.get_channels),
            ("GET", "chat/chatters", reading.get_chatters),
            ("GET", "moderation/channels", reading.get_moderated_channels),
            ("GET", "moderation/moderators", reading.get_moderators),
            ("GET", "channels/followers", reading.get_followers),
            ("GET", "clips", reading.get_clips),
            ("POST", "moderation/bans", moderating.ban),
            ("DELETE", "moderation/bans", moderating.unban),
            ("POST", "moderation/warnings", moderating.warn),
            ("DELETE", "moderation/chat", moderating.delete),
            ("GET", "moderation/shield_mode", moderating.get_shield),
            ("PUT", "moderation/shield_mode", moderating.put_shield),
            ("POST", "moderation/suspicious_users", moderating.suspect),
            ("DELETE", "moderation/suspicious_users", moderating.trust),
            ("POST", "chat/announcements", moderating.announce),
            ("POST", "clips", moderating.clip),
            ("POST", "eventsub/subscriptions", subscribing.create),
            ("GET", "eventsub/subscriptions", subscribing.listed),
            ("DELETE", "eventsub/subscriptions", subscribing.delete),
        ]
        return [Route(f"/{path}", self._endpoint(answer), methods=[method]) for method, path, answer in answers]

    def _endpoint(self, answer: Answer) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            headers: dict[str, str] = {}
            with self._world.lock:
                try:
                    token = self._token(request)
                    headers = self._pay(token)
                    reply = answer(Call(self._world, token, request.query_params, _content(body)))
                except Refusal as refusal:
                    return JSONResponse(refusal.body(), refusal.status, {**headers, **refusal.headers})
            if reply.body is None:
                return Response(status_code=reply.status, headers=headers)
            return JSONResponse(reply.body, reply.status, headers)

        return endpoint

    def _token(self, request: Request) -> Token:
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not access:
            raise Refusal(401, "OAuth token is missing")
        if "Client-Id" not in request.headers:
            raise Refusal(401, "Client-Id header required")
        token = self._tokens.find(access, now=self._world.now())
        if token is None:
            raise Refusal(401, "Invalid OAuth token")
        if request.headers["Client-Id"] != token.client_id:
            raise Refusal(401, "Client ID and OAuth token do not match")
        return token

    def _pay(self, token: Token) -> dict[str, str]:
        """Take a point and return the headers that say what is left. Raises Refusal when there is none."""
        key, now_s = (self._client_id, token.user_id), self._world.now().timestamp()
        standing = self.buckets.take(key, now_s, capacity=self._world.settings.points)
        if not standing.allowed:
            raise Refusal(429, "Too Many Requests", headers=standing.headers())
        return standing.headers()


def _content(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a body; empty where there is none. Raises Refusal for anything else."""
    try:
        content = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise Refusal(400, "The request body is not valid JSON") from None
    if not isinstance(content, dict):
        raise Refusal(400, "The request body is not a JSON object")
    return content
