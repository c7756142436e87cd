import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_membership, make_user, make_workspace
from vigie.people import roles
from vigie.people.models import Membership, User, role_name

pytestmark = pytest.mark.django_db


def test_what_a_member_may_do_is_asked_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pk = make_membership("moderator").pk
    membership = Membership.objects.select_related("role", "workspace").get(pk=pk)

    with django_assert_num_queries(1):
        answers = [membership.may("moderation.decide_alerts"), membership.may("people.manage_people")]

    assert answers == [True, False]


def test_a_module_that_is_off_takes_its_permissions_along() -> None:
    membership = make_membership("moderator")
    membership.workspace.modules = []

    assert membership.permissions == {"watch.follow_lives", "speech.read_transcripts", "speech.hear_audio"}


def test_administrators_of_a_public_body_do_not_read_content() -> None:
    workspace = make_workspace(preset="public_body")
    membership = make_membership("administrator", workspace=workspace)

    assert not membership.permissions & roles.CONTENT
    assert membership.may("people.manage_people")


@pytest.mark.parametrize("field", ["email", "username"])
def test_accounts_differ_by_more_than_capitals(field: str) -> None:
    user = make_user("ada")
    other = User(username="grace", email="grace@example.org")
    setattr(other, field, getattr(user, field).upper())

    with pytest.raises(IntegrityError):
        other.save()


def test_a_person_is_in_a_workspace_once() -> None:
    membership = make_membership()

    with pytest.raises(IntegrityError):
        make_membership(user=membership.user, workspace=membership.workspace)


def test_a_person_is_called_by_their_name_or_their_user_name() -> None:
    user = make_user("ada")
    assert str(user) == "ada"

    user.first_name, user.last_name = "Ada", "Lovelace"
    assert str(user) == "Ada Lovelace"


def test_roles_have_names_and_a_team_s_own_groups_keep_theirs() -> None:
    assert [role_name(Group(name=name)) for name in ("api_client", "Night shift")] == ["API client", "Night shift"]


def test_a_member_has_an_alias_for_exports() -> None:
    assert Membership(pk=7).alias == "M-07"
