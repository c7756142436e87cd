from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.twitch.faults import Fault, Faults, Kind


@given(st.integers(0, 5), st.integers(1, 5))
def test_a_fault_strikes_so_often_after_so_many(skip: int, times: int) -> None:
    faults = Faults()
    faults.add(Fault(Kind.EMPTY, "helix", times=times, skip=skip))

    struck = [faults.take("helix/users", "") is not None for _ in range(12)]

    assert struck == [skip <= number < skip + times for number in range(12)]
    assert faults.as_json() == []


def test_a_fault_without_an_end_lasts_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(Fault(Kind.HTML, times=0))
    assert all(faults.take("gql", "") for _ in range(20))

    faults.clear()

    assert faults.take("gql", "") is None


def test_other_paths_are_not_counted() -> None:
    faults = Faults()
    faults.add(Fault(Kind.CUT, "helix/chat", skip=1))

    assert [faults.take(path, "") is not None for path in ("helix/users", "helix/chat/chatters", "oauth2/token")] == [
        False
    ] * 3
    assert faults.take("helix/chat/chatters", "")


def test_a_cursor_expires_only_where_there_is_one() -> None:
    faults = Faults()
    faults.add(Fault(Kind.CURSOR))

    assert faults.take("helix/chat/chatters", "first=1000") is None
    assert faults.take("helix/chat/chatters", "first=1000&after=abc")


def test_the_oldest_fault_comes_first() -> None:
    faults = Faults()
    faults.add(Fault(Kind.CUT))
    faults.add(Fault(Kind.HTML))

    struck = [faults.take("gql", "") for _ in range(3)]
    assert [fault and fault.kind for fault in struck] == [Kind.CUT, Kind.HTML, None]


@pytest.mark.parametrize("wrong", [{"times": -1}, {"skip": -1}, {"delay_s": -1.0}, {"kind": Kind.SLOW}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"empty|slow"):
        Fault(**{"kind": Kind.EMPTY, **wrong})
