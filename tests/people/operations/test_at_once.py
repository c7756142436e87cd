"""What happens when two people do the same thing at the same moment. On PostgreSQL too, with DATABASE_URL."""

from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from tests.at_once import at_once
from tests.factories import NOW, make_membership, make_user
from vigie.people import operations
from vigie.people.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db(transaction=True)

raced = partial(at_once, refusals=(operations.Refused, IntegrityError))


def test_two_administrators_cannot_demote_each_other() -> None:
    first = make_membership("administrator")
    second = make_membership("administrator", workspace=first.workspace)
    analyst = Group.objects.get(name="analyst")

    ends = raced(
        lambda: operations.change_role(first, Membership.objects.get(pk=second.pk), analyst),
        lambda: operations.change_role(second, Membership.objects.get(pk=first.pk), analyst),
    )

    assert ends == ["LastAdministrator", "done"]
    assert Membership.objects.filter(role__name="administrator").count() == 1


def test_two_administrators_cannot_leave_together() -> None:
    first = make_membership("administrator")
    second = make_membership("administrator", workspace=first.workspace)

    ends = raced(*(lambda each=each: operations.remove_member(each, each) for each in (first, second)))

    assert ends == ["LastAdministrator", "done"]


def test_a_link_lets_one_of_two_in() -> None:
    by = make_membership("administrator")
    issued = operations.invite(by, role=Group.objects.get(name="analyst"), now=NOW)
    people = [make_user(), make_user()]

    ends = raced(*(lambda user=user: operations.accept(issued.token, user, NOW) for user in people))

    assert ends == ["LinkNotValid", "done"]
    assert Membership.objects.filter(user__in=people).count() == 1


def test_the_first_link_makes_one_administrator() -> None:
    link = operations.first_link(NOW)
    assert link is not None
    token = link.strip("/").split("/")[-1]

    def set_up(name: str) -> Membership:
        account = operations.NewAccount(name, f"{name}@example.org", "correct horse battery")
        return operations.set_up(token, account, workspace=name, preset="creator", now=NOW)

    ends = raced(lambda: set_up("ada"), lambda: set_up("grace"))

    assert ends == ["LinkNotValid", "done"]
    assert User.objects.count() == 1


def test_an_invitation_is_either_accepted_or_revoked() -> None:
    by = make_membership("administrator")
    issued = operations.invite(by, role=Group.objects.get(name="analyst"), now=NOW)
    user = make_user()

    ends = raced(
        lambda: operations.accept(issued.token, user, NOW),
        lambda: operations.revoke_invitation(by, issued.invitation),
    )

    assert ends == ["LinkNotValid", "done"]
    assert Membership.objects.filter(user=user).exists() == Invitation.objects.exists()


def test_two_people_take_one_name() -> None:
    ada = operations.NewAccount("ada", "ada@example.org", "correct horse battery")

    assert raced(*[lambda: operations.create_account(ada)] * 2) == ["IntegrityError", "done"]
