import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.sparks import BUCKETS, CELLS, HEIGHT, Spark, bar, bars, cell_of, first_cell, run, spark
from vigie.site.strips import Run


def points(drawn: Spark) -> list[tuple[int, int]]:
    numbers = [int(number) for number in drawn.path.removeprefix("M").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_spark_of_silence_lies_on_the_floor() -> None:
    drawn = spark({}, 400.0)

    assert drawn.a_minute == 0
    assert points(drawn) == [(2 * at, HEIGHT) for at in range(BUCKETS)]


def test_spark_counts_the_last_whole_minute_and_leaves_out_what_is_not_over() -> None:
    counts = dict.fromkeys(range(0, 400, 10), 1) | {400: 99}

    assert spark(counts, 405.0).a_minute == 6


@pytest.mark.parametrize(("messages", "height"), [(1, 30), (2, 20), (4, 0), (40, 0)])
def test_spark_takes_few_messages_for_no_peak(messages: int, height: int) -> None:
    assert points(spark({290: messages}, 300.0))[-1] == (58, height)


def test_spark_begins_on_the_floor_where_a_live_is_younger_than_five_minutes() -> None:
    drawn = points(spark({0: 8, 10: 4}, 20.0))

    assert drawn[-2:] == [(56, 0), (58, 20)]
    assert {height for _, height in drawn[:-2]} == {HEIGHT}


@given(st.dictionaries(st.integers(0, 60).map(lambda at: 10 * at), st.integers(0, 10**6)), st.floats(0, 700))
def test_spark_stays_inside_its_drawing(messages: dict[int, int], edge_s: float) -> None:
    drawn = points(spark(messages, edge_s))

    assert [x for x, _ in drawn] == list(range(0, 60, 2))
    assert all(0 <= y <= HEIGHT for _, y in drawn)


@pytest.mark.parametrize(("edge_s", "first"), [(0.0, -59), (4.9, -59), (300.0, 1), (6151.2, 1171)])
def test_first_cell_is_five_minutes_back(edge_s: float, first: int) -> None:
    assert first_cell(edge_s) == first == cell_of(edge_s) - CELLS + 1


def test_bars_stand_in_the_cells_of_what_was_said() -> None:
    drawn = bars(300.0, [(12.0, 15.5, 0.2), (100.0, 103.0, 0.5), (200.0, 202.0, 0.85)])

    assert drawn.low == "M2.1 100v-20h.8V100zM3.1 100v-20h.8V100z"
    assert drawn.medium == "M20.1 100v-50h.8V100z"
    assert drawn.high == "M40.1 100v-85h.8V100z"
    assert (drawn.first, drawn.peak) == (1, 0.85)


def test_bars_show_the_highest_of_a_cell_and_speech_without_risk() -> None:
    assert bars(60.0, [(1.0, 2.0, 0.0), (10.0, 11.0, 0.1), (12.0, 13.0, 0.3)]).low == (
        "M0.1 100v-4h.8V100zM2.1 100v-30h.8V100z"
    )


def test_bars_leave_out_what_is_older() -> None:
    assert bars(600.0, [(100.0, 103.0, 0.9), (298.0, 306.0, 0.1)]).low == "M61.1 100v-10h.8V100z"
    assert bars(600.0, [(100.0, 103.0, 0.9)]).peak is None


def test_bars_tell_what_is_missing() -> None:
    drawn = bars(300.0, [], waiting=[(290.0, 300.0)], gaps=[(100.0, 112.5)])

    assert drawn.waiting == (Run("58.0", "2.0", "60.0"),)
    assert drawn.gaps == (Run("20.0", "2.5", "22.5"),) == (run(100.0, 112.5),)


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 20), st.floats(0, 1)), max_size=40), st.floats(0, 900))
def test_bars_lie_between_the_edges(said: list[tuple[float, float, float]], edge_s: float) -> None:
    drawn = bars(edge_s, [(start_s, start_s + length_s, score) for start_s, length_s, score in said])

    cells = [int(cell) for cell in re.findall(r"M(\d+)\.1", drawn.low + drawn.medium + drawn.high)]
    assert len(cells) == len(set(cells))
    assert all(cell >= drawn.first for cell in cells)


@pytest.mark.parametrize(
    ("start_s", "end_s", "path"),
    [(0.0, 3.5, "M0.1 100v-50h.8V100z"), (14.0, 16.0, "M2.1 100v-50h.8V100zM3.1 100v-50h.8V100z")],
)
def test_bar_is_that_of_one_sentence(start_s: float, end_s: float, path: str) -> None:
    assert bar(start_s, end_s, 0.5) == path
    assert bars(30.0, [(start_s, end_s, 0.5)]).medium == path
