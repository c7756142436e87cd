"""Counts come from the messages: made again they are the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, make_live
from tests.watch.audiences import heard
from vigie.events import ActivityKind, Event, LiveSampled
from vigie.watch.models import Live, LiveSample
from vigie.watch.operations import chat, counts
from vigie.watch.operations.chat import Roll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def sampled(live: Live) -> dict[int, tuple[int, ...]]:
    rows = LiveSample.objects.filter(live=live).order_by("at_s").values_list("at_s", *counts.COUNTS)
    return {at_s: tuple(values) for at_s, *values in rows}


@pytest.mark.parametrize(("at_s", "stretch"), [(0.0, 0), (9.99, 0), (10.0, 10), (125.5, 120), (-3.0, 0)])
def test_stretch_of_is_where_the_ten_seconds_begin(at_s: float, stretch: int) -> None:
    assert counts.stretch_of(at_s) == stretch


def test_recount_counts_each_kind_and_people_once() -> None:
    live = make_live()
    batch = [
        heard(live, "1", by=1, at_s=1.0),
        heard(live, "2", by=1, at_s=2.0),
        heard(live, "3", by=2, at_s=9.9),
        heard(live, "4", by=3, at_s=3.0, kind=ActivityKind.LIKE, count=15),
        heard(live, "5", by=3, at_s=3.0, kind=ActivityKind.JOIN),
        heard(live, "6", by=3, at_s=3.0, kind=ActivityKind.FOLLOW),
        heard(live, "7", by=3, at_s=3.0, kind=ActivityKind.SHARE),
        heard(live, "8", by=3, at_s=3.0, kind=ActivityKind.GIFT, count=2, value=60),
        heard(live, "9", by=1, at_s=10.0),
    ]
    chat.store_chat(batch, Roll(), NOW)

    for _ in range(2):
        counts.recount({live.pk: frozenset({0, 10})})

    assert sampled(live) == {0: (3, 2, 15, 1, 1, 1, 60), 10: (1, 1, 0, 0, 0, 0, 0)}


def test_recount_counts_no_more_than_a_column_holds() -> None:
    live = make_live()
    gifts = [heard(live, str(n), kind=ActivityKind.GIFT, value=counts.MOST) for n in range(2)]
    chat.store_chat(gifts, Roll(), NOW)

    counts.recount({live.pk: frozenset({0})})

    assert LiveSample.objects.get().gifts == counts.MOST


def test_recount_leaves_replayed_history_out() -> None:
    live = make_live()
    batch = [heard(live, str(number), by=number, at_s=0.0, is_history=True) for number in range(6)]
    chat.store_chat([*batch, heard(live, "new", by=9, at_s=2.0)], Roll(), NOW)

    counts.recount({live.pk: frozenset({0})})

    assert sampled(live) == {0: (1, 1, 0, 0, 0, 0, 0)}


def test_recount_takes_many_lives_at_once_and_tells_the_last_stretch_of_each(told: list[Event]) -> None:
    one, two = make_live(), make_live()
    chat.store_chat([heard(one, "1"), heard(one, "2", at_s=30.0), heard(two, "1", at_s=10.0)], Roll(), NOW)
    told.clear()

    counts.recount({one.pk: frozenset({0, 30}), two.pk: frozenset({10})})

    assert (list(sampled(one)), list(sampled(two))) == ([0, 30], [10])
    expected = {LiveSampled(live.channel.workspace_id, live.pk, at_s) for live, at_s in ((one, 30), (two, 10))}
    assert set(told) == expected


def test_viewers_lie_beside_the_counts_and_neither_touches_the_other() -> None:
    live = make_live()
    chat.store_chat([heard(live, "1", at_s=12.0)], Roll(), NOW)
    counts.count_viewers(live.pk, 14.0, 120)
    counts.recount({live.pk: frozenset({10})})
    counts.count_viewers(live.pk, 25.0, 90)

    live.refresh_from_db()
    assert (live.viewers, live.peak_viewers) == (90, 120)
    assert list(LiveSample.objects.order_by("at_s").values_list("at_s", "messages", "viewers")) == [
        (10, 1, 120),
        (20, 0, 90),
    ]


def test_people_who_follow_or_share_count_once_and_gifts_by_their_value() -> None:
    live = make_live()
    kinds = (ActivityKind.FOLLOW, ActivityKind.SHARE, ActivityKind.GIFT)
    batch = [
        heard(live, f"{kind}{number}", by=number % 2, kind=kind, count=3, value=10)
        for kind in kinds
        for number in range(4)
    ]
    chat.store_chat(batch, Roll(), NOW)

    counts.recount({live.pk: frozenset({0})})

    assert LiveSample.objects.values_list("follows", "shares", "gifts").get() == (2, 2, 40)


def test_subscriptions_and_raids_are_kept_and_count_as_nothing() -> None:
    live = make_live()
    kinds = (ActivityKind.SUBSCRIPTION, ActivityKind.RAID)
    chat.store_chat([heard(live, kind, kind=kind) for kind in kinds], Roll(), NOW)

    counts.recount({live.pk: frozenset({0})})

    assert (sampled(live), live.messages.count()) == ({0: (0,) * len(counts.COUNTS)}, 2)


def test_recount_forgets_what_was_erased_and_leaves_the_other_stretches() -> None:
    live = make_live()
    chat.store_chat([heard(live, "1"), heard(live, "2", at_s=15.0)], Roll(), NOW)
    counts.recount({live.pk: frozenset({0, 10})})
    live.messages.all().delete()

    counts.recount({live.pk: frozenset({10})})

    assert [values[0] for values in sampled(live).values()] == [1, 0]


@pytest.mark.parametrize(("viewers", "kept"), [(-5, 0), (7, 7), (2**40, counts.MOST)])
def test_viewers_fit_their_column_and_are_told(told: list[Event], viewers: int, kept: int) -> None:
    live, other = make_live(), make_live()

    counts.count_viewers(live.pk, 12.0, viewers)

    found = Live.objects.values_list("viewers", "peak_viewers")
    assert (found.get(pk=live.pk), found.get(pk=other.pk)) == ((kept, kept), (None, None))
    assert told == [LiveSampled(live.channel.workspace_id, live.pk, 10)]


def test_written_from_begins_with_the_stretch_that_a_moment_lies_in() -> None:
    live, other = make_live(), make_live()
    batch = [heard(live, str(at_s), at_s=at_s) for at_s in (9.0, 10.0, 55.0)]
    chat.store_chat([*batch, heard(other, "1", at_s=90.0)], Roll(), NOW)

    assert counts.written_from(live.pk, 12.0) == {10, 50}
    assert counts.written_from(live.pk, -300.0) == {0, 10, 50}


@given(st.sets(st.integers(0, 30)))
def test_runs_are_apart_and_hold_each_stretch_once(numbers: set[int]) -> None:
    begins = {10 * number for number in numbers}

    runs = counts.runs_of(begins)

    assert [at_s for first, end in runs for at_s in range(first, end, 10)] == sorted(begins)
    assert all(end < later for (_, end), (later, _) in pairwise(runs))
