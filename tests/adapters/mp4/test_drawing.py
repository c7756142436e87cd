from fractions import Fraction

import av
import numpy as np
import pytest

from tests.adapters.web.films import Grays
from vigie.adapters.mp4.drawing import Canvas


def white(width: int, height: int, form: str = "yuv420p") -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.full((height, width), 255, np.uint8), "gray").reformat(format=form)
    frame.pts, frame.time_base = 9000, Fraction(1, 90_000)
    return frame


def light(frame: av.VideoFrame) -> Grays:
    """The brightness of each pixel: uint8[height, width]."""
    return np.asarray(frame.reformat(format="gray").to_ndarray(), np.uint8)


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((36, 64), (0, 128), (0, 72)),  # of the same proportions: all of it
        ((64, 36), (44, 84), (0, 72)),  # wide: black above and below
        ((10, 64), (0, 128), (26, 46)),  # narrow: black beside
        ((720, 1280), (0, 128), (0, 72)),  # larger
        ((73, 129), (0, 128), (0, 72)),  # odd
    ],
)
def test_a_picture_is_drawn_as_large_as_it_fits(
    size: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    drawn = Canvas(72, 128).drawn(white(*size))

    shown = light(drawn) > 128
    assert (drawn.width, drawn.height, drawn.format.name) == (72, 128, "yuv420p")
    assert (drawn.pts, drawn.time_base) == (9000, Fraction(1, 90_000))
    assert shown[rows[0] + 2 : rows[1] - 2, columns[0] + 2 : columns[1] - 2].all()
    assert not shown[: max(rows[0] - 2, 0)].any()
    assert not shown[rows[1] + 2 :].any()
    assert not shown[:, : max(columns[0] - 2, 0)].any()
    assert not shown[:, columns[1] + 2 :].any()


def test_a_picture_that_fits_is_not_touched() -> None:
    frame = white(72, 128)

    assert Canvas(72, 128).drawn(frame) is frame


@pytest.mark.parametrize("form", ["yuvj420p", "yuv422p", "yuv420p10le", "rgb24"])
def test_every_form_becomes_one(form: str) -> None:
    drawn = Canvas(72, 128).drawn(white(72, 128, form))

    assert drawn.format.name == "yuv420p"
    assert np.median(light(drawn)) > 250


def test_pictures_of_different_sizes_take_turns() -> None:
    canvas = Canvas(72, 128)

    drawn = [canvas.drawn(white(*size)) for size in [(36, 64), (20, 20), (36, 64), (72, 128), (20, 20)]]

    assert {(frame.width, frame.height) for frame in drawn} == {(72, 128)}


def test_a_canvas_is_even() -> None:
    canvas = Canvas(71, 127)

    assert (canvas.width, canvas.height) == (72, 128)


def test_black_is_black() -> None:
    black = Canvas(72, 128).black()

    assert (black.width, black.height, black.format.name) == (72, 128, "yuv420p")
    assert light(black).max() < 5
