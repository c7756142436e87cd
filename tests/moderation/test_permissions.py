from collections.abc import Callable

import pytest

from tests.factories import make_membership, make_workspace
from vigie.moderation import permissions
from vigie.people.models import Membership, Preset

pytestmark = pytest.mark.django_db

PREDICATES = (
    permissions.may_see_alerts,
    permissions.may_read_around,
    permissions.may_hear_alerts,
    permissions.may_decide_alerts,
)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("analyst", [True, True, False, False]),
        ("moderator", [True, True, True, True]),
        ("supervisor", [True, True, True, True]),
        ("administrator", [True, True, True, True]),
        ("auditor", [True, True, False, False]),
        ("api_client", [True, True, False, False]),
    ],
)
def test_each_role_may_do_its_part(role: str, allowed: list[bool]) -> None:
    membership = make_membership(role)

    assert [may(membership) for may in PREDICATES] == allowed


@pytest.mark.parametrize("may", PREDICATES)
def test_whoever_manages_a_public_body_s_workspace_sees_no_alert(may: Callable[[Membership], bool]) -> None:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)

    assert not may(make_membership("administrator", workspace=workspace))


@pytest.mark.parametrize("may", PREDICATES)
def test_without_its_module_there_are_no_alerts(may: Callable[[Membership], bool]) -> None:
    membership = make_membership("supervisor")
    membership.workspace.modules = []

    assert not may(membership)
