"""The parts of a Twitch server, and their addresses."""

import random
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from vigie.simulators.control import Verb
from vigie.simulators.twitch.control import Control
from vigie.simulators.twitch.faults import Faults
from vigie.simulators.twitch.happenings import Happenings
from vigie.simulators.twitch.helix import Helix
from vigie.simulators.twitch.moderating import Moderating
from vigie.simulators.twitch.oauth import Authority
from vigie.simulators.twitch.playback import Playback
from vigie.simulators.twitch.requests import Log
from vigie.simulators.twitch.sessions import Sessions
from vigie.simulators.twitch.sockets import House
from vigie.simulators.twitch.spoiling import spoiled
from vigie.simulators.twitch.subscribing import Subscribing
from vigie.simulators.twitch.tokens import Tokens
from vigie.simulators.twitch.world import World


class App:
    """What one server is made of; `client` is the id and the secret of its one client."""

    def __init__(self, seed: int, *, client: tuple[str, str], media_url: Callable[[str], str] | None) -> None:
        client_id, client_secret = client
        self.world = World(seed=seed)
        self.tokens = Tokens(client_id, rng=random.Random(seed))  # noqa: S311 (they open nothing)
        self.sessions = Sessions(self.world)
        self.house = House(self.world, self.sessions)
        self.happenings = Happenings(self.world, self.sessions)
        self.authority = Authority(self.world, self.tokens, client_id=client_id, client_secret=client_secret)
        self.faults = Faults()
        self.log = Log()
        self._helix = Helix(self.world, self.tokens, client_id=client_id)
        self._playback = Playback(self.world, media_url)

    def asgi(self, *, verbs: Mapping[str, Verb]) -> ASGIApp:
        """Return the application; `verbs` are what `/control` takes."""
        helix = self._helix.routes(Subscribing(self.sessions, self.tokens), Moderating(self.happenings))
        authority, control = self.authority, Control(self.world, self.house, self.log.requests, verbs=verbs)
        starlette = Starlette(
            routes=[
                Route("/oauth2/authorize", authority.authorize),
                Route("/oauth2/authorize", authority.decide, methods=["POST"]),
                Route("/oauth2/token", authority.token, methods=["POST"]),
                Route("/oauth2/validate", authority.validate),
                Route("/oauth2/revoke", authority.revoke, methods=["POST"]),
                Mount("/helix", routes=helix),
                WebSocketRoute("/ws", self.house.serve),
                *self._playback.routes(),
                *control.routes(),
            ]
        )
        return self.log.middleware(spoiled(starlette, self.faults))
