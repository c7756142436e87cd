"""Links that let one person in, once: the first administrator, then whoever a team invites."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse

from vigie.people import queries, roles
from vigie.people.models import Invitation, Membership, User
from vigie.people.operations.accounts import NewAccount, create_account
from vigie.people.operations.members import check_grant
from vigie.people.operations.refusals import AlreadyMember, LinkNotValid
from vigie.people.operations.telling import tell
from vigie.people.operations.workspaces import create_workspace

LINK_LIFE = timedelta(days=7)
"""How long a link can be used."""


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """An invitation and its token, which is known at this moment only."""

    invitation: Invitation
    token: str


@transaction.atomic
def first_link(now: datetime) -> str | None:
    """Return the address at which the first administrator signs up, or None once there is one.

    A new link replaces the former one.
    """
    if not queries.needs_set_up():
        return None
    Invitation.objects.filter(workspace=None).delete()
    issued = _issue(Invitation(role=Group.objects.get(name=roles.ADMINISTRATOR)), now)
    tell(None, "setup_link.made", issued.invitation)
    return reverse("setup", args=[issued.token])


@transaction.atomic
def set_up(token: str, account: NewAccount, *, workspace: str, preset: str, now: datetime) -> Membership:
    """Create the first administrator, who also operates the installation, and the first workspace.

    Raises LinkNotValid.
    """
    invitation = _usable(token, now)
    if invitation.workspace_id is not None:
        raise LinkNotValid
    user = create_account(account, is_operator=True)
    _use(invitation, now)
    return create_workspace(user, name=workspace, preset=preset)


@transaction.atomic
def invite(by: Membership, *, role: Group, email: str = "", now: datetime) -> IssuedLink:
    """Make a link that lets one person join with that role, once, within a week. Raises MayNotGrant."""
    check_grant(by, role)
    issued = _issue(Invitation(workspace=by.workspace, role=role, email=email.lower(), invited_by=by.user), now)
    tell(by.user, "person.invited", issued.invitation, workspace=by.workspace, role=role.name, email=email)
    return issued


@transaction.atomic
def renew_invitation(by: Membership, invitation: Invitation, now: datetime) -> IssuedLink:
    """Make a new link for an invitation; the former one stops working. Raises MayNotGrant, LinkNotValid."""
    check_grant(by, invitation.role)
    if invitation.accepted_at:
        raise LinkNotValid
    issued = _issue(invitation, now)
    tell(by.user, "invitation.renewed", invitation, workspace=by.workspace)
    return issued


@transaction.atomic
def revoke_invitation(by: Membership, invitation: Invitation) -> None:
    """Take an invitation back. Raises LinkNotValid where it was accepted meanwhile."""
    removed, _each = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()
    if not removed:
        raise LinkNotValid
    tell(by.user, "invitation.revoked", invitation, workspace=by.workspace, email=invitation.email)


@transaction.atomic
def accept(token: str, user: User, now: datetime) -> Membership:
    """Let a person into the workspace that the link is for. Raises LinkNotValid, AlreadyMember."""
    invitation = _usable(token, now)
    if invitation.workspace is None:
        raise LinkNotValid
    if Membership.objects.filter(user=user, workspace=invitation.workspace).exists():
        raise AlreadyMember
    _use(invitation, now)
    membership = Membership.objects.create(user=user, workspace=invitation.workspace, role=invitation.role)
    tell(user, "person.joined", membership, workspace=invitation.workspace, role=invitation.role.name)
    return membership


@transaction.atomic
def accept_as_new(token: str, account: NewAccount, now: datetime) -> Membership:
    """Create an account and let it into the workspace that the link is for. Raises LinkNotValid."""
    return accept(token, create_account(account), now)


def _issue(invitation: Invitation, now: datetime) -> IssuedLink:
    token = secrets.token_urlsafe(32)
    invitation.token_sha256 = queries.digest(token)
    invitation.expires_at = now + LINK_LIFE
    invitation.save()
    return IssuedLink(invitation, token)


def _usable(token: str, now: datetime) -> Invitation:
    """Return the invitation of a token, locked."""
    found = queries.find_invitation(token, now, among=Invitation.objects.select_for_update(of=("self",)))
    if found is None:
        raise LinkNotValid
    return found


def _use(invitation: Invitation, now: datetime) -> None:
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
