import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.minutes import BUCKETS, Counted, Minute, larger, middle, minutes_at, typical_minute


def one(place: int, **counts: int | None) -> Counted:
    return Counted(10.0 * place, **counts)  # type: ignore[arg-type]


def test_a_minute_is_the_sum_of_its_buckets_and_the_median_of_its_viewers() -> None:
    counted = [
        one(place, messages=4, commenters=3, likes=10, follows=1, shares=2, gifts_value=5, viewers=100 + place)
        for place in range(6)
    ]

    assert minutes_at(counted, [0]) == [Minute(102.5, 24.0, 18.0, 60.0, 6.0, 12.0, 30.0)]


@pytest.mark.parametrize(("known", "minutes"), [(2, []), (3, [60.0]), (5, [60.0]), (6, [60.0])])
def test_what_is_missing_of_a_minute_is_made_up_for(known: int, minutes: list[float]) -> None:
    counted = [one(place, likes=10) for place in range(6 - known, 6)]

    assert [minute.likes for minute in minutes_at(counted, [0])] == minutes


def test_what_nobody_tells_is_unknown_and_not_nothing() -> None:
    [minute] = minutes_at([one(place, follows=None, shares=None if place else 1) for place in range(6)], [0])

    assert (minute.follows, minute.shares, minute.viewers) == (None, 6.0, None)
    assert minute.likes == 0.0


def test_a_spammer_writes_two_messages_in_10_s_and_no_more() -> None:
    [minute] = minutes_at([one(place, messages=500, commenters=1) for place in range(6)], [0])

    assert (minute.messages, minute.commenters) == (12.0, 6.0)


def test_the_typical_minute_of_a_live_is_its_median() -> None:
    counted = [one(place, likes=place // BUCKETS) for place in range(5 * BUCKETS)]

    typical = typical_minute(counted)

    assert typical
    assert typical.likes == 12.0
    assert typical_minute([]) is None
    assert typical_minute([one(3)]) is None


def test_minutes_are_combined_by_what_they_know() -> None:
    minutes = [Minute(viewers=1.0), Minute(viewers=5.0, likes=2.0), Minute(viewers=6.0)]

    assert middle(minutes) == Minute(viewers=5.0, likes=2.0)
    assert larger(Minute(viewers=1.0, likes=3.0), Minute(viewers=2.0)) == Minute(viewers=2.0, likes=3.0)


@given(st.sets(st.integers(0, 60)))
def test_any_gaps_leave_the_rates_alone(places: set[int]) -> None:
    counted = [one(place, messages=6, commenters=6, viewers=7) for place in sorted(places)]

    for minute in minutes_at(counted, range(0, 60, BUCKETS)):
        assert (minute.messages, minute.commenters, minute.viewers) == (36.0, 36.0, 7.0)
