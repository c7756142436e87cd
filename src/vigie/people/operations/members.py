"""Who does what in a workspace: nobody grants what they lack, nor edits their own role."""

from django.contrib.auth.models import Group
from django.db import transaction

from vigie.people import queries
from vigie.people.models import Membership, Workspace, permissions_of
from vigie.people.operations.refusals import LastAdministrator, MayNotGrant, OwnRole
from vigie.people.operations.telling import tell


@transaction.atomic
def change_role(by: Membership, member: Membership, role: Group) -> None:
    """Give a member another role. Raises OwnRole, MayNotGrant, LastAdministrator."""
    if by.pk == member.pk:
        raise OwnRole
    check_grant(by, member.role)
    check_grant(by, role)
    if not _manages_people(role):
        _check_not_last(member)
    former, member.role = member.role, role
    member.save(update_fields=["role"])
    tell(by.user, "role.changed", member, workspace=by.workspace, role=[former.name, role.name])


@transaction.atomic
def remove_member(by: Membership, member: Membership) -> None:
    """Take a member out of the workspace; one may take oneself out. Raises MayNotGrant, LastAdministrator."""
    check_grant(by, member.role)
    _check_not_last(member)
    Membership.objects.filter(pk=member.pk).delete()
    tell(by.user, "person.removed", member, workspace=by.workspace, user=member.user_id)


def check_grant(by: Membership, role: Group) -> None:
    """Raise MayNotGrant where `role` may do more than `by`'s own.

    Both are compared as they are anywhere: separated duties do not keep administrators from inviting moderators.
    """
    if not permissions_of(role) <= permissions_of(by.role):
        raise MayNotGrant


def _manages_people(role: Group) -> bool:
    return "people.manage_people" in permissions_of(role)


def _check_not_last(member: Membership) -> None:
    """Hold the workspace, so that two administrators cannot demote each other at the same moment."""
    Workspace.objects.select_for_update().get(pk=member.workspace_id)
    others = queries.members_of(member.workspace).exclude(pk=member.pk)
    if _manages_people(member.role) and not any(_manages_people(other.role) for other in others):
        raise LastAdministrator
