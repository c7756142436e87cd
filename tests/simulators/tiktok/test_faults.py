from typing import Any

import pytest

from vigie.simulators.tiktok.faults import ANSWERED, BREAKING, FRAMED, Fault, Faults, Kind, Route


@pytest.mark.parametrize(
    ("fault", "route", "touches"),
    [
        (Fault(Kind.REFUSE), Route.SIGN, True),
        (Fault(Kind.REFUSE), Route.ALIVE, False),
        (Fault(Kind.REFUSE, frozenset({Route.ALIVE})), Route.ALIVE, True),
        (Fault(Kind.REFUSE, frozenset({Route.ALIVE})), Route.SIGN, False),
        (Fault(Kind.CAPTCHA), Route.LIVE_PAGE, True),
        (Fault(Kind.CAPTCHA), Route.SIGN, False),
        (Fault(Kind.RESTRICT), Route.INFO, True),
        (Fault(Kind.CLOSE), Route.PUSH, False),
    ],
)
def test_a_fault_touches_its_routes(fault: Fault, route: Route, *, touches: bool) -> None:
    assert fault.touches(route) is touches


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.CLOSE, "routes": frozenset({Route.SIGN})},
        {"kind": Kind.REFUSE, "times": -1},
        {"kind": Kind.SLOW, "delay_s": -1.0},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(fields["kind"])):
        Fault(**fields)


def test_every_kind_belongs_somewhere() -> None:
    assert ANSWERED | BREAKING | FRAMED | {Kind.REPLAY} == set(Kind)
    assert len(ANSWERED) + len(BREAKING) + len(FRAMED) + 1 == len(Kind)


def test_a_fault_happens_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add(Fault(Kind.EMPTY, times=2))

    happened = [faults.take(lambda fault: fault.touches(Route.ALIVE)) for _ in range(3)]
    assert [fault.kind if fault else None for fault in happened] == [Kind.EMPTY, Kind.EMPTY, None]
    assert faults.all() == []


def test_a_fault_without_number_lasts_until_it_is_mended() -> None:
    faults = Faults()
    faults.add(Fault(Kind.PLAIN))

    assert [faults.take(lambda fault: fault.kind in FRAMED) for _ in range(3)] == [Fault(Kind.PLAIN)] * 3
    faults.clear()
    assert faults.take(lambda fault: fault.kind in FRAMED) is None


@pytest.mark.parametrize("kind", sorted(set(Kind) - ANSWERED))
def test_what_goes_wrong_with_connections_and_frames_touches_no_answer(kind: Kind) -> None:
    assert not any(Fault(kind).touches(route) for route in Route)
