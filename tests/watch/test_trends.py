import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.trends import slope


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], 0.0),
        ([(1.0, 5.0)], 0.0),
        ([(0.0, 1.0), (2.0, 5.0)], 2.0),
        ([(0.0, 3.0), (1.0, 3.0), (7.0, 3.0)], 0.0),
    ],
)
def test_the_slope_of_a_few_points(points: list[tuple[float, float]], expected: float) -> None:
    assert slope(points) == expected


@given(rise=st.floats(-10, 10), odd=st.lists(st.integers(0, 19), max_size=3), value=st.floats(-1e6, 1e6))
def test_a_few_odd_values_do_not_matter(rise: float, odd: list[int], value: float) -> None:
    points = [(float(x), value if x in odd else rise * x) for x in range(20)]

    assert slope(points) == pytest.approx(rise, abs=1e-6)
