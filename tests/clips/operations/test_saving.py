from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.at_once import at_once
from tests.clips.rows import FACTS, JPEG, at, fresh, make_clip, on_air, states
from tests.factories import NOW
from vigie.clips import operations
from vigie.clips.models import UNDER_WAY, Clip, ClipState, Poster
from vigie.clips.operations.saving import DEADLY, FINISHING_S, GIVE_UP_AFTER, RETRY_S, SAVING_S
from vigie.clips.placing import Look
from vigie.clips.reasons import DAMAGED, LOST, TOO_LONG
from vigie.events import Acted, ClipChanged
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

SEEN = Look(5, 10**18 + 1)


@pytest.fixture
def live() -> Live:
    return on_air()


def test_a_clip_goes_from_state_to_state(live: Live, changes: list[ClipChanged], acts: list[Acted]) -> None:
    clip = make_clip(live, ClipState.REQUESTED)

    assert operations.begin_saving(clip, at(live, 71))
    assert (fresh(clip).claimed_until, fresh(clip).tries, clip.tries) == (at(live, 71 + SAVING_S), 1, 1)
    assert operations.note_saved(clip, SEEN, starts_s=29.5, now=at(live, 72))
    assert (fresh(clip).look, fresh(clip).size_bytes) == ([5, 10**18 + 1], 5)
    assert (fresh(clip).saved_at, fresh(clip).starts_s, fresh(clip).claimed_until) == (at(live, 72), 29.5, None)
    operations.note_named(clip, "anna.mp4", now=at(live, 73))
    assert [(name.name, name.given_at) for name in clip.names.all()] == [("anna.mp4", at(live, 73))]
    operations.note_verified(clip, FACTS, "ab", JPEG)

    done = fresh(clip)
    assert (done.name, done.duration_s, done.width, done.height, done.sha256) == ("anna.mp4", 40.0, 720, 1280, "ab")
    assert (done.state, done.reason, done.claimed_until, done.not_before) == (ClipState.VERIFIED, "", None, None)
    assert bytes(Poster.objects.get(clip=clip).jpeg) == JPEG
    assert [change.state for change in changes] == ["requested", "saving", "saved", "renamed", "verified"]
    assert [(act.verb, act.payload) for act in acts] == [("clip.saved", {"sha256": "ab", "size_bytes": 5})]


@pytest.mark.parametrize("state", sorted(set(ClipState.values) - {ClipState.REQUESTED}))
def test_only_what_was_asked_for_is_taken_to_be_saved(state: str, live: Live) -> None:
    clip = make_clip(live, state)

    assert not operations.begin_saving(clip, at(live, 71))
    assert states(clip) == [(state, "")]


def test_what_is_not_wanted_any_more_is_not_saved(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED, removed_at=at(live, 65))

    assert not operations.begin_saving(clip, at(live, 71))


@pytest.mark.parametrize("state", sorted(set(ClipState.values) - {ClipState.SAVING}))
def test_a_file_that_comes_too_late_changes_nothing(state: str, live: Live) -> None:
    clip = make_clip(live, state)
    before = Clip.objects.values().get(pk=clip.pk)

    assert not operations.note_saved(clip, SEEN, starts_s=1.0, now=at(live, 99))
    assert Clip.objects.values().get(pk=clip.pk) == before


def test_the_file_of_a_clip_that_was_removed_meanwhile_is_none(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVING, removed_at=at(live, 65))

    assert not operations.note_saved(clip, SEEN, starts_s=1.0, now=at(live, 71))


def test_what_a_clip_lacks_is_its_reason_until_the_end(live: Live) -> None:
    clip = make_clip(live, ClipState.REQUESTED)
    operations.begin_saving(clip, at(live, 71))
    operations.note_saved(clip, SEEN, starts_s=31.0, now=at(live, 72), lacks=TOO_LONG)
    operations.postpone(clip, "The disk is full.", now=at(live, 73))
    assert states(clip) == [(ClipState.SAVED, "The disk is full.")]

    operations.note_named(clip, "a.mp4", now=at(live, 74))
    operations.note_verified(clip, replace(FACTS, errors=3), "ab", None)

    assert states(clip) == [(ClipState.VERIFIED, TOO_LONG)]
    assert not Poster.objects.exists()


def test_damage_is_told(live: Live) -> None:
    clip = make_clip(live, ClipState.RENAMED)

    operations.note_verified(clip, replace(FACTS, errors=3), "ab", JPEG)

    assert states(clip) == [(ClipState.VERIFIED, DAMAGED)]


@pytest.mark.parametrize("state", UNDER_WAY)
def test_a_clip_that_fails_says_why_in_one_line(state: str, live: Live, changes: list[ClipChanged]) -> None:
    clip = make_clip(live, state, claimed_until=at(live, 99), is_misnamed=True)
    changes.clear()

    operations.fail(clip, "x" * 400)

    assert states(clip) == [(ClipState.FAILED, "x" * 300)]
    assert (fresh(clip).claimed_until, fresh(clip).is_misnamed) == (None, False)
    assert [change.state for change in changes] == ["failed"]


def test_what_went_on_meanwhile_does_not_fail(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED)
    stale = fresh(clip)
    stale.state = ClipState.SAVING

    operations.fail(stale, "OBS was closed while it was saving.")

    assert states(clip) == [(ClipState.SAVED, "")]


# ── later ──


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (ClipState.SAVING, ClipState.REQUESTED),
        (ClipState.SAVED, ClipState.SAVED),
        (ClipState.RENAMED, ClipState.RENAMED),
        (ClipState.VERIFIED, ClipState.VERIFIED),
    ],
)
def test_what_did_not_work_is_tried_again_later(state: str, then: str, live: Live) -> None:
    clip = make_clip(live, state, tries=1, claimed_until=at(live, 99))

    operations.postpone(clip, "The disk is full.", now=at(live, 80))

    assert states(clip) == [(then, "The disk is full.")]
    assert (fresh(clip).not_before, fresh(clip).claimed_until) == (at(live, 81), None)


@pytest.mark.parametrize(
    ("tries", "pause_s"), [(0, 1), (1, 1), (2, 2), (4, 15), (6, 300), (7, 300), (GIVE_UP_AFTER - 1, 300)]
)
def test_tries_become_ever_rarer(tries: int, pause_s: float, live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED, tries=tries)

    operations.postpone(clip, "locked", now=at(live, 80))

    assert fresh(clip).not_before == at(live, 80 + pause_s)


def test_after_a_day_it_fails(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED, tries=GIVE_UP_AFTER)

    operations.postpone(clip, "The disk is full.", now=at(live, 80))

    assert states(clip) == [(ClipState.FAILED, "The disk is full.")]
    assert sum(RETRY_S) + RETRY_S[-1] * (GIVE_UP_AFTER - len(RETRY_S)) > timedelta(days=1).total_seconds()


def test_a_clip_that_plays_never_fails_for_its_name(live: Live) -> None:
    clip = make_clip(live, tries=GIVE_UP_AFTER + 5, is_misnamed=True)

    operations.postpone(clip, "locked", now=at(live, 80))

    assert states(clip) == [(ClipState.VERIFIED, "locked")]


# ── taken to be named ──


def test_clips_are_taken_one_after_the_other_and_held(live: Live) -> None:
    first, second = make_clip(live, ClipState.SAVED), make_clip(live, ClipState.RENAMED)

    taken = [operations.claim_unfinished(at(live, 80)) for _ in range(3)]

    assert taken == [first, second, None]
    assert [fresh(clip).claimed_until for clip in (first, second)] == [at(live, 80 + FINISHING_S)] * 2
    assert operations.claim_unfinished(at(live, 80 + FINISHING_S)) == first


@pytest.mark.parametrize(
    "fields",
    [
        {"state": ClipState.REQUESTED},
        {"state": ClipState.SAVING},
        {"state": ClipState.VERIFIED},
        {"state": ClipState.FAILED},
        {"state": ClipState.FAILED, "is_misnamed": True, "name": ""},
        {"state": ClipState.SAVED, "not_before": "later"},
        {"state": ClipState.SAVED, "removed_at": "now"},
        {"state": ClipState.VERIFIED, "is_misnamed": True, "removed_at": "now"},
    ],
)
def test_what_has_nothing_to_be_done_is_not_taken(fields: dict[str, Any], live: Live) -> None:
    times = {"later": at(live, 81), "now": at(live, 80)}
    make_clip(live, **{name: times.get(str(value), value) for name, value in fields.items()})

    assert operations.claim_unfinished(at(live, 80)) is None


def test_a_name_that_is_not_right_any_more_is_taken_up(live: Live) -> None:
    ready = make_clip(live, is_misnamed=True)
    failed = make_clip(live, ClipState.FAILED, name="anna.mp4", is_misnamed=True)

    assert [operations.claim_unfinished(at(live, 80)) for _ in range(2)] == [ready, failed]


def test_who_is_slower_does_not_take_it(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED)
    slow = fresh(clip)
    operations.claim(clip, at(live, 80))

    assert not operations.claim(slow, at(live, 80))


def test_what_kills_whoever_looks_at_it_fails(live: Live) -> None:
    clip = make_clip(live, ClipState.RENAMED)
    for turn in range(DEADLY):
        assert operations.claim_unfinished(at(live, 80 + turn * 2 * FINISHING_S)) == clip

    assert operations.claim_unfinished(at(live, 80 + DEADLY * 2 * FINISHING_S)) is None
    assert states(clip) == [(ClipState.FAILED, LOST)]


def test_what_was_let_go_is_free(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED)
    operations.claim(clip, at(live, 80))

    operations.let_go(clip)

    assert (fresh(clip).claimed_until, fresh(clip).tries) == (None, 0)
    assert operations.claim_unfinished(at(live, 80)) == clip


def test_what_somebody_else_holds_by_now_is_not_let_go(live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED)
    operations.claim(clip, at(live, 80))
    operations.claim(fresh(clip), at(live, 80 + FINISHING_S))

    operations.let_go(clip)

    assert fresh(clip).claimed_until == at(live, 80 + 2 * FINISHING_S)


@pytest.mark.parametrize("change", [{"chatter": ""}, {"trigger": ""}, {"template": "another"}])
def test_who_changed_the_name_meanwhile_gets_it_made_anew(change: dict[str, str], live: Live) -> None:
    clip = make_clip(live, ClipState.SAVED, chatter="anna", trigger="clip it")
    Clip.objects.filter(pk=clip.pk).update(**change, is_misnamed=True)

    operations.note_named(clip, "anna.mp4", now=at(live, 80))

    assert (clip.name, clip.is_misnamed) == ("anna.mp4", True)
    assert not clip.names.exists()  # it may name who was erased meanwhile


def test_a_name_that_was_made_anew_is_right(live: Live) -> None:
    clip = make_clip(live, is_misnamed=True)

    operations.note_named(clip, "b.mp4", now=at(live, 80))

    assert (clip.name, clip.is_misnamed, clip.state, clip.claimed_until) == ("b.mp4", False, ClipState.VERIFIED, None)
    assert [name.name for name in clip.names.all()] == ["b.mp4"]


def test_a_name_that_is_the_same_is_no_news(live: Live) -> None:
    clip = make_clip(live, is_misnamed=True)

    operations.note_named(clip, clip.name, now=at(live, 80))

    assert not clip.names.exists()


@pytest.mark.parametrize("state", [ClipState.REQUESTED, ClipState.SAVING])
def test_what_has_no_file_has_no_name(state: str, live: Live) -> None:
    clip = make_clip(live, state)

    operations.note_named(clip, "a.mp4", now=at(live, 80))

    assert (fresh(clip).state, fresh(clip).name) == (state, "")


def test_what_is_verified_already_stays_as_it_was(live: Live, acts: list[Acted]) -> None:
    clip = make_clip(live)

    operations.note_verified(clip, FACTS, "other", JPEG)

    assert fresh(clip).sha256 == "0" * 64
    assert acts == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "act"), [(ClipState.REQUESTED, operations.begin_saving), (ClipState.SAVED, operations.claim)]
)
def test_of_two_workers_one_takes_a_clip(state: str, act: Callable[[Clip, datetime], bool]) -> None:
    clip = make_clip(on_air(), state)
    taken: list[bool] = []

    at_once(*[lambda: taken.append(act(fresh(clip), NOW))] * 2)

    assert sorted(taken) == [False, True]


def test_a_replay_ends_when_it_was_saved(live: Live) -> None:
    clip = make_clip(live, ClipState.RENAMED, starts_s=None, to_s=75.0)

    operations.note_verified(clip, replace(FACTS, duration_s=20.0), "ab", None)

    assert fresh(clip).starts_s == 55.0
