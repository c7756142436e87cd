import json

import pytest
from django.contrib.auth.models import Group

from tests.factories import make_membership, make_user, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.models import Membership

pytestmark = pytest.mark.django_db


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def test_an_administrator_changes_the_role_of_a_member() -> None:
    by = make_membership("administrator")
    member = make_membership("analyst", workspace=by.workspace)

    operations.change_role(by, member, role("moderator"))

    assert Membership.objects.get(pk=member.pk).role.name == "moderator"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.object_id) == ("role.changed", by.user_id, str(member.pk))
    assert json.loads(entry.payload.body) == {"role": ["analyst", "moderator"]}


def test_nobody_changes_their_own_role() -> None:
    by = make_membership("administrator")
    make_membership("administrator", workspace=by.workspace)

    with pytest.raises(operations.OwnRole):
        operations.change_role(by, by, role("moderator"))


@pytest.fixture
def people_manager() -> Membership:
    """A member of a team's own role that manages people and little else."""
    group = Group.objects.create(name="Front desk")
    group.permissions.set(role("administrator").permissions.filter(codename="manage_people"))
    group.permissions.add(*role("analyst").permissions.all())
    return make_membership("Front desk")


@pytest.mark.parametrize("wanted", ["moderator", "supervisor", "administrator"])
def test_nobody_grants_what_they_lack(people_manager: Membership, wanted: str) -> None:
    member = make_membership("analyst", workspace=people_manager.workspace)

    with pytest.raises(operations.MayNotGrant):
        operations.change_role(people_manager, member, role(wanted))


def test_nobody_takes_away_what_they_lack(people_manager: Membership) -> None:
    administrator = make_membership("administrator", workspace=people_manager.workspace)

    with pytest.raises(operations.MayNotGrant):
        operations.change_role(people_manager, administrator, role("analyst"))
    with pytest.raises(operations.MayNotGrant):
        operations.remove_member(people_manager, administrator)


def test_separated_duties_do_not_keep_an_administrator_from_naming_moderators() -> None:
    by = make_membership("administrator", workspace=make_workspace(preset="public_body"))
    member = make_membership("analyst", workspace=by.workspace)

    operations.change_role(by, member, role("moderator"))

    assert Membership.objects.get(pk=member.pk).may("moderation.decide_alerts")


def test_one_of_two_administrators_may_be_given_another_role() -> None:
    by = make_membership("administrator")
    other = make_membership("administrator", workspace=by.workspace)

    operations.change_role(by, other, role("analyst"))

    with pytest.raises(operations.LastAdministrator):
        operations.remove_member(by, by)


def test_an_operator_s_other_workspace_does_not_count() -> None:
    user = make_user()
    by = make_membership("administrator", user=user)
    make_membership("administrator", user=user)

    with pytest.raises(operations.LastAdministrator):
        operations.remove_member(by, by)


def test_a_member_is_removed_and_keeps_the_account() -> None:
    by = make_membership("administrator")
    member = make_membership("moderator", workspace=by.workspace)
    pk = member.pk

    operations.remove_member(by, member)

    assert not Membership.objects.filter(pk=pk).exists()
    member.user.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_type, entry.object_id) == ("person.removed", "membership", str(pk))


def test_one_may_leave() -> None:
    by = make_membership("administrator")
    make_membership("administrator", workspace=by.workspace)

    operations.remove_member(by, by)

    assert Membership.objects.count() == 1
