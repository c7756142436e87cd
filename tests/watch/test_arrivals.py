"""How far a chat was read: never further than what is certain, whatever is late, held up or silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.arrivals import Arrivals

WITHIN_S = 30.0


def arrivals(*came: tuple[float | None, float]) -> Arrivals:
    """Return what is known after things came: the moment of each, and when it was taken."""
    known = Arrivals()
    for at_s, now_s in came:
        known.begin()
        known.end(at_s, now_s)
    return known


@pytest.mark.parametrize(
    ("came", "now_s", "until_s"),
    [
        ([], 100.0, 70.0),  # an open connection that brought nothing yet
        ([(99.0, 99.5)], 100.0, 99.0),
        ([(10.0, 10.0)], 100.0, 70.0),  # silence: it may be dead for as long as that is not noticed
        ([(10.0, 190.0)], 191.0, 10.0),  # it came three minutes late: so may what follows
        ([(10.0, 190.0), (195.0, 195.0)], 200.0, 195.0),  # it caught up
        ([(90.0, 90.0), (20.0, 91.0)], 100.0, 90.0),  # an odd one from long ago takes nothing back
        ([(90.0, 90.0), (None, 99.0)], 100.0, 90.0),  # replayed
    ],
)
def test_read_until(came: list[tuple[float | None, float]], now_s: float, until_s: float) -> None:
    assert arrivals(*came).until_s(now_s, within_s=WITHIN_S) == until_s


def test_nothing_after_what_is_being_taken_is_certain() -> None:
    known = arrivals((50.0, 50.0))
    known.begin()

    assert known.until_s(500.0, within_s=0.0) == 50.0
    known.end(51.0, 500.0)
    assert known.until_s(500.0, within_s=0.0) == 51.0


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 100)), max_size=20), st.floats(0, 50))
def test_read_until_lies_between_what_came_last_and_now(steps: list[tuple[float, float]], within_s: float) -> None:
    known, now_s = Arrivals(), 0.0
    for at_s, passed_s in steps:
        now_s += passed_s
        known.begin()
        known.end(min(at_s, now_s), now_s)
        until_s = known.until_s(now_s, within_s=within_s)
        assert known.last_s <= until_s <= now_s
