"""The Twitch server: its world, and what happens in it."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypedDict, Unpack

import uvicorn

from vigie.simulators.hosting import Hosted
from vigie.simulators.media.dropping import BreakableProtocol
from vigie.simulators.twitch import events
from vigie.simulators.twitch.app import asgi
from vigie.simulators.twitch.audience import Audience, Wave
from vigie.simulators.twitch.helix import Helix
from vigie.simulators.twitch.oauth import Authority
from vigie.simulators.twitch.requests import Asked, Log
from vigie.simulators.twitch.sessions import Sessions
from vigie.simulators.twitch.settings import Settings
from vigie.simulators.twitch.sockets import BreakableWebSocket, Delivery, House
from vigie.simulators.twitch.subscribing import Subscribing
from vigie.simulators.twitch.tokens import Token, Tokens
from vigie.simulators.twitch.users import TwitchUser, rfc3339
from vigie.simulators.twitch.world import Said, Stream, World

CLIENT_ID = "simulatedtwitchclientid0000001"
CLIENT_SECRET = "simulated-twitch-client-secret"  # noqa: S105 (of nobody)


class Address(TypedDict, total=False):
    """Where a server listens: this machine, on a free port, unless told otherwise."""

    host: str
    port: int


class TwitchServer(Hosted):
    """Plays Twitch: `helix/...`, `oauth2/...`, `ws`. `with` and `async with` start and stop it.

    Everything may be called from any thread, before and after it was started.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        media_url: Callable[[str], str] | None = None,
        **address: Unpack[Address],
    ) -> None:
        super().__init__(**address)
        self.client_id = client_id
        self.client_secret = client_secret
        self._seed = seed
        self._media_url = media_url
        self._world = World(seed=seed)
        self._tokens = Tokens(client_id, rng=random.Random(seed))  # noqa: S311 (they open nothing)
        self._sessions = Sessions(self._world)
        self._house = House(self._world, self._sessions)
        self._log = Log()
        self._authority = Authority(self._world, self._tokens, client_id=client_id, client_secret=client_secret)
        self._helix = Helix(self._world, self._tokens, client_id=client_id)

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off at will."""
        subscribing = Subscribing(self._sessions, self._tokens)
        return uvicorn.Config(
            asgi(self._log, self._authority, self._helix, subscribing, self._house),
            http=BreakableProtocol,
            ws=BreakableWebSocket,
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    @property
    def ws_url(self) -> str:
        """The address of EventSub."""
        return self.url("ws").replace("http", "ws", 1)

    @property
    def settings(self) -> Settings:
        """The limits that hold; set its fields."""
        return self._world.settings

    @property
    def requests(self) -> list[Asked]:
        """What was asked, in the order in which it was answered."""
        return list(self._log.requests)

    def delivered(self, login: str) -> list[Delivery]:
        """Return what of a channel was written to sockets, in that order."""
        user_id = self._world.known(login).user_id
        return [delivery for delivery in list(self._house.deliveries) if delivery.broadcaster_id == user_id]

    # ── accounts ──

    def add(self, channel: TwitchUser) -> None:
        """Let an account with its channel be. Raises ValueError when its id or login is taken."""
        with self._world.lock:
            self._world.add(channel)

    def grant(self, user_id: str, scopes: Sequence[str]) -> Token:
        """Return a token as if the user had consented; `""` for one of the application."""
        with self._world.lock:
            life = timedelta(seconds=self.settings.token_life_s)
            return self._tokens.issue(user_id, scopes, expires_at=self._world.now() + life)

    def appoint(self, login: str, moderator: str) -> None:
        """Let an account moderate a channel."""
        with self._world.lock:
            self._world.channel(login).moderators.add(self._world.known(moderator).user_id)

    def gather(self, login: str, size: int, *, waves: Sequence[Wave] = ()) -> Audience:
        """Return the audience that fills a channel's chat from now on: `size` accounts, waves included."""
        with self._world.lock:
            number = len(self._world.audiences)
            audience = Audience(size, self._seed, self._world.now(), tuple(waves), number)
            self._world.audiences.append(audience)
            self._world.channel(login).audience = audience
            return audience

    def rename(self, user_id: str, login: str) -> None:
        """Give an account another login."""
        with self._world.lock:
            self._world.rename(user_id, login)

    def ban(self, login: str) -> None:
        """Suspend an account: it is nowhere to be found, and what was subscribed about it is revoked."""
        with self._world.lock:
            user = self._world.known(login)
            self._world.suspend(user.user_id)
            self._sessions.revoke(user.user_id, status="user_removed")

    # ── what happens on a channel ──

    def go_live(self, login: str, *, title: str = "", viewers: int = 0) -> str:
        """Go on air; return the id of the stream."""
        with self._world.lock:
            user, channel = self._world.known(login), self._world.channel(login)
            channel.title = title or channel.title
            stream = Stream(str(self._world.rng.randrange(10**10, 10**11)), self._world.now(), viewers)
            channel.stream = stream
            started = {"id": stream.stream_id, "type": "live", "started_at": rfc3339(stream.started_at)}
            self._publish("stream.online", user, {**started, **events.named(user)})
            return stream.stream_id

    def go_offline(self, login: str) -> None:
        """End the broadcast."""
        with self._world.lock:
            user = self._world.known(login)
            self._world.channel(login).stream = None
            self._publish("stream.offline", user, events.named(user))

    def say(self, login: str, chatter: str, text: str, *, badges: Sequence[str] = ()) -> str:
        """Let somebody write in a channel; return the id of the message."""
        with self._world.lock:
            user, author, message_id = self._world.known(login), self._world.chatter(chatter), self._world.new_id()
            channel = self._world.channel(login)
            channel.present[author.user_id] = None
            channel.said[message_id] = Said(author.user_id, text, self._world.now())
            event = events.chat_message(user, author, message_id=message_id, text=text, badge=badges)
            self._publish("channel.chat.message", user, event)
            return message_id

    def _publish(self, kind: str, broadcaster: TwitchUser, event: dict[str, Any]) -> None:
        self._sessions.publish(kind, {"broadcaster_user_id": broadcaster.user_id}, event)
