import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.mpegclock import TURN_S, MpegClock


def test_times_go_on_growing_when_the_clock_begins_again() -> None:
    clock = MpegClock()

    assert clock.of_sound(TURN_S - 1.0) == TURN_S - 1.0
    assert clock.unwrapped(0.5) == pytest.approx(TURN_S + 0.5)
    assert clock.of_sound(1.0) == pytest.approx(TURN_S + 1.0)


def test_a_new_connection_goes_on_in_the_turn_of_the_one_before() -> None:
    assert MpegClock(3 * TURN_S - 5.0).unwrapped(2.0) == pytest.approx(3 * TURN_S + 2.0)


def test_another_clock_is_believed() -> None:
    clock = MpegClock(5 * TURN_S)
    clock.forget()

    assert clock.unwrapped(7.0) == 7.0


@given(at_s=st.floats(0.0, 1e7), later_s=st.floats(-30_000.0, 30_000.0))
def test_what_is_near_the_sound_is_found_whatever_the_turn(at_s: float, later_s: float) -> None:
    clock = MpegClock()
    clock.of_sound(at_s)

    assert clock.unwrapped((at_s + later_s) % TURN_S) == pytest.approx(at_s + later_s, abs=1e-3)
