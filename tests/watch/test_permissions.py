import pytest

from tests.factories import make_channel, make_live, make_membership, make_user, make_workspace
from vigie.people.models import Role
from vigie.watch import permissions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_every_role_follows_lives(role: str) -> None:
    assert permissions.may_follow_lives(make_membership(role))


@pytest.mark.parametrize(
    ("role", "may"), [("analyst", False), ("moderator", False), ("supervisor", True), ("auditor", False)]
)
def test_supervisors_manage_channels(role: str, *, may: bool) -> None:
    assert permissions.may_manage_channels(make_membership(role)) is may


def test_a_live_is_followed_by_members_of_its_workspace_alone() -> None:
    workspace = make_workspace()
    live = make_live(make_channel(workspace))
    member, stranger = make_membership("analyst", workspace=workspace), make_membership("analyst")

    assert permissions.may_follow_live(member.user, live.pk)
    assert not permissions.may_follow_live(stranger.user, live.pk)
    assert not permissions.may_follow_live(make_user(), live.pk)
    assert not permissions.may_follow_live(member.user, live.pk + 1)


def test_a_workspace_is_followed_by_its_members_alone() -> None:
    member, stranger = make_membership("analyst"), make_membership("analyst")

    assert permissions.may_follow_workspace(member.user, member.workspace_id)
    assert not permissions.may_follow_workspace(stranger.user, member.workspace_id)


@pytest.mark.parametrize(("role", "reads", "reveals"), [("analyst", True, False), ("supervisor", True, True)])
def test_chats_are_read_by_all_and_revealed_by_leaders(role: str, *, reads: bool, reveals: bool) -> None:
    member = make_membership(role)

    assert (permissions.may_read_chat(member), permissions.may_reveal_chatters(member)) == (reads, reveals)


def test_nobody_reads_chats_where_the_team_reads_none() -> None:
    member = make_membership("supervisor", workspace=make_workspace(preset="public_body"))

    assert not permissions.may_read_chat(member)
    assert not permissions.may_reveal_chatters(member)


def test_the_chat_of_a_live_is_followed_by_those_who_read_it() -> None:
    workspace = make_workspace()
    live = make_live(make_channel(workspace))
    member, stranger = make_membership("analyst", workspace=workspace), make_membership("analyst")

    assert permissions.may_follow_chat(member.user, live.pk)
    assert not permissions.may_follow_chat(stranger.user, live.pk)
