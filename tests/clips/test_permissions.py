import pytest

from tests.factories import make_membership
from vigie.clips import permissions
from vigie.people.models import Role

pytestmark = pytest.mark.django_db

PREDICATES = (
    permissions.may_see_clips,
    permissions.may_make_clips,
    permissions.may_delete_clips,
    permissions.may_manage_obs,
)


def test_who_may_do_what_with_clips() -> None:
    may = {role: "".join("x" if may(make_membership(role)) else "-" for may in PREDICATES) for role in Role}

    assert may == {
        "analyst": "x---",
        "moderator": "xx--",
        "supervisor": "xxxx",
        "administrator": "xxxx",
        "auditor": "x---",
        "api_client": "x---",
    }
