"""What was handed out: codes, access tokens, refresh tokens."""

import random
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LETTERS = string.ascii_lowercase + string.digits
CODE_LIFE_S = 600.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of a user, or of the application itself (`user_id` is empty)."""

    access: str
    refresh: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """Somebody's consent, good once."""

    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    expires_at: datetime


class Tokens:
    """The vault of one server; what is in it is what is valid."""

    def __init__(self, client_id: str, *, rng: random.Random) -> None:
        self._client_id = client_id
        self._rng = rng
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}

    def consent(self, user_id: str, scopes: Iterable[str], *, redirect_uri: str, now: datetime) -> str:
        """Return a code."""
        code = self._secret()
        self._codes[code] = Code(user_id, tuple(scopes), redirect_uri, now + timedelta(seconds=CODE_LIFE_S))
        return code

    def redeem(self, code: str, *, now: datetime) -> Code | None:
        """Return what a code stands for, once."""
        found = self._codes.pop(code, None)
        return found if found and now < found.expires_at else None

    def issue(self, user_id: str, scopes: Iterable[str], *, expires_at: datetime) -> Token:
        """Return a new token; one of the application cannot be refreshed."""
        refresh = self._secret(50) if user_id else ""
        token = Token(self._secret(), refresh, self._client_id, user_id, tuple(scopes), expires_at)
        self._keep(token)
        return token

    def renew(self, refresh: str, *, rotates: bool, expires_at: datetime) -> Token | None:
        """Return a fresh token; the access tokens before it stay valid until they expire."""
        known = self._refresh.pop(refresh, None) if rotates else self._refresh.get(refresh)
        if known is None:
            return None
        renewed = replace(
            known,
            access=self._secret(),
            refresh=self._secret(50) if rotates else refresh,
            expires_at=expires_at,
        )
        self._keep(renewed)
        return renewed

    def find(self, access: str, *, now: datetime) -> Token | None:
        """Return a valid token."""
        token = self._access.get(access)
        return token if token and now < token.expires_at else None

    def has_authorized(self, user_id: str) -> bool:
        """Tell whether a user let the application in, and did not throw it out."""
        return any(token.user_id == user_id for token in list(self._refresh.values()))

    def expire(self, access: str) -> None:
        """End an access token; its refresh token stays good."""
        self._access.pop(access, None)

    def revoke(self, access: str) -> Token | None:
        """End an access token and return it."""
        return self._access.pop(access, None)

    def disconnect(self, user_id: str) -> None:
        """Let a user throw the application out: nothing of theirs is valid any more."""
        for kept in (self._access, self._refresh):
            for secret in [secret for secret, token in kept.items() if token.user_id == user_id]:
                del kept[secret]

    def _keep(self, token: Token) -> None:
        self._access[token.access] = token
        if token.refresh:
            self._refresh[token.refresh] = token

    def _secret(self, length: int = 30) -> str:
        return "".join(self._rng.choices(LETTERS, k=length))
