from datetime import timedelta

import pytest

from tests.clips.rows import at, editor, make_clip, make_obs, make_team, on_air
from tests.factories import NOW, make_alert, make_assessment, make_decision, make_membership, make_utterance
from vigie.clips import queries
from vigie.clips.keeping import GIGABYTE, Keeping, Removal, Why
from vigie.clips.models import Clip, ClipState, ObsState
from vigie.people.models import Preset, Workspace
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Workspace:
    return make_team()


@pytest.fixture
def live(team: Workspace) -> Live:
    return on_air(team)


def test_a_team_sees_its_clips_newest_first(live: Live) -> None:
    old, new, same = make_clip(live), make_clip(live), make_clip(live)
    Clip.objects.filter(pk=old.pk).update(requested_at=at(live, 1))
    make_clip(live, removed_at=NOW)
    make_clip()

    assert list(queries.clips_for(editor(new))) == [same, new, old]
    assert list(queries.clips_for(make_membership())) == []


def test_clips_of_lives_are_cut_in_the_order_in_which_their_moments_end(live: Live) -> None:
    other = on_air()
    late, early = make_clip(live, ClipState.REQUESTED, to_s=90.0), make_clip(live, ClipState.REQUESTED, to_s=50.0)
    make_clip(other, ClipState.REQUESTED)
    make_clip(live, ClipState.SAVING)
    make_clip(live, ClipState.REQUESTED, removed_at=NOW)
    make_clip(live, ClipState.REQUESTED, obs=make_obs(live.channel.workspace))
    waits = make_clip(live, ClipState.REQUESTED, not_before=at(live, 100))

    assert queries.waiting_for_cut([live.pk], at(live, 99)) == [early, late]
    assert queries.waiting_for_cut([live.pk], at(live, 100)) == [early, waits, late]
    assert queries.waiting_for_cut([], NOW) == []


def test_obs_in_use_are_connected_with_unless_they_refused(team: Workspace) -> None:
    ready, away = make_obs(team), make_obs(team, "away", state=ObsState.AWAY, checked_at=NOW)
    make_obs(team, "off", is_used=False)
    make_obs(team, "gone", removed_at=NOW)
    make_obs(team, "refused", state=ObsState.REFUSED, checked_at=NOW)
    changed = make_obs(team, "changed", state=ObsState.REFUSED, checked_at=NOW, changed_at=NOW + timedelta(seconds=1))
    make_obs(make_team(preset=Preset.PUBLIC_BODY))  # makes no clips

    assert queries.obs_in_use() == [ready.pk, away.pk, changed.pk]
    assert [obs.name for obs in queries.obs_for(make_membership(workspace=team))] == [
        "away",
        "changed",
        "off",
        "refused",
        "studio",
    ]


# ── how long they are kept ──


def test_what_counts_is_what_has_a_file(live: Live, team: Workspace) -> None:
    ready = make_clip(live)
    waits = make_clip(live, ClipState.SAVED, is_kept=True)
    make_clip(live, ClipState.REQUESTED)
    make_clip(live, removed_at=NOW)
    make_clip()

    counted = queries.kept_clips(team.pk)

    assert [(clip.clip_id, clip.size_bytes, clip.is_protected) for clip in counted] == [
        (ready.pk, 5, False),
        (waits.pk, 5, True),
    ]


def test_what_an_alert_shows_is_evidence_until_it_is_decided(live: Live, team: Workspace) -> None:
    assessments = [make_assessment(make_utterance(live)) for _ in range(3)]
    clips = [make_clip(live, assessment=assessment) for assessment in assessments]
    make_alert(assessments[0])
    make_decision(make_alert(assessments[1]))

    evidence = {clip.clip_id: clip.is_evidence for clip in queries.kept_clips(team.pk)}

    assert evidence == {clips[0].pk: True, clips[1].pk: False, clips[2].pk: False}


def test_a_preview_changes_nothing(live: Live, team: Workspace) -> None:
    clips = [make_clip(live) for _ in range(2)]
    Clip.objects.filter(pk=clips[0].pk).update(saved_at=NOW - timedelta(days=40), size_bytes=GIGABYTE)

    preview = queries.preview_retention(team.pk, Keeping(days=30), NOW)

    assert (preview.removals, preview.size_bytes, preview.kept) == ([Removal(clips[0].pk, Why.AGE)], GIGABYTE, 1)
    assert Clip.objects.filter(removed_at=None).count() == 2


@pytest.mark.parametrize("clips", [1, 30])
def test_looking_at_what_is_kept_costs_the_same_however_much_it_is(
    clips: int, live: Live, team: Workspace, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    assessment = make_assessment(make_utterance(live))
    for _ in range(clips):
        make_clip(live, assessment=assessment)

    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(queries.kept_clips(team.pk)) == clips
