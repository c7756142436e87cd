"""The side door of a Twitch server: what is the case, what was asked and delivered, and everything it can be told."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vigie.simulators.control import Verb, do, side_door
from vigie.simulators.twitch.requests import Asked
from vigie.simulators.twitch.settings import Settings
from vigie.simulators.twitch.sockets import House
from vigie.simulators.twitch.world import Channel, World


class Control:
    """`/control` and `/control/log`. `verbs` are what it takes: `{"do": "say", "login": ..., "text": ...}`."""

    def __init__(self, world: World, house: House, asked: list[Asked], *, verbs: Mapping[str, Verb]) -> None:
        self._world = world
        self._house = house
        self._asked = asked
        self._verbs = verbs

    def routes(self) -> list[Route]:
        """Return where it answers."""
        return side_door(self._state, self._do, self._log)

    async def _state(self, _: Request) -> Response:
        """Answer the channels that were added, the settings, and what can be done."""
        with self._world.lock:
            channels = {login: _told(self._world.channel(login)) for login in self._world.logins()}
            settings = {one.name: getattr(self._world.settings, one.name) for one in fields(Settings)}
        settings["refused_scopes"] = sorted(settings["refused_scopes"])
        return JSONResponse({"channels": channels, "settings": settings, "verbs": sorted(self._verbs)})

    async def _do(self, request: Request) -> Response:
        return await do(request, self._verbs)

    async def _log(self, _: Request) -> Response:
        """Answer every request, and every notification that was written to a socket."""
        deliveries: list[dict[str, Any]] = [asdict(delivery) for delivery in list(self._house.deliveries)]
        return JSONResponse({"requests": [asdict(one) for one in list(self._asked)], "deliveries": deliveries})


def _told(channel: Channel) -> dict[str, object]:
    return {"live": channel.stream is not None, "title": channel.title, "chatters": channel.chatters()}
