from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.obs.faults import OF_HANDSHAKES, OF_MESSAGES, OF_SAVES, Fault, Faults, Kind


@given(st.integers(0, 5), st.integers(1, 5))
def test_a_fault_strikes_so_often_after_so_many(skip: int, times: int) -> None:
    faults = Faults()
    faults.add(Fault(Kind.SILENT, times=times, skip=skip))

    struck = [faults.take(OF_SAVES) is not None for _ in range(12)]

    assert struck == [skip <= number < skip + times for number in range(12)]
    assert faults.as_json() == []


def test_a_fault_without_an_end_lasts_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(Fault(Kind.HTML, times=0))
    assert all(faults.take(OF_HANDSHAKES) for _ in range(20))

    faults.clear()

    assert faults.take(OF_HANDSHAKES) is None


def test_what_is_of_another_sort_is_not_counted() -> None:
    faults = Faults()
    faults.add(Fault(Kind.GARBAGE))

    assert [faults.take(kinds) for kinds in (OF_HANDSHAKES, OF_SAVES, {Kind.CODE})] == [None] * 3
    assert faults.take(OF_MESSAGES) == Fault(Kind.GARBAGE)


def test_a_request_is_refused_by_its_type() -> None:
    faults = Faults()
    faults.add(Fault(Kind.CODE, request="SaveReplayBuffer", code=702))

    assert faults.take({Kind.CODE}, "GetVersion") is None
    assert faults.take({Kind.CODE}, "SaveReplayBuffer") == Fault(Kind.CODE, request="SaveReplayBuffer", code=702)


def test_the_oldest_fault_comes_first() -> None:
    faults = Faults()
    faults.add(Fault(Kind.SAME))
    faults.add(Fault(Kind.DROP))

    struck = [faults.take(OF_SAVES) for _ in range(3)]
    assert [fault and fault.kind for fault in struck] == [Kind.SAME, Kind.DROP, None]


def test_every_kind_is_of_one_sort() -> None:
    alone = {Kind.SLOW, Kind.CODE, Kind.DEAF}

    assert OF_HANDSHAKES | OF_SAVES | OF_MESSAGES | alone == set(Kind)
    assert len(OF_HANDSHAKES) + len(OF_SAVES) + len(OF_MESSAGES) + len(alone) == len(Kind)


@pytest.mark.parametrize(
    "wrong", [{"times": -1}, {"skip": -1}, {"delay_s": -1.0}, {"kind": Kind.SLOW}, {"kind": Kind.LATE}]
)
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"html|slow|late"):
        Fault(**{"kind": Kind.HTML, **wrong})
