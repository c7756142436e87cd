from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.faults import Faults, refuse_negative


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault."""

    place: str
    times: int = 1
    skip: int = 0


def at(place: str) -> Callable[[Mishap], bool]:
    return lambda mishap: mishap.place == place


def struck(faults: Faults[Mishap], *places: str) -> list[Mishap | None]:
    """Return what goes wrong at these places, one after the other."""
    return [faults.take(at(place)) for place in places]


@given(st.integers(0, 5), st.integers(1, 5))
def test_a_fault_strikes_so_often_after_so_many(skip: int, times: int) -> None:
    faults = Faults[Mishap]()
    faults.add(Mishap("stairs", times=times, skip=skip))

    fell = [mishap is not None for mishap in struck(faults, *["stairs"] * 12)]

    assert fell == [skip <= number < skip + times for number in range(12)]
    assert faults.all() == []


@pytest.mark.parametrize("skip", [0, 2])
def test_a_fault_without_an_end_lasts_until_it_is_cleared(skip: int) -> None:
    endless, faults = Mishap("stairs", times=0, skip=skip), Faults[Mishap]()
    faults.add(endless)
    assert struck(faults, *["stairs"] * 20) == [None] * skip + [endless] * (20 - skip)

    faults.clear()

    assert struck(faults, "stairs") == [None]


def test_what_it_does_not_touch_is_not_counted() -> None:
    mishap, faults = Mishap("stairs", skip=1), Faults[Mishap]()
    faults.add(mishap)

    assert struck(faults, "street", "stairs", "street", "stairs") == [None, None, None, mishap]


def test_the_oldest_fault_comes_first() -> None:
    first, second, faults = Mishap("stairs"), Mishap("stairs", times=2), Faults[Mishap]()
    faults.add(first)
    faults.add(second)

    assert struck(faults, *["stairs"] * 4) == [first, second, second, None]


def test_what_goes_well_for_one_fault_counts_for_the_next() -> None:
    late, soon, faults = Mishap("stairs", skip=2), Mishap("stairs", skip=1), Faults[Mishap]()
    faults.add(late)
    faults.add(soon)

    assert struck(faults, *["stairs"] * 4) == [None, soon, late, None]


def test_those_that_are_not_over_are_told() -> None:
    once, twice, faults = Mishap("stairs"), Mishap("street", times=2), Faults[Mishap]()
    faults.add(once)
    faults.add(twice)

    struck(faults, "stairs", "street")

    assert faults.all() == [twice]


@pytest.mark.parametrize("wrong", [{"times": -1}, {"skip": -1}, {"delay_s": -0.1}])
def test_numbers_below_nothing_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="fall: times, skip and delay_s are not negative"):
        refuse_negative("fall", **{"times": 0, "skip": 0, "delay_s": 0, **wrong})
