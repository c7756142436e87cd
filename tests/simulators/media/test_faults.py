import pytest

from vigie.simulators.media.faults import Fault, Kind, Resource

EVERYTHING = frozenset(Resource)


@pytest.mark.parametrize(
    ("kind", "touched"),
    [
        (Kind.CUT, {Resource.PLAYLIST, Resource.SEGMENT, Resource.FLV}),
        (Kind.RESET, {Resource.PLAYLIST, Resource.SEGMENT, Resource.FLV}),
        (Kind.STALL, {Resource.PLAYLIST, Resource.SEGMENT, Resource.FLV}),
        (Kind.REFUSE, {Resource.SEGMENT}),
        (Kind.TRUNCATE, {Resource.SEGMENT}),
        (Kind.HTML, {Resource.PLAYLIST}),
        (Kind.EMPTY, {Resource.PLAYLIST}),
        (Kind.REDIRECT, {Resource.PLAYLIST}),
        (Kind.FREEZE, set()),
        (Kind.SKIP, set()),
        (Kind.RESTART, set()),
        (Kind.END, set()),
    ],
)
def test_a_kind_touches_its_usual_resources(kind: Kind, touched: set[Resource]) -> None:
    fault = Fault(kind, for_s=1)

    assert {resource for resource in EVERYTHING if fault.touches(resource)} == touched


def test_a_fault_can_be_put_on_other_resources() -> None:
    fault = Fault(Kind.REFUSE, for_s=1, resources=frozenset({Resource.CAPTIONS}), status=404)

    assert [resource for resource in Resource if fault.touches(resource)] == [Resource.CAPTIONS]


@pytest.mark.parametrize(("at_s", "is_on"), [(4.9, False), (5, True), (6.9, True), (7, False)])
def test_a_fault_lasts_from_its_start_to_its_end(at_s: float, *, is_on: bool) -> None:
    assert Fault(Kind.STALL, at_s=5, for_s=2).is_on(at_s) is is_on


@pytest.mark.parametrize(
    ("for_s", "from_s", "to_s", "strikes"),
    [
        (0, 4.0, 4.9, False),
        (0, 4.0, 5.0, True),
        (0, 4.9, 9.0, True),
        (0, 5.0, 6.0, False),  # seen at the last look
        (2, 5.5, 6.0, True),
        (2, 7.0, 8.0, False),
    ],
)
def test_a_cut_strikes_once_or_as_long_as_it_lasts(for_s: float, from_s: float, to_s: float, *, strikes: bool) -> None:
    assert Fault(Kind.CUT, at_s=5, for_s=for_s).strikes_between(from_s, to_s) is strikes


@pytest.mark.parametrize("kind", [k for k in Kind if k not in {Kind.CUT, Kind.RESET, Kind.RESTART, Kind.END}])
def test_what_lasts_needs_a_duration(kind: Kind) -> None:
    with pytest.raises(ValueError, match="how long"):
        Fault(kind, at_s=3)


def test_what_changes_the_live_cannot_be_put_on_answers() -> None:
    with pytest.raises(ValueError, match="the live itself"):
        Fault(Kind.END, resources=frozenset({Resource.FLV}))
