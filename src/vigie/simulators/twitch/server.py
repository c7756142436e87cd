"""The Twitch server: everything it can be told, from any thread."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Unpack

import uvicorn

from vigie.simulators.hosting import Address, Hosted, breakable
from vigie.simulators.twitch.acts import Act, ActDetails
from vigie.simulators.twitch.app import App
from vigie.simulators.twitch.audience import Audience, Wave
from vigie.simulators.twitch.crowd import NAMES, Crowd
from vigie.simulators.twitch.faults import Fault, Kind
from vigie.simulators.twitch.requests import Asked
from vigie.simulators.twitch.settings import Settings
from vigie.simulators.twitch.sockets import Delivery
from vigie.simulators.twitch.tokens import Token
from vigie.simulators.twitch.trouble import Trouble
from vigie.simulators.twitch.users import TwitchUser

CLIENT_ID = "simulatedtwitchclientid0000001"
CLIENT_SECRET = "simulated-twitch-client-secret"  # noqa: S105 (of nobody)

WRITERS = 80
"""How many of an audience write."""


class TwitchServer(Hosted):
    """Plays Twitch. `with` and `async with` start and stop it.

    Paths: `helix/...`, `oauth2/...`, `ws`, `gql`, `usher/api/v2/channel/hls/LOGIN.m3u8`, `control`.

    Everything may be called from any thread, before and after it was started. What is said of a login that was not
    added raises KeyError; chatters, raiders and targets that are not there are made.
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
        self._app = App(seed, client=(client_id, client_secret), media_url=media_url)
        self._world = self._app.world
        self._crowds: list[Crowd] = []
        self.trouble = Trouble(self._world, self._app.sessions, self._app.house, ws_url=lambda: self.ws_url)
        """What can go wrong with WebSockets."""

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off at will."""
        return breakable(self._app.asgi(verbs=self._verbs()), has_sockets=True)

    def closing(self) -> None:
        """Let the crowds go home."""
        for crowd in self._crowds:
            crowd.stop()

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
        """What was asked, in the order in which it was answered; what was asked of `/control` is left out."""
        return list(self._app.log.requests)

    def delivered(self, login: str) -> list[Delivery]:
        """Return the notifications about a channel that were written to sockets, in that order."""
        user_id = self._world.known(login).user_id
        return [delivery for delivery in list(self._app.house.deliveries) if delivery.broadcaster_id == user_id]

    # ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, channel: TwitchUser) -> None:
        """Let an account with its channel be. Raises ValueError when its id or login is taken."""
        with self._world.lock:
            self._world.add(channel)

    def appoint(self, login: str, moderator: str) -> None:
        """Let an account moderate a channel."""
        with self._world.lock:
            self._world.channel(login).moderators.add(self._world.chatter(moderator).user_id)

    def gather(self, login: str, size: int, *, waves: Sequence[Wave] = ()) -> Audience:
        """Fill a channel's chat with `size` accounts, waves included, and return them."""
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
            self._app.sessions.revoke(user.user_id, status="user_removed")

    # ── tokens and time ────────────────────────────────────────────────────────────────────────────────────────────

    def visit(self, login: str) -> None:
        """Say who sits before the browser when consent is asked for; the first account otherwise."""
        self._app.authority.visitor = login

    def grant(self, user_id: str, scopes: Sequence[str] = ()) -> Token:
        """Return a token as if the user had consented; `""` for one of the application."""
        with self._world.lock:
            life = timedelta(seconds=self.settings.token_life_s)
            return self._app.tokens.issue(user_id, scopes, expires_at=self._world.now() + life)

    def expire(self, access: str) -> None:
        """End an access token; its refresh token stays good."""
        self._app.tokens.expire(access)

    def disconnect(self, user_id: str) -> None:
        """Let a user throw the application out: no token of theirs is good any more, subscriptions are revoked."""
        with self._world.lock:
            self._app.tokens.disconnect(user_id)
            self._app.sessions.revoke(user_id, status="authorization_revoked")

    def forward(self, seconds: float) -> None:
        """Let that much time pass at once for tokens, buckets and cursors; sockets keep the real time."""
        self._world.watch.forward(seconds)

    # ── what happens on a channel ──────────────────────────────────────────────────────────────────────────────────

    def go_live(self, login: str, *, title: str = "", viewers: int = 0) -> str:
        """Go on air; return the id of the stream."""
        with self._world.lock:
            return self._app.happenings.go_live(login, title=title, viewers=viewers)

    def go_offline(self, login: str) -> None:
        """End the broadcast."""
        with self._world.lock:
            self._app.happenings.go_offline(login)

    def retitle(self, login: str, title: str) -> None:
        """Change what the channel says of its broadcast."""
        with self._world.lock:
            self._app.happenings.retitle(login, title)

    def watched(self, login: str, viewers: int) -> None:
        """Let so many watch the broadcast. Raises ValueError when there is none."""
        with self._world.lock:
            self._world.channel(login).count(viewers)

    def say(self, login: str, chatter: str, text: str, *, badges: Sequence[str] = ()) -> str:
        """Let somebody write, with badges (`moderator`, `subscriber`, ...); return the id of the message."""
        with self._world.lock:
            return self._app.happenings.say(login, chatter, text, badges=badges)

    def notice(self, login: str, chatter: str, kind: str, text: str = "", **detail: object) -> str:
        """Let Twitch tell of a chatter: `sub`, `resub`, `sub_gift`, `announcement`, ...; return the message's id."""
        with self._world.lock:
            return self._app.happenings.notice(login, chatter, kind, text=text, detail=detail)

    def raid(self, login: str, raider: str, viewers: int) -> str:
        """Let another channel send its viewers; return the id of the message in the chat."""
        with self._world.lock:
            return self._app.happenings.raid(login, raider, viewers)

    def follow(self, login: str, follower: str) -> None:
        """Let somebody follow the channel."""
        with self._world.lock:
            self._app.happenings.follow(login, follower)

    def moderate(self, login: str, action: str, **details: Unpack[ActDetails]) -> None:
        """Let a moderator act: see `Act`. Raises ValueError for what makes no sense."""
        with self._world.lock:
            self._app.happenings.moderate(login, Act(action, **details))

    def animate(self, login: str, pace: float = 30.0) -> None:
        """Let a crowd write in a channel, `pace` lines a minute on average, until the server stops.

        It is made of those of the audience who came first, where one was gathered.
        """
        rng = random.Random(self._seed + len(self._crowds))  # noqa: S311 (a crowd, the same for the same seed)
        audience = self._world.channel(login).audience
        names = [account.login for account in audience.page(0, WRITERS)] if audience else NAMES
        crowd = Crowd(lambda chatter, text: self.say(login, chatter, text), pace, rng=rng, names=names)
        self._crowds.append(crowd)
        crowd.start()

    # ── what goes wrong ────────────────────────────────────────────────────────────────────────────────────────────

    def fail(self, fault: Fault) -> None:
        """Let something go wrong with the next answers."""
        self._app.faults.add(fault)

    def heal(self) -> None:
        """Let every answer be good again."""
        self._app.faults.clear()

    def _verbs(self) -> dict[str, Callable[..., object]]:
        """Return what `/control` takes, by name; words are those of the methods."""
        mine = (self.rename, self.ban, self.appoint, self.gather, self.visit, self.expire, self.disconnect)
        channel = (self.go_live, self.go_offline, self.retitle, self.watched, self.say, self.notice, self.raid)
        rest = (self.follow, self.moderate, self.animate, self.heal, self.forward)
        sockets = self.trouble
        blows = (sockets.drop, sockets.close, sockets.stall, sockets.resume, sockets.repeat, sockets.reconnect)
        verbs: tuple[Callable[..., object], ...] = (*mine, *channel, *rest, *blows, sockets.revoke)
        return {verb.__name__: verb for verb in verbs} | {"fail": self._fail, "add": self._add, "set": self._set}

    def _fail(self, kind: str, **more: object) -> None:
        self.fail(Fault(Kind(kind), **more))  # type: ignore[arg-type] # what is wrong, `Fault` tells

    def _add(self, user_id: str, login: str, display_name: str = "") -> None:
        self.add(TwitchUser(user_id, login, display_name))

    def _set(self, **changes: object) -> None:
        self.settings.change(changes)
