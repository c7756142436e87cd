import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.speech.lag import Rung, is_given_up, rung


@pytest.mark.parametrize(
    ("lag_s", "expected"),
    [
        (0.0, Rung.IN_TIME),
        (10.0, Rung.IN_TIME),
        (10.1, Rung.ONCE),
        (60.0, Rung.ONCE),
        (60.1, Rung.URGENT_FIRST),
        (86_400.0, Rung.URGENT_FIRST),
    ],
)
def test_the_ladder(lag_s: float, expected: Rung) -> None:
    assert rung(lag_s) is expected


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_later_is_never_a_lower_rung(one_s: float, other_s: float) -> None:
    earlier_s, later_s = sorted((one_s, other_s))

    assert rung(earlier_s) <= rung(later_s)


@pytest.mark.parametrize(
    ("waited_s", "newest_waited_s", "given_up"),
    [
        (601.0, 2.0, True),
        (600.0, 2.0, False),
        (30.0, 2.0, False),
        (3600.0, 600.0, True),
        (3600.0, 601.0, False),
        (3600.0, 3600.0, False),
    ],
)
def test_what_waited_too_long_is_given_up_for_something_fresher(
    waited_s: float, newest_waited_s: float, *, given_up: bool
) -> None:
    assert is_given_up(waited_s, newest_waited_s, longest_s=600.0) is given_up


def test_nothing_is_given_up_where_that_is_switched_off() -> None:
    assert not is_given_up(1e9, 0.0, longest_s=float("inf"))


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(1, 1e5))
def test_the_freshest_is_never_given_up(one_s: float, other_s: float, longest_s: float) -> None:
    newest_s = min(one_s, other_s)

    assert not is_given_up(newest_s, newest_s, longest_s)
