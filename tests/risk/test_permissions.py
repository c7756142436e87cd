import pytest

from tests.factories import make_membership
from vigie.people.models import Role
from vigie.risk.permissions import may_edit_policy, may_read_policy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_every_member_may_read_the_rules_and_leaders_may_change_them(role: Role) -> None:
    member = make_membership(role)

    assert may_read_policy(member)
    assert may_edit_policy(member) is (role in {Role.SUPERVISOR, Role.ADMINISTRATOR})
