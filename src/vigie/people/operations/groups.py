"""Roles, as Django groups that a team may edit."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from vigie.people import roles
from vigie.people.models import RoleGrant


@transaction.atomic
def grant_roles() -> None:
    """Make the group of each role, and give it the permissions it was never given before.

    A permission exists once the migrations of its area have run: call it after those of every app.
    """
    existing = {
        f"{area}.{codename}": pk
        for pk, area, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    for role, permissions in roles.PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=role)
        known = set() if is_new else set(RoleGrant.objects.filter(role=role).values_list("permission", flat=True))
        new = sorted((permissions & existing.keys()) - known)
        group.permissions.add(*(existing[name] for name in new))
        RoleGrant.objects.bulk_create((RoleGrant(role=role, permission=name) for name in new), ignore_conflicts=True)
