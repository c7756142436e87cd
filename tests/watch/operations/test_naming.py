"""Which teams know people by their names, as it is now."""

import pytest

from tests.factories import make_workspace
from vigie.people.models import Preset, Workspace
from vigie.watch.operations.naming import naming_workspaces

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("preset", Preset.values)
def test_a_team_names_people_unless_it_pseudonymises(preset: str) -> None:
    workspace = make_workspace(preset=preset)

    assert naming_workspaces([workspace.pk]) == (set() if preset == Preset.PUBLIC_BODY else {workspace.pk})


def test_teams_are_told_apart_and_one_that_is_gone_names_nobody() -> None:
    body, creator, not_asked = (make_workspace(preset=each) for each in ("public_body", "creator", "creator"))
    gone = make_workspace(preset=Preset.CREATOR)
    asked = [body.pk, creator.pk, gone.pk]
    Workspace.objects.filter(pk=gone.pk).delete()

    assert naming_workspaces(asked) == {creator.pk}
    assert naming_workspaces([]) == set()
    assert not_asked.pk not in naming_workspaces(asked)
