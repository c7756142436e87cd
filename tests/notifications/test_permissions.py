import pytest

from tests.factories import make_membership, make_user
from vigie.notifications.permissions import may_be_told, may_follow_notices, may_manage_webhooks
from vigie.people.models import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_every_role_is_told_what_happens(role: str) -> None:
    assert may_be_told(make_membership(role))


@pytest.mark.parametrize("role", Role.values)
def test_administrators_look_after_webhooks(role: str) -> None:
    assert may_manage_webhooks(make_membership(role)) is (role == Role.ADMINISTRATOR)


def test_nobody_follows_what_another_is_told() -> None:
    member, other = make_membership(), make_membership()

    assert may_follow_notices(member.user, member.pk)
    assert not may_follow_notices(other.user, member.pk)
    assert not may_follow_notices(make_user(), member.pk)
    assert not may_follow_notices(member.user, 0)
