import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.moderation.moment import AFTER_S, BEFORE_S, Hole, Row, Speech, Window, around, current, rows

TIMES = st.floats(0, 100_000, allow_nan=False)


@pytest.mark.parametrize(
    ("from_s", "to_s", "received_s", "expected"),
    [
        (100, 104, None, Window(40, 134, 100, 104)),
        (100, 104, 500, Window(40, 134, 100, 104)),
        (100, 104, 110, Window(40, 110, 100, 104)),
        (100, 104, 102, Window(40, 104, 100, 104)),
        (12, 15, None, Window(0, 45, 12, 15)),
        (0, 3, 3, Window(0, 3, 0, 3)),
        (0, 0, 0, Window(0, 1, 0, 0)),
    ],
)
def test_the_window_is_clipped_to_the_live(
    from_s: float, to_s: float, received_s: float | None, expected: Window
) -> None:
    assert around(from_s, to_s, received_s=received_s) == expected


@given(TIMES, st.floats(0, 60), st.none() | TIMES)
def test_the_window_holds_what_raised_the_alert(from_s: float, length_s: float, received_s: float | None) -> None:
    window = around(from_s, from_s + length_s, received_s=received_s)

    assert 0 <= window.start_s <= window.from_s <= window.to_s <= window.end_s
    assert 0 < window.length_s <= BEFORE_S + length_s + AFTER_S + 1e-6


@pytest.mark.parametrize(("at_s", "share"), [(39, 0.0), (40, 0.0), (90, 0.5), (140, 1.0), (200, 1.0)])
def test_share_places_a_time_in_the_window(at_s: float, share: float) -> None:
    assert Window(40, 140, 100, 110).share(at_s) == share


def test_rows_merge_speech_and_holes_in_order_of_time() -> None:
    first, second = Speech(1, 4, "one"), Speech(9, 12, "two")
    hole = Hole(4, 9, "connection lost")

    assert rows([second, first], [hole]) == [first, hole, second]


def test_a_hole_comes_before_what_is_said_at_its_start() -> None:
    hole, speech = Hole(4, 9, "stalled"), Speech(4, 6, "half heard")

    assert rows([speech], [hole]) == [hole, speech]


def test_a_hole_knows_how_much_was_lost() -> None:
    assert Hole(4.5, 9, "stalled").length_s == 4.5


@pytest.mark.parametrize(("at_s", "index"), [(0, None), (1, 0), (4, 0), (8.9, 1), (9, 2), (12, 2), (600, 2)])
def test_current_is_the_last_row_that_has_begun(at_s: float, index: int | None) -> None:
    grid = rows([Speech(1, 4, "one"), Speech(9, 12, "two")], [Hole(5, 9, "stalled")])

    assert current(grid, at_s) == index


def test_nothing_is_current_in_an_empty_grid() -> None:
    assert current([], 3) is None


@given(st.lists(st.tuples(TIMES, st.floats(0, 20))), TIMES)
def test_current_agrees_with_a_walk(stretches: list[tuple[float, float]], at_s: float) -> None:
    grid: list[Row] = rows([Speech(start, start + length, "") for start, length in stretches], [])

    begun = [index for index, row in enumerate(grid) if row.start_s <= at_s]

    assert current(grid, at_s) == (begun[-1] if begun else None)
