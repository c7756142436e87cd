import pytest

from tests.factories import make_membership, make_user, make_workspace
from vigie.people.models import Preset, Role
from vigie.rules.permissions import (
    may_edit_rules,
    may_follow_rules,
    may_publish_rules,
    may_read_texts,
    may_see_rules,
)

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


def test_the_log_is_followed_by_who_sees_rules() -> None:
    member = make_membership(Role.ANALYST)

    assert may_follow_rules(member.user, member.workspace_id)
    assert not may_follow_rules(member.user, make_workspace().pk)
    assert not may_follow_rules(make_user(), member.workspace_id)
    member.workspace.modules = []
    member.workspace.save()
    assert not may_follow_rules(member.user, member.workspace_id)


@pytest.mark.parametrize(
    ("role", "modules", "may"),
    [
        (Role.SUPERVISOR, ["rules"], True),
        (Role.ADMINISTRATOR, ["rules", "chat"], False),
        (Role.ANALYST, ["rules", "chat"], True),
    ],
)
def test_texts_are_read_by_who_reads_chats_or_transcripts(role: str, modules: list[str], *, may: bool) -> None:
    member = make_membership(role, workspace=make_workspace(preset=Preset.PUBLIC_BODY))
    member.workspace.modules = modules

    assert may_read_texts(member) is may
