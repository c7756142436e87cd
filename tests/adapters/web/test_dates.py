from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.dates import JUMP_S, Dates

if TYPE_CHECKING:
    from av.stream import Stream

RATE = Fraction(1, 1000)
Raw = tuple[int | None, int | None, int]
"""Pts, dts and duration as a container tells them, in milliseconds."""


def dated(*raw: Raw, reordered: int = 0) -> list[tuple[float, float, float]]:
    """Return the times of packets in milliseconds."""
    stream = cast("Stream", _Stream())
    dates, found = Dates(stream, reordered=reordered), []
    for pts, dts, duration in raw:
        packet: av.Packet[Stream] = av.Packet(b"x")
        packet.time_base, packet.pts, packet.dts, packet.duration = RATE, pts, dts, duration
        found.append(tuple(round(1000 * each, 3) for each in dates.of(packet)))
    return cast("list[tuple[float, float, float]]", found)


class _Stream:
    time_base = RATE


@pytest.mark.parametrize(
    ("raw", "times"),
    [
        ([(40, 0, 40), (80, 40, 40)], [(40, 0, 40), (80, 40, 40)]),
        ([(0, None, 40), (40, None, 40)], [(0, 0, 40), (40, 40, 40)]),
        ([(0, 0, 0), (20, 20, 0), (40, 40, 0)], [(0, 0, 0), (20, 20, 20), (40, 40, 20)]),
        ([(0, 0, 20), (None, None, 0), (None, None, 0)], [(0, 0, 20), (20, 20, 20), (40, 40, 20)]),
        ([(100, 100, 20), (100, 100, 20), (90, 90, 20)], [(100, 100, 20), (101, 101, 20), (102, 102, 20)]),
        ([(5000, 5000, 20), (100, 100, 20)], [(5000, 5000, 20), (100, 100, 20)]),
        ([(0, 20, 20)], [(20, 20, 20)]),
    ],
    ids=["said", "no dts", "no duration", "nothing", "twice the same", "another clock", "shown too early"],
)
def test_what_a_packet_does_not_say_follows_on(raw: list[Raw], times: list[tuple[float, float, float]]) -> None:
    assert dated(*raw) == times


def test_pictures_without_dates_of_decoding_are_decoded_before_they_are_shown() -> None:
    times = dated((0, None, 40), (120, None, 40), (40, 0, 40), (80, 40, 40), reordered=2)

    assert times == [(0, -80, 40), (120, -40, 40), (40, 0, 40), (80, 40, 40)]


NUMBERS = st.none() | st.integers(-5000, 5000)


@given(raw=st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 100)), max_size=30))
def test_dates_grow_but_for_a_jump_and_nothing_is_shown_before_it_is_decoded(raw: list[Raw]) -> None:
    times = dated(*raw)

    assert all(dts >= before + 1 or dts < before - 1000 * JUMP_S for (_, before, _), (_, dts, _) in pairwise(times))
    assert all(pts >= dts and duration >= 0 for pts, dts, duration in times)
