"""Turns: one live after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.speech.fairness import Waiting, next_turns


def waiting(*lives: int) -> list[Waiting]:
    """Utterances 1, 2, 3, ... of these lives, oldest first."""
    return [Waiting(n, live) for n, live in enumerate(lives, start=1)]


@pytest.mark.parametrize(
    ("lives", "turns", "expected"),
    [
        ([], 4, []),
        ([7, 7, 7], 2, [1, 2]),
        ([7, 7, 7, 8], 4, [1, 4, 2, 3]),
        ([7, 7, 8, 9, 8], 4, [1, 3, 4, 2]),
    ],
)
def test_next_turns_go_from_live_to_live(lives: list[int], turns: int, expected: list[int]) -> None:
    assert next_turns(waiting(*lives), turns) == expected


def test_next_turns_go_on_after_the_live_served_last() -> None:
    assert next_turns(waiting(7, 8, 9), 3, after=8) == [3, 1, 2]


def test_next_turns_begin_with_lives_where_something_happened() -> None:
    assert next_turns(waiting(7, 8, 9), 2, after=7, first={7}) == [1, 2]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [(4, [1, 3, 5, 2]), (5, [1, 3, 5, 2, 4]), (9, [1, 3, 5, 2, 4, 6, 7])],
)
def test_next_turns_may_be_of_several_neighbours(turns: int, expected: list[int]) -> None:
    assert next_turns(waiting(7, 8, 7, 8, 7, 8, 8), turns, each=3) == expected


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(0, 10), st.integers(0, 6), st.integers(1, 6))
def test_next_turns_serve_each_utterance_once_and_every_live_in_order(
    lives: list[int], turns: int, after: int, each: int
) -> None:
    units = waiting(*lives)

    chosen = next_turns(units, turns, after=after, each=each)

    assert len(chosen) == len(set(chosen)) == min(turns, len(units))
    for live in set(lives):
        mine = [unit.utterance_id for unit in units if unit.live_id == live]
        served = [number for number in chosen if number in mine]
        assert served == mine[: len(served)]
