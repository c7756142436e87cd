"""The addresses of a Twitch server."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute

from vigie.simulators.twitch.helix import Helix
from vigie.simulators.twitch.oauth import Authority
from vigie.simulators.twitch.requests import Log
from vigie.simulators.twitch.sockets import House
from vigie.simulators.twitch.subscribing import Subscribing


def asgi(log: Log, authority: Authority, helix: Helix, subscribing: Subscribing, house: House) -> Starlette:
    """Return the application."""
    return Starlette(
        routes=[
            Route("/oauth2/authorize", authority.authorize),
            Route("/oauth2/authorize", authority.decide, methods=["POST"]),
            Route("/oauth2/token", authority.token, methods=["POST"]),
            Route("/oauth2/validate", authority.validate),
            Route("/oauth2/revoke", authority.revoke, methods=["POST"]),
            Mount("/helix", routes=helix.routes(subscribing)),
            WebSocketRoute("/ws", house.serve),
        ],
        middleware=[Middleware(log.middleware)],
    )
