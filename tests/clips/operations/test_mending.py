from datetime import timedelta
from typing import Any

import pytest

from tests.clips.rows import at, fresh, incoming_files, make_clip, make_obs, on_air, put, states
from vigie.clips import folders, operations
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations.asking import FORGOTTEN
from vigie.clips.reasons import INTERRUPTED, NOT_KEPT, OBS_AWAY
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

OVER_S = 70.0
LATE_S = OVER_S + FORGOTTEN.total_seconds()


@pytest.fixture
def live() -> Live:
    return on_air()


def test_a_file_that_is_whole_goes_on_where_whoever_wrote_it_died(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, claimed_until=at(live, 100))
    put(clip)

    assert not operations.is_left(at(live, 99))
    assert operations.is_left(at(live, 100))
    operations.put_right(at(live, 100))

    found = fresh(clip)
    assert (found.state, found.starts_s, found.size_bytes, found.tries) == (ClipState.SAVED, 30.0, 5, 0)
    assert not operations.is_left(at(live, 100))


def test_a_clip_without_a_file_failed_where_whoever_wrote_it_died(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, claimed_until=at(live, 100))

    operations.put_right(at(live, 100))

    assert states(clip) == [(ClipState.FAILED, INTERRUPTED)]


def test_what_is_no_file_is_none(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, claimed_until=at(live, 100))
    folders.incoming(clip).mkdir(parents=True)

    operations.put_right(at(live, 100))

    assert states(clip) == [(ClipState.FAILED, INTERRUPTED)]


def test_what_was_deleted_before_whoever_wrote_it_died_is_nobodys(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, claimed_until=at(live, 60), removed_at=at(live, 50))
    put(clip)

    assert not operations.is_left(at(live, 61))
    operations.put_right(at(live, 61))

    assert states(clip) == [(ClipState.SAVING, "")]
    Clip.objects.update(removed_at=None)
    operations.put_right(at(live, 61))
    assert states(clip) == [(ClipState.SAVED, "")]


def test_who_still_writes_is_left_alone(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, claimed_until=at(live, 100))

    operations.put_right(at(live, 99))

    assert states(clip) == [(ClipState.SAVING, "")]


def test_a_replay_is_left_to_its_obs_for_a_while(live: Live) -> None:
    obs = make_obs(live.channel.workspace)
    clip = make_clip(live, ClipState.SAVING, obs=obs, claimed_until=at(live, 100))
    there = make_clip(live, ClipState.SAVING, obs=obs, claimed_until=at(live, 100))
    put(there)

    operations.put_right(at(live, 189))
    assert states(clip, there) == [(ClipState.SAVING, "")] * 2
    operations.put_right(at(live, 190))

    assert states(clip, there) == [(ClipState.FAILED, INTERRUPTED), (ClipState.SAVED, "")]
    assert fresh(there).starts_s is None


def test_a_moment_that_nobody_keeps_is_given_up(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED)

    operations.put_right(at(live, LATE_S))
    assert states(clip) == [(ClipState.REQUESTED, "")]
    assert operations.is_left(at(live, LATE_S + 1))
    operations.put_right(at(live, LATE_S + 1))

    assert states(clip) == [(ClipState.FAILED, NOT_KEPT)]


def test_a_replay_of_an_obs_that_is_never_reached_is_given_up(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED, obs=make_obs(live.channel.workspace))

    operations.put_right(at(live, LATE_S + 1))

    assert states(clip) == [(ClipState.FAILED, OBS_AWAY)]


@pytest.mark.parametrize(
    "fields", [{"requested_at": timedelta(seconds=100)}, {"not_before": timedelta(seconds=100)}, {"to_s": 100.0}]
)
def test_nobody_gives_up_before_its_time(fields: dict[str, Any], live: Live) -> None:
    begun = live.started_at
    later: dict[str, Any] = {
        name: begun + value if isinstance(value, timedelta) else value for name, value in fields.items()
    }
    clip = make_clip(live, ClipState.REQUESTED, **later)

    operations.put_right(at(live, LATE_S + 30))
    assert clip.state == ClipState.REQUESTED
    operations.put_right(at(live, LATE_S + 31))

    assert fresh(clip).state == ClipState.FAILED


def test_what_was_tried_fails_for_what_was_in_the_way(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED, tries=3, reason="3.mp4 cannot be written: the disk is full.")

    operations.put_right(at(live, LATE_S + 1))

    assert states(clip) == [(ClipState.FAILED, "3.mp4 cannot be written: the disk is full.")]


def test_the_clip_of_a_live_that_was_deleted_is_given_up_at_once(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED)
    live.delete()

    operations.put_right(clip.requested_at)

    assert states(clip) == [(ClipState.FAILED, NOT_KEPT)]


@pytest.mark.parametrize("state", [ClipState.SAVED, ClipState.RENAMED, ClipState.VERIFIED])
def test_what_a_dead_process_held_is_free_at_once(state: str, live: Live) -> None:
    clip = make_clip(live, state, is_misnamed=True, claimed_until=clock.now() + timedelta(hours=1))

    operations.take_back()

    assert operations.claim_unfinished(clock.now()) == clip


def test_what_a_dead_process_was_writing_goes_on_at_once(live: Live) -> None:
    later = clock.now() + timedelta(hours=1)
    whole, none = (make_clip(live, ClipState.SAVING, claimed_until=later) for _ in range(2))
    put(whole)

    operations.take_back()
    operations.put_right(clock.now())

    assert [state for state, _ in states(whole, none)] == [ClipState.SAVED, ClipState.FAILED]


def test_a_replay_that_a_dead_process_asked_for_is_the_links(live: Live) -> None:
    later = clock.now() + timedelta(hours=1)
    clip = make_clip(live, ClipState.SAVING, obs=make_obs(live.channel.workspace), claimed_until=later)

    operations.take_back()
    operations.put_right(clock.now())

    assert states(clip) == [(ClipState.SAVING, "")]


def test_nothing_is_left_where_all_is_well(live: Live) -> None:
    for state in ClipState.values:
        make_clip(live, state, claimed_until=at(live, 100))

    assert not operations.is_left(at(live, 80))
    operations.put_right(at(live, 80))
    assert sorted(Clip.objects.values_list("state", flat=True)) == sorted(ClipState.values)
    assert len(incoming_files()) == 1
