from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from vigie.notifications import retries
from vigie.notifications.retries import DELAYS_S, JITTER, LONGEST_S, Verdict

CHANCE = st.integers().map(Random)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DONE),
        (204, Verdict.DONE),
        (299, Verdict.DONE),
        (302, Verdict.AGAIN),
        (400, Verdict.AGAIN),
        (404, Verdict.AGAIN),
        (410, Verdict.GONE),
        (429, Verdict.AGAIN),
        (500, Verdict.AGAIN),
    ],
)
def test_only_a_success_is_one(status: int, verdict: Verdict) -> None:
    assert retries.verdict(status) is verdict


@given(rng=CHANCE)
def test_each_wait_is_longer_than_the_one_before_and_the_last_try_is_the_last(rng: Random) -> None:
    waits = [retries.delay_s(tries, rng) for tries in range(1, len(DELAYS_S) + 2)]

    assert waits[-1] is None
    for wait_s, planned_s in zip(waits, DELAYS_S, strict=False):
        assert wait_s is not None
        assert planned_s <= wait_s <= planned_s * (1 + JITTER)


@given(tries=st.integers(1, len(DELAYS_S)), asked_s=st.floats(0, 1e9), rng=CHANCE)
def test_who_asks_to_be_left_alone_is_for_a_day_at_most(tries: int, asked_s: float, rng: Random) -> None:
    wait_s = retries.delay_s(tries, rng, asked_s=asked_s)

    assert wait_s is not None
    assert wait_s >= min(asked_s, LONGEST_S)
    assert wait_s <= max(LONGEST_S, DELAYS_S[tries - 1] * (1 + JITTER))


@pytest.mark.parametrize(("hours", "is_given_up"), [(None, False), (0, False), (23.9, False), (24, True), (100, True)])
def test_who_has_failed_for_a_day_is_given_up(hours: float | None, *, is_given_up: bool) -> None:
    since = None if hours is None else NOW - timedelta(hours=hours)

    assert retries.is_given_up(since, NOW) is is_given_up
