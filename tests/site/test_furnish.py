"""A workspace for programs that start on an empty data folder."""

from datetime import UTC, datetime

import pytest

from vigie.people.models import User, Workspace
from vigie.people.operations import LinkNotValid, NewAccount
from vigie.site.furnish import first_workspace

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
ACCOUNT = NewAccount("console", "console@example.org", "a long enough password")

pytestmark = pytest.mark.django_db


def test_first_workspace_is_administered_by_the_account() -> None:
    member = first_workspace(ACCOUNT, name="Console", now=NOW)

    assert (member.user.username, member.workspace.name) == ("console", "Console")
    assert member.may("people.manage_people")


def test_first_workspace_refuses_a_folder_that_is_in_use() -> None:
    first_workspace(ACCOUNT, name="Console", now=NOW)

    with pytest.raises(LinkNotValid):
        first_workspace(ACCOUNT, name="Another", now=NOW)
    assert (User.objects.count(), Workspace.objects.count()) == (1, 1)
