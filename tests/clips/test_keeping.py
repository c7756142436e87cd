"""Which clips are deleted: never a protected one, never one too many, and the same each time."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from vigie.clips.keeping import GIGABYTE, Keeping, KeptClip, Removal, Why, protected_excess_bytes, to_remove


def clip(clip_id: int, *, days: float, gigabytes: float = 1.0) -> KeptClip:
    return KeptClip(clip_id, NOW - timedelta(days=days), int(gigabytes * GIGABYTE))


CLIPS = st.lists(
    st.builds(
        KeptClip,
        clip_id=st.integers(1, 50),
        saved_at=st.integers(0, 60 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
        size_bytes=st.integers(0, GIGABYTE),
        is_held=st.booleans(),
        is_kept=st.booleans(),
        is_evidence=st.booleans(),
    ),
    max_size=20,
    unique_by=lambda one: one.clip_id,
)
POLICIES = st.builds(
    Keeping, days=st.none() | st.integers(1, 60), gigabytes=st.none() | st.floats(0.01, 10, allow_nan=False)
)


def rest(clips: list[KeptClip], removals: list[Removal]) -> list[KeptClip]:
    gone = {removal.clip_id for removal in removals}
    return [one for one in clips if one.clip_id not in gone]


def fits(clips: list[KeptClip], policy: Keeping) -> bool:
    return policy.gigabytes is None or sum(one.size_bytes for one in clips) <= int(policy.gigabytes * GIGABYTE)


def is_old(one: KeptClip, policy: Keeping) -> bool:
    return policy.days is not None and NOW - one.saved_at > timedelta(days=policy.days)


@given(clips=CLIPS, policy=POLICIES)
def test_a_protected_clip_never_goes(clips: list[KeptClip], policy: Keeping) -> None:
    stays = rest(clips, to_remove(clips, policy, NOW))

    assert [one for one in clips if one.is_held or one.is_kept or one.is_evidence] == [
        one for one in stays if one.is_protected
    ]


@given(clips=CLIPS, policy=POLICIES)
def test_what_stays_is_young_and_fits_or_is_protected(clips: list[KeptClip], policy: Keeping) -> None:
    stays = rest(clips, to_remove(clips, policy, NOW))

    assert [one for one in stays if is_old(one, policy) and not one.is_protected] == []
    assert fits(stays, policy) or all(one.is_protected for one in stays)
    assert fits(stays, policy) is not bool(protected_excess_bytes(clips, policy))


@given(clips=CLIPS, policy=POLICIES)
def test_none_goes_that_could_stay(clips: list[KeptClip], policy: Keeping) -> None:
    removals = to_remove(clips, policy, NOW)

    by_id = {one.clip_id: one for one in clips}
    for index, removal in enumerate(removals):
        gone = by_id[removal.clip_id]
        assert (removal.why is Why.AGE) is is_old(gone, policy)
        if removal.why is Why.ROOM:
            assert not fits(rest(clips, removals[:index]), policy)
            assert all(one.is_protected or one.saved_at >= gone.saved_at for one in rest(clips, removals[:index]))


@given(clips=CLIPS, policy=POLICIES, chance=st.integers().map(Random))
def test_the_preview_is_what_happens_whatever_the_order(clips: list[KeptClip], policy: Keeping, chance: Random) -> None:
    shuffled = clips.copy()
    chance.shuffle(shuffled)

    removals = to_remove(clips, policy, NOW)

    assert to_remove(shuffled, policy, NOW) == removals
    assert to_remove(rest(clips, removals), policy, NOW) == []


@pytest.mark.parametrize(
    ("policy", "removals"),
    [
        (Keeping(), []),
        (Keeping(days=30), [(1, Why.AGE)]),
        (Keeping(days=10), [(1, Why.AGE), (2, Why.AGE)]),
        (Keeping(days=40), []),
        (Keeping(gigabytes=4), []),
        (Keeping(gigabytes=3), [(1, Why.ROOM)]),
        (Keeping(gigabytes=2.5), [(1, Why.ROOM), (2, Why.ROOM)]),
        (Keeping(gigabytes=0.5), [(1, Why.ROOM), (2, Why.ROOM), (3, Why.ROOM), (4, Why.ROOM)]),
        (Keeping(days=30, gigabytes=3), [(1, Why.AGE)]),
        (Keeping(days=30, gigabytes=2), [(1, Why.AGE), (2, Why.ROOM)]),
    ],
)
def test_the_old_go_then_the_oldest_of_too_many(policy: Keeping, removals: list[tuple[int, Why]]) -> None:
    clips = [clip(4, days=1), clip(3, days=10), clip(2, days=20), clip(1, days=40)]

    assert [(removal.clip_id, removal.why) for removal in to_remove(clips, policy, NOW)] == removals


def test_of_two_clips_of_one_moment_the_first_made_goes_first() -> None:
    clips = [clip(2, days=1), clip(1, days=1)]

    assert to_remove(clips, Keeping(gigabytes=1), NOW) == [Removal(1, Why.ROOM)]


HUGE = clip(1, days=400, gigabytes=3)


@pytest.mark.parametrize(
    "protected", [replace(HUGE, is_held=True), replace(HUGE, is_kept=True), replace(HUGE, is_evidence=True)]
)
def test_a_protected_clip_counts_and_others_make_room_for_it(protected: KeptClip) -> None:
    clips = [protected, clip(2, days=2), clip(3, days=1)]

    assert to_remove(clips, Keeping(days=300, gigabytes=4), NOW) == [Removal(2, Why.ROOM)]


@pytest.mark.parametrize(("gigabytes", "excess_bytes"), [(None, 0), (4.0, 0), (3.0, 0), (2.5, GIGABYTE // 2)])
def test_protected_clips_alone_may_take_more_than_there_is(gigabytes: float | None, excess_bytes: int) -> None:
    clips = [replace(clip(1, days=1, gigabytes=3), is_kept=True), clip(2, days=1, gigabytes=9)]

    assert protected_excess_bytes(clips, Keeping(gigabytes=gigabytes)) == excess_bytes
