import pytest

from tests.factories import make_membership
from vigie.people.models import Role
from vigie.rules.permissions import may_edit_rules, may_publish_rules, may_see_rules

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ANALYST, (True, False, False)),
        (Role.MODERATOR, (True, True, False)),
        (Role.SUPERVISOR, (True, True, True)),
        (Role.ADMINISTRATOR, (True, True, True)),
        (Role.AUDITOR, (True, False, False)),
        (Role.API_CLIENT, (True, False, False)),
    ],
)
def test_some_see_rules_some_write_them_some_put_them_in_force(role: str, may: tuple[bool, bool, bool]) -> None:
    member = make_membership(role)

    assert (may_see_rules(member), may_edit_rules(member), may_publish_rules(member)) == may


def test_nobody_does_anything_with_rules_that_are_switched_off() -> None:
    member = make_membership(Role.ADMINISTRATOR)
    member.workspace.modules = ["moderation"]

    assert not any(may(member) for may in (may_see_rules, may_edit_rules, may_publish_rules))
