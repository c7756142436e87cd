import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.moderation.lanes import Bar, Lanes, Stretch, lanes, percent
from vigie.moderation.moment import Hole, Judgement, Row, Speech, Window
from vigie.moderation.ordering import Severity

WINDOW = Window(start_s=100, end_s=200, from_s=160, to_s=170)


def said(start_s: float, end_s: float, score: float | None, outcome: str = "analysed") -> Speech:
    judgement = None if score is None else Judgement(outcome, "neutral", score, [])
    return Speech(start_s, end_s, "words", judgement=judgement)


def test_lanes_place_everything_on_one_axis() -> None:
    grid: list[Row] = [
        said(110, 120, 0.25),
        Hole(120, 130, "connection lost"),
        said(140, 150, None),
        said(150, 155, 0.0, "abstained"),
        said(160, 170, 0.8),
    ]

    assert lanes(grid, WINDOW, threshold=0.7) == Lanes(
        bars=[
            Bar("10.00%", "10.00%", "75.00%", "25.00%", Severity.LOW),
            Bar("60.00%", "10.00%", "20.00%", "80.00%", Severity.HIGH),
        ],
        waiting=[Stretch("40.00%", "10.00%"), Stretch("50.00%", "5.00%")],
        holes=[Stretch("20.00%", "10.00%")],
        threshold="30.00%",
        subject="60.00%",
        before="\N{MINUS SIGN}60 s",
        after="+30 s",
    )


def test_what_reaches_over_the_window_is_clipped() -> None:
    drawn = lanes([Hole(50, 110, "stalled"), said(195, 230, 0.5)], WINDOW, threshold=0.7)

    assert drawn.holes == [Stretch("0.00%", "10.00%")]
    assert drawn.bars == [Bar("95.00%", "5.00%", "50.00%", "50.00%", Severity.MEDIUM)]


@pytest.mark.parametrize("score", [0.0, 0.01, 0.06])
def test_the_smallest_score_is_still_seen(score: float) -> None:
    [bar] = lanes([said(110, 120, score)], WINDOW, threshold=0.7).bars

    assert bar.height == "6.00%"


@given(st.floats(0, 400), st.floats(0, 60), st.floats(0, 1))
def test_nothing_is_drawn_outside(start_s: float, length_s: float, score: float) -> None:
    [bar] = lanes([said(start_s, start_s + length_s, score)], WINDOW, threshold=0.7).bars

    x, width, y, height = (float(text.rstrip("%")) for text in (bar.x, bar.width, bar.y, bar.height))
    assert 0 <= x <= 100
    assert width >= 0
    assert x + width <= 100.01
    assert y + height == pytest.approx(100, abs=0.02)


def test_percent_is_written_for_svg() -> None:
    assert [percent(share) for share in (0, 0.62222, 1)] == ["0.00%", "62.22%", "100.00%"]


@pytest.mark.parametrize(
    ("from_s", "before", "after"),
    [(100, "", "+90 s"), (120, "", "+70 s"), (121, "\N{MINUS SIGN}21 s", "+69 s"), (185, "\N{MINUS SIGN}85 s", "")],
)
def test_labels_of_the_axis_do_not_meet(from_s: float, before: str, after: str) -> None:
    drawn = lanes([], Window(100, 200, from_s, from_s + 10), threshold=0.7)

    assert (drawn.before, drawn.after) == (before, after)
