"""Whoever is erased, or known by a pseudonym from now on, is named in no clip: row, history and file."""

from typing import Any

import pytest

from tests.clips.rows import Videos, editor, files, fresh, make_chatter, make_clip, make_team, on_air
from vigie.clips import operations, tasks
from vigie.clips.filenames import DEFAULT
from vigie.clips.models import Clip, ClipName, ClipState
from vigie.people.models import Workspace
from vigie.runtime import clock
from vigie.watch.models import Chatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Workspace:
    return make_team()


@pytest.fixture
def anna(team: Workspace) -> Chatter:
    return make_chatter(team)


def clip_of(anna: Chatter, state: str = ClipState.VERIFIED, **fields: Any) -> Clip:
    """A clip that names somebody."""
    named = {"name": "anna_92_clip it.mp4"} if state in (ClipState.RENAMED, ClipState.VERIFIED) else {}
    return make_clip(on_air(anna.workspace), state, author=anna, template="{chatter}_{trigger}", **{**named, **fields})


@pytest.mark.parametrize("state", ClipState.values)
def test_who_is_erased_is_named_in_no_row(state: str, anna: Chatter) -> None:
    clip = clip_of(anna, state)

    operations.forget_chatter(anna.pk)

    assert (fresh(clip).author, fresh(clip).chatter, fresh(clip).trigger) == (None, "", "")
    assert fresh(clip).state == state


def test_the_file_of_who_is_erased_has_another_name(anna: Chatter, team: Workspace, videos: Videos) -> None:
    clip = clip_of(anna)
    ClipName.objects.create(clip=clip, name=clip.name, given_at=clock.now())

    operations.forget_chatter(anna.pk)
    tasks.finish_clips()

    assert files(team) == {"none_none.mp4": b"video"}
    assert (fresh(clip).name, fresh(clip).is_misnamed) == ("none_none.mp4", False)
    assert [name.name for name in clip.names.all()] == ["none_none.mp4"]


def test_others_stay_as_they_are(anna: Chatter, team: Workspace) -> None:
    others = [clip_of(make_chatter(team, "bert")), make_clip(on_air(team))]

    operations.forget_chatter(anna.pk)

    assert [fresh(clip).is_misnamed for clip in others] == [False, False]
    assert fresh(others[0]).chatter == "bert"


@pytest.mark.parametrize(("typed", "template", "names"), [("Best of ANNA_92", DEFAULT, 0), ("The goal", "The goal", 1)])
def test_what_a_person_called_it_goes_where_that_names_them(
    typed: str, template: str, names: int, anna: Chatter
) -> None:
    clip = clip_of(anna)
    operations.rename_clip(clip, typed, actor=editor(clip), now=clock.now())

    operations.forget_chatter(anna.pk)

    assert fresh(clip).template == template
    assert Clip.objects.exclude(named_by=None).count() == names


def test_a_team_that_begins_to_pseudonymise_names_nobody(anna: Chatter, team: Workspace, videos: Videos) -> None:
    clip = clip_of(anna)
    theirs = clip_of(make_chatter(make_team(), "bert"))

    operations.hide_chatters(team.pk)
    tasks.finish_clips()

    assert (fresh(clip).chatter, fresh(clip).author, fresh(clip).trigger) == (anna.pseudonym, anna, "clip it")
    assert files(team) == {f"{anna.pseudonym}_clip it.mp4": b"video"}
    assert fresh(theirs).chatter == "bert"


def test_who_goes_by_a_pseudonym_already_is_left_alone(anna: Chatter, team: Workspace) -> None:
    clip = clip_of(anna, chatter=anna.pseudonym)

    operations.hide_chatters(team.pk)

    assert not fresh(clip).is_misnamed
