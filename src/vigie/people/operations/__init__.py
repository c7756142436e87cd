"""What can be done with people and workspaces. Everything is written here, and told on the bus."""

from vigie.people.operations.accounts import (
    NewAccount,
    account_for,
    account_for_refusal,
    create_account,
    newcomer,
    update_profile,
)
from vigie.people.operations.groups import grant_roles
from vigie.people.operations.invitations import (
    IssuedLink,
    accept,
    accept_as_new,
    first_link,
    invite,
    renew_invitation,
    revoke_invitation,
    set_up,
)
from vigie.people.operations.members import change_role, remove_member
from vigie.people.operations.refusals import (
    AlreadyMember,
    DutiesStaySeparate,
    LastAdministrator,
    LinkNotValid,
    MayNotGrant,
    ModuleNotAllowed,
    OwnRole,
    Refused,
)
from vigie.people.operations.workspaces import WorkspaceSettings, change_workspace, create_workspace

__all__ = [
    "AlreadyMember",
    "DutiesStaySeparate",
    "IssuedLink",
    "LastAdministrator",
    "LinkNotValid",
    "MayNotGrant",
    "ModuleNotAllowed",
    "NewAccount",
    "OwnRole",
    "Refused",
    "WorkspaceSettings",
    "accept",
    "accept_as_new",
    "account_for",
    "account_for_refusal",
    "change_role",
    "change_workspace",
    "create_account",
    "create_workspace",
    "first_link",
    "grant_roles",
    "invite",
    "newcomer",
    "remove_member",
    "renew_invitation",
    "revoke_invitation",
    "set_up",
    "update_profile",
]
