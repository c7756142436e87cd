import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.strips import Run, Strip, Window, strip

RECENT = Window(100.0, 400.0, 60)


def test_strip_of_silence_is_empty() -> None:
    assert strip(RECENT, scores=[]) == Strip(60, "", "", "", (), (), None)


@pytest.mark.parametrize(
    ("scored", "band", "path"),
    [
        ((100.0, 104.0, 0.0), "low", "M0.1 100V96h.8V100z"),
        ((105.0, 109.0, 0.31), "low", "M1.1 100V69h.8V100z"),
        ((110.0, 112.0, 0.52), "medium", "M2.1 100V48h.8V100z"),
        ((395.0, 399.0, 0.9), "high", "M59.1 100V10h.8V100z"),
        ((115.0, 124.0, 1.0), "high", "M3.1 100V0h.8V100zM4.1 100V0h.8V100z"),
    ],
)
def test_strip_draws_speech_by_height_and_band(scored: tuple[float, float, float], band: str, path: str) -> None:
    drawn = strip(RECENT, scores=[scored])

    assert getattr(drawn, band) == path
    assert drawn.peak == scored[2]
    assert sum(bool(other) for other in (drawn.low, drawn.medium, drawn.high)) == 1


def test_strip_shows_the_highest_score_of_a_cell() -> None:
    drawn = strip(RECENT, scores=[(101.0, 102.0, 0.1), (103.0, 104.0, 0.8), (102.0, 103.0, 0.5)])

    assert (drawn.low, drawn.medium, drawn.high, drawn.peak) == ("", "", "M0.1 100V20h.8V100z", 0.8)


@pytest.mark.parametrize("outside", [(10.0, 90.0, 0.9), (401.0, 500.0, 0.9)])
def test_strip_leaves_out_what_was_said_before_and_after(outside: tuple[float, float, float]) -> None:
    assert strip(RECENT, scores=[outside]) == Strip(60, "", "", "", (), (), None)


def test_strip_shows_what_lasts_into_its_window() -> None:
    assert strip(RECENT, scores=[(90.0, 101.0, 0.2)]).low == "M0.1 100V80h.8V100z"


def test_strip_places_gaps_and_what_waits_in_percent_of_its_width() -> None:
    drawn = strip(RECENT, scores=[], waiting=[(370.0, 400.0), (0.0, 50.0)], gaps=[(50.0, 130.0), (250.0, 250.0)])

    assert drawn.waiting == (Run("90.00%", "10.00%", "100.00%"),)
    assert drawn.gaps == (Run("0.00%", "10.00%", "10.00%"),)


MOMENTS = st.floats(-1000, 2000, allow_nan=False)


@given(st.lists(st.tuples(MOMENTS, st.floats(0, 60), st.floats(0, 1)), max_size=30))
def test_strip_never_draws_outside_its_cells(said: list[tuple[float, float, float]]) -> None:
    drawn = strip(RECENT, scores=[(start, start + length, score) for start, length, score in said])

    cells = [int(cell) for path in (drawn.low, drawn.medium, drawn.high) for cell in re.findall(r"M(\d+)\.1", path)]
    heights = [int(top) for path in (drawn.low, drawn.medium, drawn.high) for top in re.findall(r"V(\d+)h", path)]
    assert sorted(set(cells)) == sorted(cells)
    assert all(0 <= cell < 60 for cell in cells)
    assert all(0 <= top <= 96 for top in heights)
