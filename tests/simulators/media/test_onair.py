from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.simulators.media.clock import HandClock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.onair import OnAir
from vigie.simulators.media.recording import Recording
from vigie.simulators.media.script import Live

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
GoOnAir = Callable[..., OnAir]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def on_air(recording: Recording, clock: HandClock) -> GoOnAir:
    """Return what puts a live on air that was at second 6 when the clock started."""

    def go(*faults: Fault) -> OnAir:
        live = Live("fr", Path("fr.mp4"), faults=faults, window=3)
        return OnAir(live, {"fr": recording, "en": recording}, clock=clock, now=NOW)

    return go


def listed(air: OnAir) -> list[int]:
    return [segment.number for segment in air.window().segments]


def test_a_live_was_on_air_a_little_before_the_server_started(on_air: GoOnAir, clock: HandClock) -> None:
    clock.advance(100)
    air = on_air()

    assert (air.now_s, air.began_at) == (6, NOW - timedelta(seconds=6))
    clock.advance(2.5)
    assert (air.now_s, listed(air)) == (8.5, [1, 2, 3])


def test_a_frozen_playlist_stays_as_it_was_and_then_jumps_to_the_edge(on_air: GoOnAir, clock: HandClock) -> None:
    air = on_air(Fault(Kind.FREEZE, at_s=10, for_s=20))
    seen = []
    for _ in range(4):
        seen.append(listed(air))
        clock.advance(8)

    assert seen == [[0, 1, 2], [2, 3, 4], [2, 3, 4], [12, 13, 14]]


def test_while_seconds_are_lost_the_playlist_stays_too(on_air: GoOnAir, clock: HandClock) -> None:
    air = on_air(Fault(Kind.SKIP, at_s=6, for_s=4))
    seen = []
    for _ in range(4):
        seen.append(listed(air))
        clock.advance(2)

    assert seen == [[0, 1, 2], [0, 1, 2], [0, 1, 2], [5]]


@pytest.mark.parametrize(("moved_s", "stalled"), [(0, []), (2, [Resource.FLV]), (3.9, [Resource.FLV]), (4, [])])
def test_answers_wait_during_a_stall(
    on_air: GoOnAir, clock: HandClock, moved_s: float, stalled: list[Resource]
) -> None:
    air = on_air(Fault(Kind.STALL, at_s=8, for_s=2, resources=frozenset({Resource.FLV})))
    clock.advance(moved_s)

    assert [resource for resource in Resource if air.is_stalled(resource)] == stalled
    assert air.fault_on(Resource.FLV) is None


def test_the_first_fault_that_lasts_spoils_an_answer(on_air: GoOnAir) -> None:
    refused, page = Fault(Kind.REFUSE, at_s=5, for_s=5), Fault(Kind.HTML, at_s=5, for_s=5)
    air = on_air(Fault(Kind.REFUSE, at_s=0, for_s=5), refused, page)

    assert [air.fault_on(resource) for resource in Resource] == [page, refused, None, None]


@pytest.mark.parametrize(
    ("fault", "is_cut"),
    [
        (Fault(Kind.CUT, at_s=6.5), True),
        (Fault(Kind.RESET, at_s=6.5), True),
        (Fault(Kind.CUT, at_s=5, for_s=9), True),
        (Fault(Kind.CUT, at_s=6.5, resources=frozenset({Resource.SEGMENT})), False),
        (Fault(Kind.CUT, at_s=7.5), False),
        (Fault(Kind.STALL, at_s=6.5, for_s=1), False),
    ],
)
def test_open_connections_are_cut(on_air: GoOnAir, fault: Fault, *, is_cut: bool) -> None:
    assert on_air(fault).cut_between(6, 7) == (fault if is_cut else None)


def test_a_fault_can_be_added_while_it_runs(on_air: GoOnAir, clock: HandClock) -> None:
    air = on_air()
    air.add(Fault(Kind.END, at_s=7))
    clock.advance(10)

    assert (listed(air), air.window().is_over) == ([1, 2, 3], True)


def test_a_restart_with_an_unknown_live_changes_nothing(on_air: GoOnAir) -> None:
    air = on_air()
    before = air.program

    with pytest.raises(KeyError):
        air.add(Fault(Kind.RESTART, at_s=7, media="de"))

    assert (air.faults, air.program) == ((), before)


def test_what_changed_the_live_cannot_be_forgotten(on_air: GoOnAir, clock: HandClock) -> None:
    restart, ending = Fault(Kind.RESTART, at_s=6, media="en"), Fault(Kind.END, at_s=90)
    air = on_air(restart, ending, Fault(Kind.FREEZE, at_s=0, for_s=99), Fault(Kind.HTML, at_s=0, for_s=99))
    air.forget()
    clock.advance(2.5)

    assert air.faults == (restart,)
    assert (listed(air), air.fault_on(Resource.PLAYLIST)) == ([1, 2, 3], None)
