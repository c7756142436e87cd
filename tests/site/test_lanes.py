import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site import lanes
from vigie.site.lanes import CELLS, MOST_TICKS, SHORTEST_S, Bars, Count, Curve, Frame, Moment, Tick
from vigie.site.strips import Run

MINUTE = Frame(0.0, 60.0)
moments = st.floats(0, 500_000, allow_nan=False)


# ── what is drawn ──


@pytest.mark.parametrize(
    ("asked", "frame"),
    [
        ({"scale": "5min"}, Frame(3300.0, 3600.0)),
        ({"scale": "30min"}, Frame(1800.0, 3600.0)),
        ({"scale": "all"}, Frame(0.0, 3600.0)),
        ({"scale": "nonsense"}, Frame(1800.0, 3600.0)),
        ({"from_s": 100.0, "to_s": 400.0}, Frame(100.0, 400.0)),
        ({"from_s": 100.0, "to_s": 110.0}, Frame(100.0, 160.0)),
        ({"from_s": 3500.0, "to_s": 9000.0}, Frame(0.0, 3600.0)),
        ({"from_s": 3590.0, "to_s": 3600.0}, Frame(3540.0, 3600.0)),
        ({"from_s": 9000.0, "to_s": 9100.0}, Frame(3500.0, 3600.0)),
        ({"from_s": 100.0, "scale": "5min"}, Frame(3300.0, 3600.0)),
    ],
)
def test_framed_is_what_was_asked_for_as_far_as_it_makes_sense(asked: dict[str, object], frame: Frame) -> None:
    assert lanes.framed(3600.0, **({"from_s": None, "to_s": None, "scale": ""} | asked)) == frame  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", ["5min", "30min", "all"])
def test_framed_shows_a_minute_of_a_live_that_just_began(scale: str) -> None:
    assert lanes.framed(3.0, from_s=None, to_s=None, scale=scale) == MINUTE


@given(edge_s=moments, from_s=moments | st.none(), to_s=moments | st.none())
def test_framed_lies_inside_the_live(edge_s: float, from_s: float | None, to_s: float | None) -> None:
    frame = lanes.framed(edge_s, from_s=from_s, to_s=to_s, scale="30min")

    assert frame.from_s >= 0
    assert frame.length_s >= SHORTEST_S - 1e-6
    assert frame.to_s <= max(edge_s, SHORTEST_S) + 1e-6


@pytest.mark.parametrize(
    ("length_s", "step_s"), [(60, 10), (300, 10), (1800, 10), (1801, 20), (3600, 20), (21_600, 120), (86_400, 480)]
)
def test_a_frame_of_any_length_has_few_steps(length_s: float, step_s: int) -> None:
    frame = Frame(0.0, length_s)

    assert frame.step_s == step_s
    assert length_s / frame.step_s <= CELLS


@pytest.mark.parametrize(
    ("stretch", "run"),
    [
        ((15.0, 30.0), Run("25.00%", "25.00%", "50.00%")),
        ((-10.0, 30.0), Run("0.00%", "50.00%", "50.00%")),
        ((45.0, 90.0), Run("75.00%", "25.00%", "100.00%")),
        ((15.0, 15.0), Run("25.00%", "0.00%", "25.00%")),
    ],
)
def test_run_is_clipped_to_the_frame(stretch: tuple[float, float], run: Run) -> None:
    assert MINUTE.run(*stretch) == run


# ── viewers ──


def test_curve_joins_counts_and_holds_the_last_one() -> None:
    curve = lanes.curve(MINUTE, [Count(0, 50), Count(10, 100), Count(20, None)])

    assert curve == Curve(
        line="M83.3 56.5L250.0 13.0L333.3 13.0",
        area="M83.3 100L83.3 56.5L250.0 13.0L333.3 13.0L333.3 100Z",
        last=100,
        most=100,
    )


def test_curve_of_nobody_is_the_floor() -> None:
    assert lanes.curve(MINUTE, [Count(0, 0)]).line == "M83.3 100.0L166.7 100.0"


def test_curve_without_counts_is_empty() -> None:
    assert lanes.curve(MINUTE, [Count(0), Count(10)]) == Curve("", "", None, 0)


@pytest.mark.parametrize(("apart_s", "pieces"), [(60, 1), (180, 1), (190, 2)])
def test_curve_has_a_hole_where_nobody_counted_for_long(apart_s: int, pieces: int) -> None:
    curve = lanes.curve(Frame(0.0, 600.0), [Count(0, 5), Count(apart_s, 5)])

    assert curve.line.count("M") == curve.area.count("Z") == pieces


# ── chat ──


def test_bars_compare_within_the_drawing() -> None:
    bars = lanes.bars(MINUTE, [Count(0, messages=40), Count(10, messages=10), Count(20)])

    assert bars == Bars("M0.0 100v-100h120.0V100zM166.7 100v-25h120.0V100z", a_minute=50, most=240)


@pytest.mark.parametrize(("messages", "height"), [(1, 25), (4, 100), (400, 100)])
def test_bars_make_no_peak_of_one_message(messages: int, height: int) -> None:
    assert f"v-{height}h" in lanes.bars(MINUTE, [Count(0, messages=messages)]).path


def test_bars_show_what_is_small_beside_what_is_not() -> None:
    assert "v-4h" in lanes.bars(MINUTE, [Count(0, messages=1000), Count(10, messages=1)]).path


def test_bars_tell_the_last_whole_minute() -> None:
    counts = [Count(at_s, messages=1) for at_s in range(0, 120, 10)]

    assert lanes.bars(Frame(0.0, 125.0), [*counts, Count(120, messages=50)]).a_minute == 6


def test_bars_of_a_long_live_tell_the_last_step_as_a_minute() -> None:
    assert lanes.bars(Frame(0.0, 21_600.0), [Count(21_480, messages=120)]).a_minute == 60


# ── the axis ──


def test_ticks_are_both_ends_and_round_moments_between() -> None:
    assert lanes.ticks(Frame(4351.0, 6151.0)) == (
        Tick(4351.0, "0%", "start"),
        Tick(4800.0, "24.94%", "middle", is_whole=True),
        Tick(5100.0, "41.61%", "middle", is_whole=True),
        Tick(5400.0, "58.28%", "middle", is_whole=True, is_middle=True),
        Tick(5700.0, "74.94%", "middle", is_whole=True),
        Tick(6151.0, "100%", "end"),
    )


@given(from_s=moments, length_s=st.floats(SHORTEST_S, 700_000))
def test_ticks_are_few_in_order_and_apart(from_s: float, length_s: float) -> None:
    frame = Frame(from_s, from_s + length_s)

    ticks = lanes.ticks(frame)

    places = [frame.share(tick.at_s) for tick in ticks]
    assert places == sorted(places)
    assert len(ticks) <= MOST_TICKS + 3
    assert sum(tick.is_middle for tick in ticks) <= 1


# ── marks ──


def mark(from_s: float, to_s: float | None = None, key: int = 1) -> Moment:
    return Moment(from_s, from_s if to_s is None else to_s, "M-01", "person", key)


def test_pins_are_those_of_the_frame_in_order() -> None:
    found = lanes.pins(Frame(100.0, 200.0), [mark(150), mark(120, 130), mark(50), mark(250), mark(90, 105)])

    assert [(pin.run.x, pin.run.width) for pin in found] == [
        ("0.00%", "5.00%"),
        ("20.00%", "10.00%"),
        ("50.00%", "0.00%"),
    ]


def test_pins_leave_out_a_label_that_has_no_room() -> None:
    found = lanes.pins(Frame(0.0, 100.0), [mark(10, key=1), mark(12, key=2), mark(50, key=3), mark(95, key=4)])

    assert [pin.has_room for pin in found] == [False, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 3000), st.one_of(st.none(), st.integers(0, 10**6)), st.integers(0, 10**5))))
def test_drawings_hold_nothing_but_numbers_and_letters_of_paths(rows: list[tuple[int, int | None, int]]) -> None:
    counts = [Count(at_s * 10, viewers, messages) for at_s, viewers, messages in sorted(rows, key=lambda row: row[0])]
    frame = Frame(0.0, 30_000.0)

    drawn = lanes.curve(frame, counts).area + lanes.bars(frame, counts).path

    assert re.fullmatch(r"[MLVZhvz0-9. -]*", drawn)
