"""Turns: one live after the other, neighbours together."""

from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.speech.fairness import Waiting, next_turns


def waiting(*lives: int) -> list[Waiting]:
    """Utterances 1, 2, 3, ... of these lives, oldest first, a sample each."""
    return [Waiting(n, live, 0, lives[:n].count(live), samples=1) for n, live in enumerate(lives, start=1)]


@pytest.mark.parametrize(
    ("lives", "turns", "expected"),
    [
        ([], 4, []),
        ([7, 7, 7], 2, [[1], [2]]),
        ([7, 7, 7, 8], 4, [[1], [4], [2], [3]]),
        ([7, 7, 8, 9, 8], 4, [[1], [3], [4], [2]]),
    ],
)
def test_next_turns_go_from_live_to_live(lives: list[int], turns: int, expected: list[list[int]]) -> None:
    assert next_turns(waiting(*lives), turns, longest=0) == expected


def test_next_turns_go_on_after_the_live_served_last() -> None:
    assert next_turns(waiting(7, 8, 9), 3, longest=0, after=8) == [[3], [1], [2]]


def test_next_turns_begin_with_lives_where_something_happened() -> None:
    assert next_turns(waiting(7, 8, 9), 2, longest=0, after=7, first={7}) == [[1], [2]]


@pytest.mark.parametrize(
    ("turns", "expected"), [(1, [[1, 3, 5]]), (2, [[1, 3, 5], [2, 4, 6]]), (9, [[1, 3, 5], [2, 4, 6], [7]])]
)
def test_next_turns_are_of_several_neighbours_where_they_fit(turns: int, expected: list[list[int]]) -> None:
    assert next_turns(waiting(7, 8, 7, 8, 7, 8, 8), turns, longest=3) == expected


def test_next_turns_leave_one_that_is_too_long_alone() -> None:
    units = [Waiting(1, 7, 0, 1, 5), Waiting(2, 7, 0, 2, 30), Waiting(3, 7, 0, 3, 5)]

    assert next_turns(units, 9, longest=28) == [[1], [2], [3]]


@pytest.mark.parametrize(
    "second",
    [
        Waiting(2, 7, epoch=1, seq=2, samples=1),
        Waiting(2, 7, epoch=0, seq=3, samples=1),
        Waiting(2, 7, epoch=0, seq=2, samples=1, is_alone=True),
    ],
)
def test_next_turns_are_only_of_what_was_said_right_after_and_went_well(second: Waiting) -> None:
    assert next_turns([Waiting(1, 7, 0, 1, 1), second], 2, longest=9) == [[1], [2]]


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(0, 10), st.integers(0, 6), st.integers(0, 6))
def test_next_turns_serve_each_utterance_once_and_every_live_in_order(
    lives: list[int], turns: int, after: int, longest: int
) -> None:
    units = waiting(*lives)
    live_of = {unit.utterance_id: unit.live_id for unit in units}

    found = next_turns(units, turns, longest=longest, after=after)

    chosen = list(chain.from_iterable(found))
    assert len(chosen) == len(set(chosen))
    assert len(found) == turns or len(chosen) == len(units)
    assert all(len(turn) <= max(1, longest) for turn in found)
    assert all(live_of[one] == live_of[other] for turn in found for one, other in pairwise(turn))
    for live in set(lives):
        mine = [unit.utterance_id for unit in units if unit.live_id == live]
        served = [number for number in chosen if number in mine]
        assert served == mine[: len(served)]
