import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.sampling import A_SECOND, MOST, Budget, evenly


@pytest.mark.parametrize(
    ("messages", "most", "shown"),
    [
        ([], 3, []),
        ([1, 2], 3, [1, 2]),
        ([1, 2, 3], 3, [1, 2, 3]),
        ([1, 2, 3, 4], 2, [2, 4]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3, [3, 6, 10]),
        ([1, 2, 3], 0, []),
    ],
)
def test_evenly_spreads_over_all(messages: list[int], most: int, shown: list[int]) -> None:
    assert evenly(messages, most) == shown


@given(st.integers(0, 1000), st.integers(0, 60))
def test_evenly_keeps_order_and_the_last_one(count: int, most: int) -> None:
    shown = evenly(range(count), most)

    assert len(shown) == min(count, most)
    assert shown == sorted(set(shown))
    assert not shown or shown[-1] == count - 1


def test_a_budget_fills_with_time_up_to_what_a_quiet_chat_may_show() -> None:
    spent = Budget(MOST, 100.0).less(MOST)

    assert spent.left == 0
    assert spent.at(100.2).left == pytest.approx(0.2 * A_SECOND)
    assert spent.at(900.0).left == MOST


def test_a_clock_that_goes_back_fills_nothing() -> None:
    assert Budget(3, 100.0).at(50.0) == Budget(3, 100.0)
