import pytest

from tests.clips.rows import make_team
from tests.factories import NOW, make_membership
from vigie.clips import operations, queries
from vigie.clips.filenames import DEFAULT, BadTemplate
from vigie.clips.keeping import Keeping
from vigie.clips.models import ClipSettings
from vigie.clips.operations import Habits
from vigie.events import Acted

pytestmark = pytest.mark.django_db

WANTED = Habits("{channel}/{seq}", 20, 5, Keeping(30, 2.5))


def test_a_team_says_how_clips_are_made_and_kept(acts: list[Acted]) -> None:
    team = make_team()
    ada = make_membership("supervisor", workspace=team)

    saved = operations.save_settings(WANTED, actor=ada)

    assert queries.settings_of(team.pk) == saved
    assert (saved.template, saved.before_s, saved.after_s) == ("{channel}/{seq}", 20, 5)
    assert (saved.keep_days, saved.keep_gigabytes) == (30, 2.5)
    told = {"template": "{channel}/{seq}", "before_s": 20, "after_s": 5, "keeping": {"days": 30, "gigabytes": 2.5}}
    assert [(act.verb, act.workspace_id, act.payload) for act in acts] == [("clip_settings.saved", team.pk, told)]


def test_what_is_said_anew_is_looked_after_at_once() -> None:
    ada = make_membership("supervisor", workspace=make_team())
    operations.save_settings(WANTED, actor=ada)
    ClipSettings.objects.update(tidied_at=NOW)

    saved = operations.save_settings(Habits("a", 0, 0, Keeping()), actor=ada)

    assert ClipSettings.objects.get() == saved
    assert (saved.keep_days, saved.keep_gigabytes, saved.tidied_at) == (None, None, None)


def test_what_is_no_template_changes_nothing(acts: list[Acted]) -> None:
    with pytest.raises(BadTemplate):
        operations.save_settings(Habits("{nobody}", 1, 1, Keeping()), actor=make_membership())

    assert not ClipSettings.objects.exists()
    assert acts == []


def test_whoever_said_nothing_takes_what_is_usual() -> None:
    team = make_team()

    usual = queries.settings_of(team.pk)

    assert (usual.template, usual.before_s, usual.after_s, usual.keep_days) == (DEFAULT, 30, 10, None)
    assert not ClipSettings.objects.exists()
