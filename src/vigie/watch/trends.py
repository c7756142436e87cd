"""Which way a series of counts goes, told so that a few odd values do not matter. Pure."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return how much y grows with x: the median of the slopes between all pairs (Theil 1950, Sen 1968).

    Up to 29 % of the points may be anything. 0.0 for fewer than two points; no two may have the same x.
    """
    slopes = [(y - before) / (x - earlier) for (earlier, before), (x, y) in combinations(points, 2)]
    return median(slopes) if slopes else 0.0
