"""Streaks of gifts: none is lost, none is told twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.tiktok import streaks
from vigie.adapters.tiktok.streaks import Key, Streaks, name_of
from vigie.events import ActivityKind, ActivityReceived, Chatter

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 120)


def gift(count: int, message_id: str = "1") -> ActivityReceived:
    return ActivityReceived(ActivityKind.GIFT, message_id, NOW, Chatter("5", "a", "A"), count=count)


@pytest.mark.parametrize(("key", "name"), [((5, 6, 7), "5.6.7"), ((5, 6, 0), ""), ((0, 0, 7), "0.0.7")])
def test_streak_is_named_where_tiktok_numbers_it(key: Key, name: str) -> None:
    assert name_of(key) == name


def test_longest_name_fits_in_a_column() -> None:
    assert len(name_of((-(2**63),) * 3)) <= 64


def test_streak_is_told_as_it_stood_last() -> None:
    open_ones = Streaks()
    open_ones.goes_on((1, 2, 3), gift(1), NOW)
    open_ones.goes_on((1, 2, 3), gift(4), NOW)

    assert (len(open_ones), open_ones.all(), open_ones.all()) == (1, [gift(4)], [])


def test_streak_that_ended_is_told_no_more() -> None:
    open_ones = Streaks()
    open_ones.goes_on((1, 2, 3), gift(1), NOW)
    open_ones.ends((1, 2, 3))
    open_ones.ends((1, 2, 4))

    assert open_ones.over(NOW + timedelta(days=1)) == []


def test_those_that_were_continued_stay_open() -> None:
    open_ones = Streaks()
    open_ones.goes_on((1, 2, 3), gift(1, "a"), NOW)
    open_ones.goes_on((1, 2, 4), gift(1, "b"), NOW)
    open_ones.goes_on((1, 2, 3), gift(2, "a"), NOW + timedelta(seconds=20))

    told = [open_ones.over(NOW + timedelta(seconds=seconds)) for seconds in (29, 30, 49, 50)]

    assert told == [[], [gift(1, "b")], [], [gift(2, "a")]]


def test_what_there_is_no_place_for_is_told_and_not_lost() -> None:
    open_ones = Streaks()

    told = [open_ones.goes_on((1, 2, number), gift(1, str(number)), NOW) for number in range(streaks.MOST + 2)]

    assert [each for each in told if each] == [[gift(1, "0")], [gift(1, "1")]]
    assert len(open_ones) == streaks.MOST


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), MOMENTS), max_size=60))
def test_every_streak_is_told_once(steps: list[tuple[int, bool, int]]) -> None:
    open_ones, told, begun = Streaks(), Counter[str](), Counter[str]()
    alive = set[int]()
    now = NOW
    for number, is_end, pause_s in steps:
        now += timedelta(seconds=pause_s)
        over = open_ones.over(now)
        told.update(each.message_id for each in over)
        alive -= {int(each.message_id) for each in over}
        if is_end:
            open_ones.ends((1, 1, number))
            told[str(number)] += number in alive
            alive.discard(number)
        else:
            begun[str(number)] += number not in alive
            alive.add(number)
            open_ones.goes_on((1, 1, number), gift(1, str(number)), now)
    told.update(each.message_id for each in open_ones.all())

    assert +told == +begun
