"""What a condition remembers: windows that move on, totals that rise, and neither grows without end."""

from collections import deque
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.happenings import at
from vigie.rules.memory import STEPS, Memory, recall


@pytest.mark.parametrize(
    ("totals", "former"),
    [([5], [5]), ([5, 7, 6, 9], [5, 5, 7, 7]), ([0, 0, 3], [0, 0, 0]), ([9, 1, 9], [9, 9, 9])],
)
def test_rise_to_tells_the_highest_until_then(totals: list[int], former: list[int]) -> None:
    memory = Memory()
    assert [memory.rise_to(total) for total in totals] == former


@pytest.mark.parametrize(
    ("added", "sums"),
    [
        ([(0, 1), (3, 2), (9.9, 4)], [1, 3, 7]),
        ([(0, 1), (10, 2)], [1, 2]),
        ([(0, 1), (9.99, 2), (10, 4)], [1, 3, 6]),
        ([(0, 1), (5, 2), (14.9, 4), (15, 8)], [1, 3, 6, 12]),
        ([(5, 1), (4, 2), (14.9, 4)], [1, 3, 7]),
        ([(100, 1), (0, 2), (5, 4)], [1, 2, 6]),
    ],
)
def test_add_sums_what_came_within_the_window(added: list[tuple[float, int]], sums: list[int]) -> None:
    memory = Memory()
    assert [memory.add(at(after_s), amount, within_s=10) for after_s, amount in added] == sums


@pytest.mark.parametrize(
    ("told", "peaks"),
    [
        ([(0, 5), (3, 2), (9, 1)], [5, 5, 5]),
        ([(0, 5), (3, 2), (10, 1)], [5, 5, 2]),
        ([(0, 5), (0.01, 7), (0.02, 1)], [5, 7, 7]),
        ([(100, 5), (0, 2)], [5, 2]),
    ],
)
def test_peak_is_the_highest_within_the_window(told: list[tuple[float, int]], peaks: list[int]) -> None:
    memory = Memory()
    assert [memory.peak(at(after_s), total, within_s=10) for after_s, total in told] == peaks


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=60))
def test_windows_are_what_a_plain_count_gives(told: list[tuple[int, int]]) -> None:
    """At whole seconds, which are wider than a step of ten seconds."""
    told.sort(key=lambda one: one[0])
    sums, peaks = Memory(), Memory()
    for place, (after_s, amount) in enumerate(told):
        window = [number for other_s, number in told[: place + 1] if other_s > after_s - 10]
        assert sums.add(at(after_s), amount, within_s=10) == sum(window)
        assert peaks.peak(at(after_s), amount, within_s=10) == max(window)


def test_flood_takes_no_more_memory_than_the_steps_of_the_window() -> None:
    memory = Memory()
    for number in range(20_000):
        memory.add(at(number / 1000), 1, within_s=10)
    assert len(memory.entries) <= STEPS + 1
    assert memory.add(at(20), 1, within_s=10) == pytest.approx(10_000, rel=0.01)


def test_clock_that_is_wrong_once_spoils_no_more_than_the_window() -> None:
    memory = Memory()
    memory.add(at(0), 1, within_s=10)
    memory.add(at(0) + timedelta(days=1), 1, within_s=10)

    assert [memory.add(at(1 + number), 1, within_s=10) for number in range(15)] == [*range(1, 11), *[10] * 5]


def test_recall_makes_keeps_and_forgets() -> None:
    kept: dict[str, deque[int]] = {}
    for key in "aabca":
        recall(kept, key, deque, most=2).append(1)

    assert kept == {"c": deque([1]), "a": deque([1])}
    assert recall(kept, "c", deque, most=2) is kept["c"]
    assert list(kept) == ["a", "c"]
