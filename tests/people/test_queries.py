from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission

from tests.factories import NOW, make_membership, make_user, make_workspace
from vigie.people import operations, queries
from vigie.people.models import Membership, permissions_of

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def names(by: Membership) -> list[str]:
    return [role.name for role in queries.grantable_roles(by)]


@pytest.mark.parametrize(
    ("login", "is_found"), [("ada", True), ("ADA", True), ("Ada@Example.org", True), ("grace", False), ("", False)]
)
def test_an_account_goes_by_its_name_and_its_e_mail(login: str, *, is_found: bool) -> None:
    ada = make_user("ada")

    assert queries.account_called(login) == (ada if is_found else None)


def test_set_up_is_needed_until_there_is_an_operator() -> None:
    make_user()
    assert queries.needs_set_up()

    operations.create_account(operations.NewAccount("ada", "ada@example.org", "x"), is_operator=True)
    assert not queries.needs_set_up()


def test_the_workspaces_of_a_person_are_in_order_of_name() -> None:
    user = make_user()
    for slug in ("newsroom", "archive"):
        make_membership(user=user, workspace=make_workspace(slug))
    make_membership()

    assert [membership.workspace.slug for membership in queries.memberships_of(user)] == ["archive", "newsroom"]


def test_members_are_in_the_order_in_which_they_came() -> None:
    workspace = make_workspace()
    came = [make_membership(role, workspace=workspace) for role in ("moderator", "administrator")]
    make_membership()

    assert list(queries.members_of(workspace)) == came


def test_open_invitations_are_listed_newest_first_even_when_expired() -> None:
    by = make_membership("administrator")
    role = Group.objects.get(name="analyst")
    first, second, accepted = (operations.invite(by, role=role, now=NOW) for _ in range(3))
    operations.accept(accepted.token, make_user(), NOW)

    assert list(queries.invitations_of(by.workspace)) == [second.invitation, first.invitation]


def test_the_least_powerful_roles_are_offered_first() -> None:
    assert names(make_membership("administrator")) == [
        "analyst",
        "moderator",
        "supervisor",
        "administrator",
        "auditor",
        "api_client",
    ]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("analyst", ["analyst", "api_client"]),
        ("supervisor", ["analyst", "moderator", "supervisor", "api_client"]),
        ("auditor", ["analyst", "auditor", "api_client"]),
    ],
)
def test_roles_that_may_do_more_are_not_offered(role: str, offered: list[str]) -> None:
    assert names(make_membership(role)) == offered


def test_what_is_offered_is_what_may_be_granted() -> None:
    group = Group.objects.create(name="Front desk")
    group.permissions.set(Permission.objects.filter(codename__in=["manage_people", "follow_lives"]))
    by = make_membership("Front desk")
    own = permissions_of(by.role)

    assert names(by) == [group.name for group in Group.objects.order_by("pk") if permissions_of(group) <= own]


def test_an_invitation_is_found_by_its_token_while_it_can_be_used() -> None:
    issued = operations.invite(make_membership("administrator"), role=Group.objects.get(name="analyst"), now=NOW)

    assert queries.find_invitation(issued.token, NOW) == issued.invitation
    assert queries.find_invitation(issued.token, NOW + WEEK) is None
    assert queries.find_invitation(queries.digest(issued.token), NOW) is None
    assert queries.find_invitation(issued.token.swapcase(), NOW) is None


def test_a_digest_is_sha_256() -> None:
    assert queries.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
