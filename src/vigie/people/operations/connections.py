"""Accounts of platforms: a person connects and disconnects them, Vigie keeps their tokens fresh or tells of their loss.

Every write names the access token it is about: one that comes late, about a token that was replaced meanwhile, changes
nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from vigie.people import queries, scopes
from vigie.people.models import LOST, ConnectedAccount, ConnectionState, Membership
from vigie.people.operations.refusals import ScopesRefused
from vigie.people.operations.telling import tell
from vigie.ports import Grant, Identity
from vigie.runtime.sealing import seal

CHECK = "people.check_connections"
"""Name of the task that asks platforms about accounts."""
CHECK_EVERY = timedelta(minutes=55)
"""Twitch wants to be asked at start and once an hour, and audits it (dev.twitch.tv, validating tokens)."""
CHECK_AGAIN = timedelta(minutes=1)
"""After no answer; and until when whoever looks into an account is taken to be at it."""
RENEWAL = timedelta(seconds=30)
"""How long a refresh may take before another process believes that this one died."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a platform handed out, to whom, for what."""

    platform: str
    purposes: tuple[str, ...]
    grant: Grant
    identity: Identity


@transaction.atomic
def connect_account(by: Membership, consent: Consent, now: datetime) -> ConnectedAccount:
    """Keep an account's tokens, sealed; those of an account that was connected before are replaced.

    Raises ScopesRefused where the platform allows less than it was asked for.
    """
    grant, identity = consent.grant, consent.identity
    if scopes.unserved(consent.platform, identity.scopes, consent.purposes):
        raise ScopesRefused
    account, _is_new = ConnectedAccount.objects.update_or_create(
        workspace=by.workspace,
        platform=consent.platform,
        platform_id=identity.platform_id,
        defaults={
            "login": identity.login,
            "access_token": seal(grant.access_token),
            "refresh_token": _sealed(grant.refresh_token),
            "scopes": sorted(identity.scopes),
            "purposes": list(consent.purposes),
            "expires_at": now + timedelta(seconds=identity.expires_in_s),
            "connected_by": by.user,
            "connected_at": now,
            "renewing_until": None,
            **_as_checked(ConnectionState.OK, "", now),
        },
    )
    told = {"platform": account.platform, "login": account.login, "purposes": account.purposes}
    tell(by.user, "account.connected", account, workspace=by.workspace, **told)
    return account


@transaction.atomic
def disconnect_account(by: Membership, account: ConnectedAccount) -> None:
    """Forget an account and its tokens. Giving them back to the platform is the caller's."""
    told = {"platform": account.platform, "login": account.login}
    tell(by.user, "account.disconnected", account, workspace=by.workspace, **told)
    ConnectedAccount.objects.filter(pk=account.pk).delete()


def claim_renewal(account: ConnectedAccount, now: datetime) -> bool:
    """Return whether it is ours to refresh the token of `account` as it was read, within `RENEWAL`.

    One statement: of many that ask, in whatever process, one gets it.
    """
    free = Q(renewing_until=None) | Q(renewing_until__lte=now)
    account.renewing_until = now + RENEWAL
    return bool(_as_read(account).filter(free).update(renewing_until=account.renewing_until))


def end_renewal(account: ConnectedAccount) -> None:
    """Let others try, where nothing came of a renewal that was claimed."""
    _as_read(account).filter(renewing_until=account.renewing_until).update(renewing_until=None)


def keep_renewed(account: ConnectedAccount, grant: Grant, now: datetime) -> bool:
    """Replace the tokens of `account` as it was read; return whether they were still those."""
    renewed = {
        "access_token": seal(grant.access_token),
        "expires_at": now + timedelta(seconds=grant.expires_in_s),
        "renewing_until": None,
    }
    if grant.refresh_token:  # RFC 6749, section 6: without a new one, the former one stays
        renewed["refresh_token"] = seal(grant.refresh_token)
    return bool(_as_read(account).update(**renewed))


@transaction.atomic
def lose_account(account: ConnectedAccount, state: ConnectionState, reason: str) -> bool:
    """Take note, once, that a person must connect `account` anew; return whether its tokens were still as read."""
    lost = {"state": state, "reason": reason[:300], "check_at": None, "renewing_until": None}
    if not _as_read(account).exclude(state__in=LOST).update(**lost):
        return False
    told = {"platform": account.platform, "login": account.login, "state": state.value, "reason": reason[:300]}
    tell(None, "account.lost", account, workspace=account.workspace, **told)
    return True


def record_check(account: ConnectedAccount, identity: Identity, now: datetime) -> None:
    """Take note of what a platform says of `account`: it is in order, or allows too little for what it is used for."""
    missing = scopes.unserved(account.platform, identity.scopes, account.purposes)
    state = ConnectionState.MISSING_SCOPE if missing else ConnectionState.OK
    said = {
        "login": identity.login,
        "scopes": sorted(identity.scopes),
        "expires_at": now + timedelta(seconds=identity.expires_in_s),
    }
    _as_read(account).update(**said, **_as_checked(state, ", ".join(missing), now))


def postpone_check(account: ConnectedAccount, reason: str, check_at: datetime) -> None:
    """Take note that a platform did not answer about `account`; its token is used all the same."""
    held = _as_read(account).exclude(state__in=LOST)
    held.update(check_at=check_at)
    held.exclude(state=ConnectionState.MISSING_SCOPE).update(state=ConnectionState.UNREACHABLE, reason=reason[:300])


def claim_check(now: datetime) -> ConnectedAccount | None:
    """Return an account that its platform is to be asked about, whoever waits longest; ours for `CHECK_AGAIN`."""
    for account in queries.connections_due(now):
        mine = ConnectedAccount.objects.filter(pk=account.pk, check_at=account.check_at)
        if mine.update(check_at=now + CHECK_AGAIN):
            return account
    return None


def check_all(now: datetime) -> None:
    """Have every account looked into now: a program that starts must."""
    ConnectedAccount.objects.filter(check_at__gt=now).update(check_at=now)


def _as_checked(state: ConnectionState, reason: str, now: datetime) -> dict[str, object]:
    return {"state": state, "reason": reason, "validated_at": now, "check_at": now + CHECK_EVERY}


def _as_read(account: ConnectedAccount) -> QuerySet[ConnectedAccount]:
    return ConnectedAccount.objects.filter(pk=account.pk, access_token=account.access_token)


def _sealed(token: str) -> str:
    return seal(token) if token else ""
