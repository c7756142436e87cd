"""Clips hear of it, in the same transaction, when somebody is erased or a team begins to pseudonymise."""

import pytest
from django.db import transaction

from tests.clips.rows import fresh, make_chatter, make_clip, make_team, on_air
from tests.factories import make_membership
from vigie.clips import receivers
from vigie.clips.models import Clip
from vigie.events import Acted
from vigie.people import operations as people
from vigie.people import presets
from vigie.people.models import Preset, Workspace
from vigie.people.operations import WorkspaceSettings
from vigie.watch.models import Chatter
from vigie.watch.operations.chat import erase_chatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Chatter:
    return make_chatter(make_team())


@pytest.fixture
def clip(anna: Chatter) -> Clip:
    return make_clip(on_air(anna.workspace), author=anna)


def change(workspace: Workspace, preset: str) -> None:
    """Change a workspace as its page does; the areas react as they are wired."""
    wanted = WorkspaceSettings("Team", preset, tuple(presets.default_modules(preset)), workspace.alert_threshold)
    people.change_workspace(make_membership("administrator", workspace=workspace), wanted)


def test_who_is_erased_is_named_in_no_clip(anna: Chatter, clip: Clip) -> None:
    erase_chatter(anna, actor=make_membership(workspace=anna.workspace), reason="they asked")

    assert (fresh(clip).chatter, fresh(clip).author, fresh(clip).is_misnamed) == ("", None, True)


def test_an_erasure_that_fails_changes_no_clip(anna: Chatter, clip: Clip) -> None:
    with transaction.atomic():
        erase_chatter(anna, actor=make_membership(workspace=anna.workspace), reason="they asked")
        transaction.set_rollback(True)

    assert (fresh(clip).chatter, fresh(clip).is_misnamed) == ("anna_92", False)


def test_a_team_that_begins_to_pseudonymise_names_nobody_in_clips(anna: Chatter, clip: Clip) -> None:
    change(anna.workspace, Preset.PUBLIC_BODY)

    assert (fresh(clip).chatter, fresh(clip).is_misnamed) == (anna.pseudonym, True)


def test_a_team_that_does_not_goes_on_naming(anna: Chatter, clip: Clip) -> None:
    change(anna.workspace, Preset.COMMUNICATIONS)

    assert (fresh(clip).chatter, fresh(clip).is_misnamed) == ("anna_92", False)


@pytest.mark.parametrize(
    "act",
    [
        Acted(None, None, "admin.changed", "workspace"),
        Acted(1, None, "chatter.revealed", "chatter", "1"),
        Acted(1, None, "workspace.changed", "workspace", "1", {"name": ["a", "b"]}),
        Acted(1, None, "clip.renamed", "clip", "1"),
    ],
)
def test_other_acts_change_no_clip(act: Acted, clip: Clip) -> None:
    receivers.hide_names(act)

    assert (fresh(clip).chatter, fresh(clip).is_misnamed) == ("anna_92", False)
