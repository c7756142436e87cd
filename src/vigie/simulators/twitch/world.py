"""What is the case on this Twitch: accounts, channels, streams, what moderators did."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock

from vigie.simulators.twitch.audience import Audience
from vigie.simulators.twitch.settings import Settings, Watch
from vigie.simulators.twitch.users import TwitchUser


@dataclass(frozen=True, slots=True)
class Stream:
    """A broadcast."""

    stream_id: str
    started_at: datetime
    viewers: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a chat."""

    chatter_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody may not write; until `ends_at`, or for good."""

    moderator_id: str
    created_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of a broadcast that somebody cut out."""

    clip_id: str
    creator_id: str
    title: str
    created_at: datetime
    duration_s: float


@dataclass(frozen=True, slots=True)
class Shield:
    """Whether a channel is locked down, and who did it last."""

    is_active: bool
    moderator_id: str
    at: datetime


@dataclass(slots=True)
class Channel:
    """What belongs to one broadcaster."""

    title: str = ""
    language: str = "fr"
    game: tuple[str, str] = ("509658", "Just Chatting")
    stream: Stream | None = None
    audience: Audience | None = None
    shield: Shield | None = None
    moderators: set[str] = field(default_factory=set)
    present: dict[str, None] = field(default_factory=dict)
    """Known accounts in the chat, besides the audience, in the order in which they came."""
    followers: dict[str, datetime] = field(default_factory=dict)
    bans: dict[str, Ban] = field(default_factory=dict)
    suspicious: dict[str, str] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    """(user id, reason)."""
    said: dict[str, Said] = field(default_factory=dict)
    clips: dict[str, Clip] = field(default_factory=dict)
    announced_at: datetime | None = None

    def count(self, viewers: int) -> None:
        """Let so many watch. Raises ValueError off air."""
        if self.stream is None:
            raise ValueError("Nobody watches a channel that is off air.")
        self.stream = replace(self.stream, viewers=viewers)

    def chatters(self) -> int:
        """Return how many accounts are in the chat."""
        return (self.audience.size if self.audience else 0) + len(self.present)


class World:
    """Every account and channel. Whoever changes or reads it from another thread holds `lock`."""

    def __init__(self, *, seed: int) -> None:
        self.lock = RLock()
        self.watch = Watch()
        self.settings = Settings()
        self.rng = random.Random(seed)  # noqa: S311 (ids, the same for the same seed)
        self.channels: dict[str, Channel] = {}
        """By the id of their broadcaster."""
        self.audiences: list[Audience] = []
        self._users: dict[str, TwitchUser] = {}
        self._ids: dict[str, str] = {}
        self._suspended: set[str] = set()

    def add(self, user: TwitchUser) -> None:
        """Let an account be. Raises ValueError when its id or its login is taken."""
        if user.user_id in self._users or user.login in self._ids:
            raise ValueError(f"{user.login} ({user.user_id}) is here already.")
        self._users[user.user_id] = user
        self._ids[user.login] = user.user_id
        self.channels[user.user_id] = Channel()

    def user(self, user_id: str) -> TwitchUser | None:
        """Return an account that is there: neither unknown nor suspended."""
        if user_id in self._suspended:
            return None
        return self._users.get(user_id) or next(
            (found for audience in self.audiences if (found := audience.by_id(user_id))), None
        )

    def by_login(self, login: str) -> TwitchUser | None:
        """Return the account with that login, if it is there."""
        user_id = self._ids.get(login.lower())
        if user_id:
            return self.user(user_id)
        found = next((found for audience in self.audiences if (found := audience.by_login(login.lower()))), None)
        return self.user(found.user_id) if found else None

    def known(self, login: str) -> TwitchUser:
        """Return an added account, suspended or not. Raises KeyError for others."""
        return self._users[self._ids[login.lower()]]

    def logins(self) -> list[str]:
        """Return the accounts that were added, or made."""
        return [user.login for user in self._users.values()]

    def chatter(self, login: str) -> TwitchUser:
        """Return the account with that login, which is made where there is none."""
        found = self.by_login(login)
        if found is None:
            found = TwitchUser(str(9_000_000_000 + len(self._users)), login.lower(), login)
            self.add(found)
        return found

    def rename(self, user_id: str, login: str) -> None:
        """Give an account another login."""
        user = self._users[user_id]
        del self._ids[user.login]
        self._ids[login.lower()] = user_id
        self._users[user_id] = replace(user, login=login.lower(), display_name=login)

    def suspend(self, user_id: str) -> None:
        """Take an account away, as Twitch does with those it bans."""
        self._suspended.add(user_id)

    def channel(self, login: str) -> Channel:
        """Return the channel of an added account. Raises KeyError for others."""
        return self.channels[self.known(login).user_id]

    def live(self) -> Iterable[tuple[TwitchUser, Channel, Stream]]:
        """Return who is on air, most viewers first."""
        found = [
            (user, channel, channel.stream)
            for user_id, channel in self.channels.items()
            if channel.stream and (user := self.user(user_id))
        ]
        return sorted(found, key=lambda row: -row[2].viewers)

    def new_id(self) -> str:
        """Return a UUID, the same for the same seed."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def now(self) -> datetime:
        """Return what time it is, UTC."""
        return self.watch.now()
