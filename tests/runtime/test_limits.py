"""Token buckets: never more than the vendor allows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.runtime import limits
from vigie.runtime.limits import Budget

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BUDGET = Budget(capacity=10, per_s=2)


@pytest.mark.django_db
def test_take_spends_until_empty_then_says_how_long_to_wait() -> None:
    assert [limits.take("helix", BUDGET, NOW, cost=4) for _ in range(3)] == [0.0, 0.0, 1.0]


@pytest.mark.django_db
def test_take_spends_nothing_when_there_is_not_enough() -> None:
    limits.take("helix", BUDGET, NOW, cost=9)

    assert limits.take("helix", BUDGET, NOW, cost=2) == 0.5
    assert limits.take("helix", BUDGET, NOW, cost=1) == 0.0


@pytest.mark.django_db
def test_take_refills_with_time_up_to_the_capacity() -> None:
    limits.take("helix", BUDGET, NOW, cost=10)
    next_day = NOW + timedelta(days=1)

    assert limits.take("helix", BUDGET, next_day, cost=10) == 0.0
    assert limits.take("helix", BUDGET, next_day, cost=1) == 0.5


@pytest.mark.django_db
def test_take_is_not_fooled_by_a_clock_that_goes_back() -> None:
    limits.take("helix", BUDGET, NOW, cost=10)

    assert limits.take("helix", BUDGET, NOW - timedelta(hours=1), cost=1) == 0.5


@pytest.mark.django_db
def test_take_keeps_keys_apart() -> None:
    limits.take("helix", BUDGET, NOW, cost=10)

    assert limits.take("x", BUDGET, NOW, cost=10) == 0.0


@pytest.mark.django_db
def test_take_refuses_a_cost_no_bucket_can_hold() -> None:
    with pytest.raises(ValueError, match="11 can never be spent from a bucket of 10"):
        limits.take("helix", BUDGET, NOW, cost=11)


@given(tokens=st.floats(0, 10), elapsed_s=st.floats(-1e6, 1e6))
def test_refill_stays_between_what_there_was_and_the_capacity(tokens: float, elapsed_s: float) -> None:
    assert tokens <= limits.refill(BUDGET, tokens, elapsed_s) <= BUDGET.capacity
