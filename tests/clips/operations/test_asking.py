from datetime import timedelta

import pytest

from tests.at_once import at_once
from tests.clips.rows import (
    at,
    fresh,
    make_chatter,
    make_clip,
    make_firing,
    make_obs,
    make_team,
    on_air,
    put,
    states,
    wish,
)
from tests.factories import make_assessment, make_membership, make_user, make_utterance
from vigie.clips import operations
from vigie.clips.models import Clip, ClipState, Origin
from vigie.clips.operations import AlreadyAsked, NoOverlap, NotFailed
from vigie.clips.operations.asking import FORGOTTEN, LONGEST_S
from vigie.clips.reasons import NOT_KEPT, TOO_LONG
from vigie.events import Acted, ClipChanged
from vigie.people.models import Preset
from vigie.watch.models import Live
from vigie.watch.operations.chat import erase_chatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    return on_air()


def test_a_clip_is_asked_for_with_all_that_its_name_may_tell(live: Live, changes: list[ClipChanged]) -> None:
    workspace = live.channel.workspace
    anna = make_chatter(workspace)
    assessment = make_assessment(make_utterance(live))
    firing = make_firing(live)

    asked = wish(live, author=anna, firing=firing, assessment=assessment, score=0.8, viewers=12)
    clip = operations.request_clip(asked, by=None, now=at(live, 61))

    row = Clip.objects.values().get()
    told = {
        name: row[name] for name in ("chatter", "trigger", "template", "score", "viewers", "seq", "state", "reason")
    }
    assert told == {
        "chatter": "anna_92",
        "trigger": "clip it",
        "template": "{chatter}_{trigger}",
        "score": 0.8,
        "viewers": 12,
        "seq": 1,
        "state": ClipState.REQUESTED,
        "reason": "",
    }
    assert (row["at_s"], row["from_s"], row["to_s"], row["requested_at"]) == (60, 30, 70, at(live, 61))
    assert (clip.firing, clip.assessment, clip.author, clip.origin) == (firing, assessment, anna, Origin.SERVER)
    assert changes == [ClipChanged(workspace.pk, live.pk, clip.pk, "requested")]


def test_what_a_rule_asks_for_is_no_act_of_a_person(live: Live, acts: list[Acted]) -> None:
    operations.request_clip(wish(live), by=None, now=at(live, 61))

    assert acts == []


def test_what_a_person_asks_for_is_accounted_for(live: Live, acts: list[Acted]) -> None:
    ada = make_user()

    clip = operations.request_clip(wish(live), by=ada, now=at(live, 61))

    asked = {"live": live.pk, "from_s": 30.0, "to_s": 70.0}
    assert acts == [Acted(clip.workspace_id, ada.pk, "clip.requested", "clip", str(clip.pk), asked)]
    assert clip.requested_by == ada


@pytest.mark.parametrize(
    ("asked", "given", "lacks"),
    [
        ((-20.0, 10.0), (0.0, 10.0), ""),
        ((30.0, 20.0), (30.0, 30.0), ""),
        ((0.0, LONGEST_S), (0.0, LONGEST_S), ""),
        ((0.0, LONGEST_S + 1), (1.0, LONGEST_S + 1), TOO_LONG),
        ((-500.0, LONGEST_S), (0.0, LONGEST_S), ""),
        ((100.0, 10_000.0), (9400.0, 10_000.0), TOO_LONG),
    ],
)
def test_a_clip_begins_in_its_live_and_has_ten_minutes_at_most(
    asked: tuple[float, float], given: tuple[float, float], lacks: str, live: Live
) -> None:
    from_s, to_s = asked

    clip = operations.request_clip(wish(live, from_s=from_s, to_s=to_s), by=None, now=at(live, 5))

    assert (clip.from_s, clip.to_s) == given
    assert (clip.lacks, clip.reason) == (lacks, lacks)


def test_clips_of_a_team_are_numbered_one_after_the_other(live: Live) -> None:
    other = on_air()

    numbers = [operations.request_clip(wish(where), by=None, now=at(live, 60)).seq for where in (live, live, other)]

    assert numbers == [1, 2, 1]


def test_a_firing_has_one_clip(live: Live) -> None:
    firing = make_firing(live)
    operations.request_clip(wish(live, firing=firing), by=None, now=at(live, 60))

    with pytest.raises(AlreadyAsked):
        operations.request_clip(wish(live, firing=firing), by=None, now=at(live, 60))

    assert Clip.objects.count() == 1


def test_a_firing_has_one_replay_of_each_obs_beside_its_clip(live: Live) -> None:
    firing = make_firing(live)
    workspace = live.channel.workspace
    for obs in (make_obs(workspace, "one"), make_obs(workspace, "two"), None):
        operations.request_clip(wish(live, firing=firing, obs=obs), by=None, now=at(live, 60))

    assert [clip.origin for clip in Clip.objects.order_by("pk")] == [Origin.OBS, Origin.OBS, Origin.SERVER]


# ── moments that are gone ──


GONE_S = 70 + 120 + FORGOTTEN.total_seconds()
"""The moment ends at 70 s, and 120 s are kept."""


@pytest.mark.parametrize(
    ("now_s", "stands"),
    [
        (0.0, (ClipState.REQUESTED, "")),
        (GONE_S - 1, (ClipState.REQUESTED, "")),
        (GONE_S + 1, (ClipState.FAILED, NOT_KEPT)),
    ],
)
def test_what_a_rule_wants_of_a_moment_long_over_fails_at_once(
    now_s: float, stands: tuple[str, str], live: Live
) -> None:
    clip = operations.request_clip(wish(live), by=None, now=at(live, now_s))

    assert states(clip) == [stands]


def test_a_person_who_wants_a_moment_long_over_is_told_and_nothing_changes(live: Live) -> None:
    with pytest.raises(NoOverlap):
        operations.request_clip(wish(live), by=make_user(), now=at(live, GONE_S + 1))

    assert not Clip.objects.exists()


@pytest.mark.parametrize(
    ("ended_s", "state"),
    [(25.0, ClipState.FAILED), (30.0, ClipState.FAILED), (31.0, ClipState.REQUESTED), (65.0, ClipState.REQUESTED)],
)
def test_what_comes_after_the_end_of_a_live_does_not_come(ended_s: float, state: str, live: Live) -> None:
    live.ended_at = at(live, ended_s)

    assert operations.request_clip(wish(live), by=None, now=at(live, 66)).state == state


def test_a_replay_is_never_too_late_here_for_obs_itself_knows(live: Live) -> None:
    clip = operations.request_clip(wish(live, obs=make_obs(live.channel.workspace)), by=None, now=at(live, GONE_S + 1))

    assert clip.state == ClipState.REQUESTED


def test_a_moment_that_is_yet_to_come_can_be_asked_for(live: Live) -> None:
    clip = operations.request_clip(wish(live, from_s=50, to_s=110), by=make_user(), now=at(live, 60))

    assert (clip.state, operations.over_at(clip)) == (ClipState.REQUESTED, at(live, 110))


# ── who is named ──


def test_a_team_that_pseudonymises_reads_pseudonyms_in_names() -> None:
    live = on_air(make_team(preset=Preset.PUBLIC_BODY))
    anna = make_chatter(live.channel.workspace)

    clip = operations.request_clip(wish(live, author=anna), by=None, now=at(live, 60))

    assert clip.chatter == anna.pseudonym


def test_who_was_erased_meanwhile_is_not_named(live: Live) -> None:
    anna = make_chatter(live.channel.workspace)
    asked = wish(live, author=anna)
    erase_chatter(anna, actor=make_membership(workspace=live.channel.workspace), reason="asked")

    clip = operations.request_clip(asked, by=None, now=at(live, 60))

    assert (clip.chatter, clip.author) == ("", None)


def test_hostile_words_are_kept_as_far_as_a_database_can(live: Live) -> None:
    anna = make_chatter(live.channel.workspace, "../" * 30)

    clip = operations.request_clip(wish(live, author=anna, trigger="a\0b\ud800" + "x" * 300), by=None, now=at(live, 60))

    assert fresh(clip).trigger == "ab?" + "x" * 197
    assert fresh(clip).chatter == "../" * 30


# ── once more ──


def test_a_clip_that_failed_is_asked_for_again(live: Live, acts: list[Acted]) -> None:
    clip = make_clip(live, ClipState.FAILED, reason="The disk is full.", lacks=TOO_LONG, tries=7, name="")
    actor = make_membership(workspace=live.channel.workspace)
    acts.clear()

    operations.try_again(clip, actor=actor, now=at(live, 80))

    assert states(clip) == [(ClipState.REQUESTED, TOO_LONG)]
    assert (fresh(clip).tries, fresh(clip).requested_at) == (0, at(live, 80))
    assert [(act.verb, act.actor_id) for act in acts] == [("clip.retried", actor.user_id)]


def test_a_clip_whose_file_waits_goes_on_with_that(live: Live) -> None:
    unnamed = make_clip(live, ClipState.FAILED, look=[5, 5], name="")
    put(unnamed)
    unnamed.save()
    unseen = make_clip(live, ClipState.FAILED, name="here.mp4")
    put(unseen)
    unseen.save()

    for clip in (unnamed, unseen):
        operations.try_again(clip, actor=None, now=at(live, 80))

    assert [state for state, _ in states(unnamed, unseen)] == [ClipState.SAVED, ClipState.RENAMED]


@pytest.mark.parametrize("state", [ClipState.REQUESTED, ClipState.SAVING, ClipState.SAVED, ClipState.VERIFIED])
def test_only_what_failed_is_asked_for_again(state: str, live: Live) -> None:
    clip = make_clip(live, state)

    with pytest.raises(NotFailed):
        operations.try_again(clip, actor=None, now=at(live, 80))

    assert states(clip) == [(state, "")]


def test_the_moment_of_a_clip_whose_live_is_gone_is_when_it_was_asked_for(live: Live) -> None:
    clip = make_clip(live)
    assert operations.moment_of(clip) == at(live, 60)

    live.delete()

    assert operations.moment_of(fresh(clip)) == clip.requested_at
    assert operations.over_at(fresh(clip)) == clip.requested_at + timedelta(seconds=10)


@pytest.mark.django_db(transaction=True)
def test_two_triggers_at_the_same_moment_have_a_number_each() -> None:
    live = on_air()
    anna, bert = (make_chatter(live.channel.workspace, name) for name in ("anna", "bert"))

    ends = at_once(
        lambda: operations.request_clip(wish(live, author=anna, trigger="one"), by=None, now=at(live, 60)),
        lambda: operations.request_clip(wish(live, author=bert, trigger="two"), by=None, now=at(live, 60)),
    )

    assert ends == ["done", "done"]
    assert sorted(Clip.objects.values_list("seq", flat=True)) == [1, 2]
    assert set(Clip.objects.values_list("chatter", "trigger")) == {("anna", "one"), ("bert", "two")}
