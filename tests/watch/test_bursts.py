from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.bursts import ENOUGH_BUCKETS, USUAL_BUCKETS, WARM_UP_BUCKETS, Burst, find_bursts, usual_before

HOUR = 360
LENGTH = 6
Places = list[tuple[int, int]]


def places(bursts: Sequence[Burst]) -> Places:
    return [(burst.from_bucket, burst.to_bucket) for burst in bursts]


# ── simulated lives ────────────────────────────────────────────────────────────────────────────────────────────────


def an_hour(rate: float, rng: np.random.Generator, *, burst_at: int | None = None) -> list[int]:
    """An hour of events: Poisson, drifting by 30 %, with a burst of a minute three times as much."""
    waves, phase = rng.uniform(1, 3), rng.uniform(0, 2 * np.pi)
    rates: npt.NDArray[np.float64] = rate * (1 + 0.3 * np.sin(phase + 2 * np.pi * waves * np.arange(HOUR) / HOUR))
    if burst_at is not None:
        rates[burst_at : burst_at + LENGTH] *= 3
    return [int(count) for count in rng.poisson(rates)]


def found_in_hours(rate: float, hours: int) -> tuple[float, float]:
    """Return the false alarms an hour, and the part of the bursts that was found."""
    rng = np.random.default_rng(1)
    false, found = 0, 0
    for _ in range(hours):
        at = int(rng.integers(60, HOUR - 20))
        bursts = find_bursts(an_hour(rate, rng, burst_at=at))
        hits = [burst for burst in bursts if burst.to_bucket >= at and burst.from_bucket < at + LENGTH]
        false, found = false + len(bursts) - len(hits), found + bool(hits)
    return false / hours, found / hours


@pytest.mark.parametrize(
    ("rate", "fewest_found", "most_found"),
    [(0.5, 0.0, 0.3), (3.0, 0.6, 1.0), (10.0, 0.85, 1.0), (50.0, 1.0, 1.0), (300.0, 1.0, 1.0)],
)
def test_bursts_are_found_and_hardly_anything_else(rate: float, fewest_found: float, most_found: float) -> None:
    false_an_hour, found = found_in_hours(rate, 15)

    assert false_an_hour <= 0.35
    assert fewest_found <= found <= most_found


def test_a_chat_that_varies_more_than_chance_does_not_burst_out_all_the_time() -> None:
    rng = np.random.default_rng(1)
    counts = [int(count) for count in rng.negative_binomial(25, 1 / 3, 10 * HOUR)]  # 50 each, variance 150

    assert len(find_bursts(counts)) <= 10


@pytest.mark.parametrize("seed", range(4))
def test_the_last_twenty_minutes_tell_the_same_as_the_whole_live(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = an_hour(20.0, rng, burst_at=200)
    whole = find_bursts(counts)
    assert whole

    for now in range(205, 235):
        first = now - ENOUGH_BUCKETS
        assert find_bursts(counts[first:now], first=first) == find_bursts(counts[:now])


# ── one burst is one mark ──────────────────────────────────────────────────────────────────────────────────────────

STEADY = [20] * 40


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([*STEADY], []),
        ([*STEADY, 60, 60, 60, *STEADY], [(40, 42)]),
        ([*STEADY, 60, *STEADY], [(40, 40)]),
        ([*STEADY, 60, 60, 20, 20, 60, 60, *STEADY], [(40, 45)]),
        ([*STEADY, 60, 60, *[20] * 9, 60, 60, *STEADY], [(40, 41), (51, 52)]),
        ([*STEADY, 60, 60, None, 60, *STEADY], [(40, 43)]),
        ([*STEADY, 60, 60, *[None] * 9, 60, *STEADY], [(40, 41), (51, 51)]),
        ([*STEADY, *[0] * 9, *STEADY], []),
        ([0] * 40, []),
        ([], []),
    ],
)
def test_a_burst_is_one_whatever_it_does_in_the_middle(counts: list[int | None], expected: Places) -> None:
    assert places(find_bursts(counts)) == expected


def test_a_burst_says_how_much_it_stood_out() -> None:
    [burst] = find_bursts([*STEADY, 60, 80, 60, *STEADY], first=100)

    assert burst == Burst(140, 142, 80, burst.z, is_over=True)
    assert burst.z == pytest.approx(2 * (80.375**0.5 - 20.375**0.5))


def test_a_burst_goes_on_until_it_was_calm_for_30_s() -> None:
    counts = [*STEADY, 60, 90, 20, 20, 20]

    told = [find_bursts(counts[:end]) for end in range(41, 46)]

    assert [places(bursts) for bursts in told] == [[(40, 40)], *[[(40, 41)]] * 4]
    assert [bursts[0].is_over for bursts in told] == [False, False, False, False, True]
    assert [bursts[0].peak for bursts in told] == [60, 90, 90, 90, 90]


def test_what_lasts_five_minutes_is_the_new_usual() -> None:
    bursts = find_bursts([*STEADY, *[60] * 120])

    assert places(bursts) == [(40, 40 + USUAL_BUCKETS - 1)]


def test_a_second_burst_is_not_hidden_by_the_first() -> None:
    bursts = find_bursts([*STEADY, *[80] * 18, *[20] * 6, *[80] * 6, *STEADY])

    assert places(bursts) == [(40, 57), (64, 69)]


# ── what is usual ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("known", "is_told"), [(WARM_UP_BUCKETS - 1, False), (WARM_UP_BUCKETS, True)])
def test_nothing_is_told_before_enough_was_counted(known: int, *, is_told: bool) -> None:
    assert bool(find_bursts([*[20] * known, 100])) is is_told


@pytest.mark.parametrize(("count", "width"), [(0, 6), (2, 6), (3, 6), (4, 3), (9, 3), (10, 1), (500, 1)])
def test_few_events_are_looked_at_in_wider_buckets(count: int, width: int) -> None:
    usual = usual_before([count] * 40, 40)

    assert usual
    assert usual.width == width
    assert usual.a_bucket == pytest.approx(count)


def test_a_wide_bucket_tells_where_the_burst_really_begins_and_ends() -> None:
    assert places(find_bursts([*[3] * 60, *[12] * 4, *[3] * 60])) == [(60, 63)]


def test_a_big_chat_that_grows_steadily_does_not_burst_out() -> None:
    growing = [round(200 * 1.02**number) for number in range(200)]

    assert find_bursts(growing) == []


def test_a_gap_is_not_silence() -> None:
    assert find_bursts([*STEADY, *[None] * 20, *STEADY]) == []
    assert places(find_bursts([*STEADY, *[None] * 20, 20, 80, 80, 20, 20, 20])) == [(61, 62)]


# ── whatever comes ─────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.none() | st.integers(0, 400), max_size=200), st.integers(0, 10_000))
def test_bursts_are_ordered_apart_and_inside(counts: list[int | None], first: int) -> None:
    bursts = find_bursts(counts, first=first)

    bounds = [bound for burst in bursts for bound in (burst.from_bucket, burst.to_bucket + 1)]
    assert bounds == sorted(bounds)
    assert len(set(bounds[1::2])) == len(bursts)
    assert all(first <= bound <= first + len(counts) for bound in bounds)
    for burst in bursts:
        inside = counts[burst.from_bucket - first : burst.to_bucket + 1 - first]
        assert burst.peak == max(count or 0 for count in inside)
        assert burst.z > 4.0
    assert all(burst.is_over for burst in bursts[:-1])
