"""A fake of the port AccountAuthority: a platform that says what a test tells it to, and counts what it is asked."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from vigie.people.scopes import READ_CHAT, TWITCH, scopes_for
from vigie.ports import AccountAuthority, Grant, Identity, PortError
from vigie.runtime import registry

REVOKED = PortError("The consent is over.", permanent=True)
Answer = TypeVar("Answer")
Provided = TypeVar("Provided", bound="FakeAuthority | None")

SILENT = PortError("no answer in time.", retryable=True)
CHAT = scopes_for(TWITCH, [READ_CHAT])
GRANT = Grant("token-1", "refresh-1", CHAT, 14_400.0)


@dataclass
class FakeAuthority:
    """Answers; an error among its fields is raised instead."""

    grants: Sequence[Grant | PortError] = ()
    """What refreshing yields, in order; the last one again and again."""
    exchanged: Grant | PortError = GRANT
    valid: dict[str, Identity | PortError] = field(default_factory=dict)
    """Access token -> what is said of it; others are not valid."""
    revoking: PortError | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once refreshing was asked for."""
    may_answer: asyncio.Event | None = None
    """What refreshing waits for."""
    asked: list[str] = field(default_factory=list)

    def authorize_url(self, *, state: str, scopes: Sequence[str], redirect_uri: str) -> str:
        asked = {"state": state, "scope": " ".join(scopes), "redirect_uri": redirect_uri}
        return f"https://id.example.org/authorize?{urlencode(asked)}"

    async def exchange(self, code: str, *, redirect_uri: str) -> Grant:
        self.asked.append(f"exchange {code} {redirect_uri}")
        return _or_raise(self.exchanged)

    async def refresh(self, refresh_token: str) -> Grant:
        number = sum(asked.startswith("refresh") for asked in self.asked)
        self.asked.append(f"refresh {refresh_token}")
        self.started.set()
        if self.may_answer:
            await self.may_answer.wait()
        return _or_raise(self.grants[min(number, len(self.grants) - 1)])

    async def validate(self, access_token: str) -> Identity:
        self.asked.append(f"validate {access_token}")
        return _or_raise(self.valid.get(access_token, REVOKED))

    async def revoke(self, access_token: str) -> None:
        self.asked.append(f"revoke {access_token}")
        if self.revoking:
            raise self.revoking


def granted(number: int, *, refresh_token: str | None = None) -> Grant:
    rotated = f"refresh-{number}" if refresh_token is None else refresh_token
    return Grant(f"token-{number}", rotated, CHAT, 14_400.0)


def identity(*, platform_id: str = "1", login: str = "vigie_fr", scopes: tuple[str, ...] = CHAT) -> Identity:
    return Identity(platform_id, login, scopes, 14_400.0)


@contextmanager
def provided(authority: Provided) -> Iterator[Provided]:
    """Let it be Twitch's while the block runs; None: the settings lack what Twitch needs."""
    former = registry.current(AccountAuthority, TWITCH)
    registry.provide(AccountAuthority, lambda: authority, TWITCH)
    yield authority
    registry.withdraw(AccountAuthority, TWITCH)
    if former:
        registry.provide(AccountAuthority, former, TWITCH)


def _or_raise(answer: Answer | PortError) -> Answer:
    if isinstance(answer, PortError):
        raise answer
    return answer
