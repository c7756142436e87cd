"""The keys to a platform: access tokens of connected accounts, fresh for whoever asks, in whatever process."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.utils.translation import gettext_noop

from vigie.people import operations, queries, scopes
from vigie.people.models import ConnectedAccount, ConnectionState
from vigie.ports import AccountAuthority, Identity, Keys, PortError
from vigie.runtime import clock, registry
from vigie.runtime.sealing import CannotUnseal, unseal

ANSWER_S = 20.0
"""How long a platform may take to answer: less than a renewal is held (`operations.connections.RENEWAL`)."""
PATIENCE_S = 40.0
"""How long to wait for a token that somebody else renews: longer than a renewal that was left is held."""
LOOK_EVERY_S = 0.25
EARLY = timedelta(minutes=1)
"""A token that ends within this time is renewed before it is handed out."""
UNREADABLE = gettext_noop("Its tokens cannot be read: the secret key of this installation was changed.")
NOT_RENEWABLE = gettext_noop("Its token ended, and the platform gave nothing to renew it with.")
NOT_CONFIGURED = "The settings of this installation lack what {} needs."

Answer = TypeVar("Answer")


def keys_for(platform: str, workspace_id: int, purpose: str) -> Keys:
    """Return the keys that a team has to a platform for a purpose (`people.scopes`).

    Which account they are of is looked up at each use: connecting one, or another, takes effect at once. Without any,
    both methods raise PortError, permanent, that says which page mends it.
    """
    return TeamKeys(platform, workspace_id, purpose)


def authority_of(platform: str) -> AccountAuthority:
    """Return whoever hands out a platform's tokens. Raises PortError, retryable, where the settings lack it."""
    authority = registry.find(AccountAuthority, platform)
    if authority is None:
        raise PortError(NOT_CONFIGURED.format(scopes.NAMES[platform]), retryable=True)
    return authority


async def answered(asked: Awaitable[Answer]) -> Answer:
    """Return the answer of a platform. Raises PortError, its own or that none came in time."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await asked
    except TimeoutError:
        raise PortError(f"The platform did not answer within {ANSWER_S:.0f} s.", retryable=True) from None


@dataclass(slots=True)
class TeamKeys:
    """The port Keys, on whichever connected account of a team serves a purpose."""

    platform: str
    workspace_id: int
    purpose: str
    _used: "AccountKeys | None" = field(default=None, repr=False)

    async def token(self) -> str:
        """Return a token to use now. Raises PortError, permanent, when a person must connect an account."""
        self._used = await self._choose()
        return await self._used.token()

    async def renew(self, refused: str) -> str:
        """Return a token that is not `refused`, of the account that it was of. Raises PortError like `token`."""
        keys = self._used or await self._choose()
        return await keys.renew(refused)

    async def _choose(self) -> "AccountKeys":
        account = await sync_to_async(queries.usable_connection)(self.platform, self.workspace_id, self.purpose)
        if account is None:
            name = scopes.NAMES[self.platform]
            raise PortError(f"No {name} account that allows this is connected: see Connections.", permanent=True)
        return AccountKeys(account.pk)


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """The port Keys, on one connected account."""

    account_id: int

    async def token(self) -> str:
        """Return a token to use now. Raises PortError, permanent, when a person must connect the account anew."""
        account = await self._account()
        token = await _access_token(account)
        return token if account.expires_at > clock.now() + EARLY else await self.renew(token)

    async def renew(self, refused: str) -> str:
        """Return a token that is not `refused`. Raises PortError like `token`.

        However many ask, in whatever process, the platform is asked once: one claims the row, the others look at it
        until the new token is there. It is stored before anybody has it.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (token := await _access_token(account := await self._account())) == refused:
                    if await sync_to_async(operations.claim_renewal)(account, clock.now()):
                        await _renew(account, refused)
                    else:
                        await asyncio.sleep(LOOK_EVERY_S)
                return token
        except TimeoutError:
            raise PortError("A token was not renewed in time.", retryable=True) from None

    async def validate(self, token: str) -> Identity:
        """Return what the platform says of a token of the account. Raises PortError, permanent when it is refused."""
        account = await self._account()
        return await answered(authority_of(account.platform).validate(token))

    async def give_up(self, token: str, reason: str) -> None:
        """Take note that a person must connect the account anew, unless it has another token than this one by now."""
        account = await self._account()
        if await _access_token(account) == token:
            await lost(account, ConnectionState.REVOKED, reason)

    async def _account(self) -> ConnectedAccount:
        account = await sync_to_async(queries.find_connection)(self.account_id)
        if account is None:
            raise PortError("The account was disconnected: see Connections.", permanent=True)
        if account.is_lost:
            raise PortError(f"{account} must be connected anew: {account.reason}", permanent=True)
        return account


async def _access_token(account: ConnectedAccount) -> str:
    return await _opened(account, account.access_token)


async def _opened(account: ConnectedAccount, sealed: str) -> str:
    try:
        return unseal(sealed)
    except CannotUnseal:
        raise await lost(account, ConnectionState.EXPIRED, UNREADABLE) from None


async def lost(account: ConnectedAccount, state: ConnectionState, reason: str) -> PortError:
    """Take note that a person must connect `account` anew; return the error that says so."""
    await sync_to_async(operations.lose_account)(account, state, reason)
    return PortError(f"{account} must be connected anew: {reason}", permanent=True)


async def _renew(account: ConnectedAccount, refused: str) -> None:
    """Replace the tokens of an account whose renewal is claimed. Raises PortError; others may try after it."""
    try:
        if not account.refresh_token:
            raise await lost(account, ConnectionState.EXPIRED, NOT_RENEWABLE)
        await _refresh(account, refused)
    finally:
        await sync_to_async(operations.end_renewal)(account)


async def _refresh(account: ConnectedAccount, refused: str) -> None:
    refresh_token = await _opened(account, account.refresh_token)
    try:
        grant = await answered(authority_of(account.platform).refresh(refresh_token))
    except PortError as trouble:
        if trouble.permanent:
            raise await lost(account, ConnectionState.REVOKED, str(trouble)) from trouble
        raise
    if grant.access_token == refused:
        raise PortError(f"{account}: the platform gave the token that it had refused.", retryable=True)
    await sync_to_async(operations.keep_renewed)(account, grant, clock.now())
