"""Accounts of a vendor that people connected: OAuth 2.0, and the budget of requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vigie.ports.trouble import PortError


class Gate(Protocol):
    """The one budget, log and circuit breaker around every request to a vendor, shared by every process."""

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        """Return once a request may be sent: within the budget of `key` (`tiktok`, `tiktok.sign`, `twitch.app`, ...).

        Raises PortError, retryable, when the breaker is open or the turn would come later than 30 s from now.
        """
        ...

    async def leave(self, key: str, trouble: PortError | None) -> None:
        """Take note of how the request went; `retry_after_s` closes the gate for everyone for as long."""
        ...


class Keys(Protocol):
    """The access token of one connected account, or of the application itself."""

    async def token(self) -> str:
        """Return a token to use now. Raises PortError, permanent, when a person must connect the account anew."""
        ...

    async def renew(self, refused: str) -> str:
        """Return a token that is not `refused`: refreshed once, however many ask. Raises PortError like `token`."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What a vendor's authorization server handed out."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, and what it may do, as its vendor says."""

    platform_id: str
    login: str
    scopes: tuple[str, ...]
    expires_in_s: float


class AccountAuthority(Protocol):
    """The OAuth 2.0 authorization server of a vendor (RFC 6749, authorization code grant)."""

    def authorize_url(self, *, state: str, scopes: Sequence[str], redirect_uri: str) -> str:
        """Return where a person is sent to consent."""
        ...

    async def exchange(self, code: str, *, redirect_uri: str) -> Grant:
        """Return what a code is worth. Raises PortError: permanent when it is not (any more)."""
        ...

    async def refresh(self, refresh_token: str) -> Grant:
        """Return a fresh grant. Raises PortError: permanent when the person took it back."""
        ...

    async def validate(self, access_token: str) -> Identity:
        """Return whose token it is. Raises PortError: permanent when it is not valid (any more)."""
        ...

    async def revoke(self, access_token: str) -> None:
        """Give a token back. One that is not valid any more is given back already."""
        ...
