"""Rules ask for clips: of what happened, named after who and what made them act."""

from typing import Any

import pytest

from tests.clips.rows import make_obs, make_team, on_air
from tests.factories import NOW
from tests.rules.rows import chat, judge, look, make_rule, spec
from vigie.clips.models import Clip, ClipSettings, Origin
from vigie.people.models import Workspace
from vigie.rules import actions, tasks
from vigie.rules.actions import BadAction
from vigie.rules.models import ActionRun
from vigie.watch.models import Chatter, Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Workspace:
    return make_team()


@pytest.fixture
def live(team: Workspace) -> Live:
    return on_air(team)


def acted(live: Live, *then: Any, **rule: Any) -> None:
    """Let somebody write `clip` at 60 s, and the rules act."""
    make_rule(live.channel.workspace, spec(then=list(then), **rule))
    chat(live, "un clip stp", at_s=60.0)
    look(at=NOW)
    tasks.act_due()


def asked(*fields: str) -> list[tuple[Any, ...]]:
    return list(Clip.objects.order_by("pk").values_list(*fields))


def outcomes() -> list[tuple[str, str]]:
    return list(ActionRun.objects.order_by("pk").values_list("state", "reason"))


def test_a_clip_shows_what_made_the_rule_act(live: Live) -> None:
    acted(live, "clip")

    assert asked("at_s", "from_s", "to_s", "origin", "requested_by") == [(60.0, 30.0, 70.0, Origin.SERVER, None)]
    assert asked("chatter", "trigger", "template") == [("Viewer 1", "clip", "{chatter}_{trigger}_{ts}")]
    clip = Clip.objects.get()
    assert (clip.author, clip.live, clip.firing) == (Chatter.objects.get(), live, live.firings.get())
    assert outcomes() == [("done", "")]


def test_a_rule_says_how_much_and_how_it_is_called(live: Live) -> None:
    acted(live, {"clip": {"before": "1 min", "after": 0, "name": "{channel}/{seq}"}})

    assert asked("from_s", "to_s", "template") == [(0.0, 60.0, "{channel}/{seq}")]


def test_a_team_says_what_is_usual(live: Live, team: Workspace) -> None:
    ClipSettings.objects.create(workspace=team, template="{seq}", before_s=5, after_s=2)

    acted(live, "clip")

    assert asked("from_s", "to_s", "template") == [(55.0, 62.0, "{seq}")]


def test_what_nobody_wrote_is_named_after_the_rule(live: Live) -> None:
    make_rule(live.channel.workspace, spec("Hateful words", "assessment", conditions=[{"score": 0.7}], then=["clip"]))
    assessment = judge(live, 0.9, start_s=60.0)
    look(at=NOW)
    tasks.act_due()

    assert asked("trigger", "chatter", "author", "assessment", "score") == [
        ("Hateful words", "", None, assessment, 0.9)
    ]


def test_two_clips_of_one_act_are_refused_and_said(live: Live) -> None:
    acted(live, "clip", {"clip": {"before": "5 s"}})

    assert asked("from_s") == [(30.0,)]
    assert outcomes() == [("done", ""), ("failed", "This rule asked for this moment already.")]


# ── replays ──


def test_each_obs_in_use_saves_its_replay(live: Live, team: Workspace) -> None:
    studio, other = make_obs(team), make_obs(team, "other")
    make_obs(team, "off", is_used=False)
    make_obs(team, "gone", removed_at=NOW)
    make_obs(make_team(), "theirs")

    acted(live, "replay")

    assert asked("origin", "obs") == [(Origin.OBS, studio.pk), (Origin.OBS, other.pk)]


def test_one_obs_is_meant_by_its_name(live: Live, team: Workspace) -> None:
    make_obs(team)
    other = make_obs(team, "other")

    acted(live, {"replay": {"obs": "other"}})

    assert asked("obs") == [(other.pk,)]


def test_an_obs_that_was_asked_already_is_not_asked_again(live: Live, team: Workspace) -> None:
    studio, other = make_obs(team), make_obs(team, "other")

    acted(live, {"replay": {"obs": "studio"}}, "replay", "replay")

    assert asked("obs") == [(studio.pk,), (other.pk,)]
    assert [state for state, _ in outcomes()] == ["done", "done", "failed"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [({}, "No OBS is in use."), ({"obs": "attic"}, "No OBS named “attic” is in use.")],
)
def test_without_such_an_obs_the_rule_says_so(options: dict[str, str], reason: str, live: Live) -> None:
    acted(live, {"replay": options})

    assert outcomes() == [("failed", reason)]
    assert asked() == []


def test_a_clip_and_a_replay_of_one_act_stand_beside_each_other(live: Live, team: Workspace) -> None:
    make_obs(team)

    acted(live, "replay", "clip")

    assert asked("origin") == [(Origin.OBS,), (Origin.SERVER,)]


# ── what rules may say ──


@pytest.mark.parametrize(
    ("name", "options", "flaw"),
    [
        ("clip", {"before": "10 min"}, "before"),
        ("clip", {"after": -1}, "after"),
        ("clip", {"name": "{nobody}"}, "clips cannot be named so: there is no"),
        ("clip", {"name": "../x"}, "clips cannot be named so"),
        ("clip", {"obs": "studio"}, "obs"),
        ("replay", {"after": "6 min"}, "after"),
    ],
)
def test_what_cannot_be_is_refused_where_the_rule_is_written(name: str, options: dict[str, Any], flaw: str) -> None:
    with pytest.raises(BadAction, match=flaw):
        actions.read_options(name, options)


@pytest.mark.parametrize(
    ("name", "options"),
    [("clip", {}), ("clip", {"before": "5 min", "after": 0, "name": "a/{seq}"}), ("replay", {"obs": "studio"})],
)
def test_what_can_be_is_read(name: str, options: dict[str, Any]) -> None:
    actions.read_options(name, options)
