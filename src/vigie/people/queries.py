"""Who is where, with which role; which links and keys can be used; which accounts of platforms are connected."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from vigie.people import scopes
from vigie.people.models import (
    LOST,
    ApiKey,
    ConnectedAccount,
    ConnectionState,
    Invitation,
    Membership,
    User,
    Workspace,
)
from vigie.people.permissions import may_manage_connections


def needs_set_up() -> bool:
    """Return whether the first administrator is still to come."""
    return not User.objects.filter(is_superuser=True).exists()


def account_called(login: str) -> User | None:
    """Return the account that somebody signs in to by this user name or e-mail, however written; None: there is none.

    One query, by index.
    """
    return (
        User.objects.annotate(name=Lower("username"), mail=Lower("email"))
        .filter(Q(name=login.lower()) | Q(mail=login.lower()))
        .first()
    )


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the workspaces of a person, by name, as memberships."""
    return Membership.objects.filter(user=user).select_related("workspace", "role").order_by("workspace__name", "pk")


def members_of(workspace: Workspace) -> QuerySet[Membership]:
    """Return the members of a workspace, in the order in which they came."""
    return Membership.objects.filter(workspace=workspace).select_related("user", "role").order_by("pk")


def invitations_of(workspace: Workspace) -> QuerySet[Invitation]:
    """Return the invitations nobody accepted yet, the newest first; some may have expired."""
    return (
        Invitation.objects.filter(workspace=workspace, accepted_at=None)
        .select_related("role", "invited_by")
        .order_by("-pk")
    )


def grantable_roles(by: Membership) -> QuerySet[Group]:
    """Return the roles that a person may give: those that may do no more than their own, the first made first."""
    beyond = Permission.objects.exclude(group=by.role).filter(group__isnull=False)
    return Group.objects.exclude(permissions__in=beyond).order_by("pk")


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_invitation(token: str, now: datetime, *, among: QuerySet[Invitation] | None = None) -> Invitation | None:
    """Return the invitation a token can be used for at this moment, or None.

    The index only ever compares hashes; the whole hash is then compared in constant time.
    """
    among = Invitation.objects.all() if among is None else among
    wanted = digest(token)
    found = (
        among.filter(token_sha256=wanted, accepted_at=None, expires_at__gt=now)
        .select_related("workspace", "role", "invited_by")
        .first()
    )
    return found if found and hmac.compare_digest(found.token_sha256, wanted) else None


def member_in(user: User, slug: str) -> Membership | None:
    """Return a person as a member of the workspace at an address; None: they are none, or there is no workspace."""
    found = Membership.objects.filter(user=user, user__is_active=True, workspace__slug=slug)
    return found.select_related("workspace", "role", "user").first()


def keys_of(workspace: Workspace) -> QuerySet[ApiKey]:
    """Return the keys of a workspace that nobody revoked, newest first; without `has_maker` they are of no use."""
    makers = Membership.objects.filter(user=OuterRef("made_by"), user__is_active=True, workspace=OuterRef("workspace"))
    found = ApiKey.objects.filter(workspace=workspace, revoked_at=None).annotate(has_maker=Exists(makers))
    return found.select_related("made_by").order_by("-pk")


def find_key(key: str, now: datetime) -> ApiKey | None:
    """Return the row of a key that can be used at this moment, or None. One query.

    The index only ever compares hashes; the whole hash is then compared in constant time.
    """
    wanted = digest(key)
    usable = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), key_sha256=wanted, revoked_at=None)
    found = usable.select_related("workspace", "made_by").first()
    return found if found and hmac.compare_digest(found.key_sha256, wanted) else None


def acting_for(key: ApiKey) -> Membership | None:
    """Return the member in whose name a key acts: they may do what both they and the key may. None once they left."""
    member = member_in(key.made_by, key.workspace.slug) if key.made_by else None
    if member:
        member.permissions &= frozenset(key.scopes)
    return member


def connections_of(workspace: Workspace) -> QuerySet[ConnectedAccount]:
    """Return the accounts that a team connected, by platform and login."""
    return (
        ConnectedAccount.objects.filter(workspace=workspace)
        .select_related("connected_by")
        .order_by("platform", "login", "pk")
    )


def connections_due(now: datetime) -> QuerySet[ConnectedAccount]:
    """Return the accounts that their platform is to be asked about, those that wait longest first."""
    return ConnectedAccount.objects.filter(check_at__lte=now).select_related("workspace").order_by("check_at", "pk")


def find_connection(pk: int) -> ConnectedAccount | None:
    """Return a connected account as it is now, or None once it is disconnected."""
    return ConnectedAccount.objects.filter(pk=pk).select_related("workspace").first()


def usable_connection(platform: str, workspace_id: int, purpose: str) -> ConnectedAccount | None:
    """Return the account that a team uses a platform with for a purpose: the first connected of those that serve it."""
    held = ConnectedAccount.objects.filter(platform=platform, workspace=workspace_id).exclude(state__in=LOST)
    able = (account for account in held.order_by("pk") if scopes.serves(platform, account.scopes, purpose))
    return next(able, None)


@dataclass(frozen=True, slots=True)
class ConnectionTrouble:
    """What a page tells where accounts are of no use, or of too little, until a person connects them anew."""

    accounts: list[ConnectedAccount]
    may_mend: bool
    """Whether the reader is such a person."""


def connection_trouble(reader: Membership) -> ConnectionTrouble | None:
    """Return what a page of the reader's workspace has to tell; one query. None: all is well."""
    needing = connections_of(reader.workspace).filter(state__in=(*LOST, ConnectionState.MISSING_SCOPE))
    accounts = list(needing)
    return ConnectionTrouble(accounts, may_manage_connections(reader)) if accounts else None
