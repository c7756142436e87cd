import pytest
from django.contrib.auth.models import Group, Permission

from vigie.people import operations, roles
from vigie.people.models import Role, RoleGrant, permissions_of

pytestmark = pytest.mark.django_db


def test_migrating_made_a_group_of_each_role() -> None:
    existing = {
        f"{area}.{codename}" for area, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }

    assert {group.name: permissions_of(group) for group in Group.objects.all()} == {
        role: roles.PERMISSIONS[role] & existing for role in Role.values
    }


def test_what_a_team_took_away_is_not_given_again() -> None:
    administrator = Group.objects.get(name="administrator")
    administrator.permissions.remove(Permission.objects.get(codename="manage_people"))

    operations.grant_roles()

    assert "people.manage_people" not in permissions_of(administrator)


def test_what_a_team_gave_stays() -> None:
    analyst = Group.objects.get(name="analyst")
    analyst.permissions.add(Permission.objects.get(codename="manage_people"))

    operations.grant_roles()

    assert "people.manage_people" in permissions_of(analyst)


def test_a_permission_that_a_later_version_brings_is_given() -> None:
    administrator = Group.objects.get(name="administrator")
    administrator.permissions.clear()
    RoleGrant.objects.filter(role="administrator", permission="people.manage_people").delete()

    operations.grant_roles()

    assert permissions_of(administrator) == {"people.manage_people"}


def test_a_group_that_was_removed_comes_back_whole() -> None:
    Group.objects.get(name="auditor").delete()

    operations.grant_roles()

    assert "people.manage_people" not in permissions_of(Group.objects.get(name="auditor"))
    assert "governance.read_audit" in permissions_of(Group.objects.get(name="auditor"))
