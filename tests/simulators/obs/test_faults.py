from typing import Any

import pytest

from vigie.simulators.obs.faults import OF_HANDSHAKES, OF_MESSAGES, OF_SAVES, Fault, Faults, Kind, among


def test_what_is_of_another_sort_is_not_counted() -> None:
    faults = Faults()
    faults.add(Fault(Kind.GARBAGE))

    assert [faults.take(among(kinds)) for kinds in (OF_HANDSHAKES, OF_SAVES, {Kind.CODE})] == [None] * 3
    assert faults.take(among(OF_MESSAGES)) == Fault(Kind.GARBAGE)


def test_a_request_is_refused_by_its_type() -> None:
    faults = Faults()
    faults.add(Fault(Kind.CODE, request="SaveReplayBuffer", code=702))

    assert faults.take(among({Kind.CODE}, "GetVersion")) is None
    assert faults.take(among({Kind.CODE}, "SaveReplayBuffer")) == Fault(Kind.CODE, request="SaveReplayBuffer", code=702)


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
