"""Circuit breakers: open after failures in a row, longer each time, closed by one success."""

from datetime import UTC, datetime, timedelta

import pytest

from vigie.runtime import breaker
from vigie.runtime.breaker import Patience

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PATIENCE = Patience(failures=3, pause_s=30, longest_s=100)


@pytest.mark.parametrize(("failures", "pause_s"), [(0, 0.0), (2, 0.0), (3, 30.0), (4, 60.0), (5, 100.0), (500, 100.0)])
def test_pause_after_doubles_up_to_the_longest(failures: int, pause_s: float) -> None:
    assert breaker.pause_after(PATIENCE, failures) == pause_s


def _fail(times: int) -> None:
    for _ in range(times):
        breaker.record_failure("hub", PATIENCE, NOW)


@pytest.mark.django_db
def test_breaker_opens_after_failures_in_a_row() -> None:
    assert breaker.wait_s("hub", NOW) == 0.0
    _fail(2)
    assert breaker.wait_s("hub", NOW) == 0.0
    _fail(1)
    assert breaker.wait_s("hub", NOW + timedelta(seconds=10)) == 20.0
    assert breaker.wait_s("hub", NOW + timedelta(seconds=31)) == 0.0


@pytest.mark.django_db
def test_breaker_closes_at_the_first_success() -> None:
    _fail(4)
    breaker.record_success("hub", NOW + timedelta(hours=1))
    _fail(2)

    assert breaker.wait_s("hub", NOW) == 0.0


@pytest.mark.django_db
def test_breaker_forgets_no_longer_wait_for_a_failure_that_was_under_way() -> None:
    breaker.record_failure("hub", PATIENCE, NOW, retry_after_s=700.0)
    _fail(1)
    assert breaker.wait_s("hub", NOW) == 700.0


@pytest.mark.django_db
def test_breaker_stays_open_though_what_was_under_way_succeeds() -> None:
    breaker.record_failure("hub", PATIENCE, NOW, retry_after_s=700.0)
    breaker.record_success("hub", NOW + timedelta(seconds=1))

    assert breaker.wait_s("hub", NOW) == 700.0


@pytest.mark.django_db
def test_breaker_stays_open_as_long_as_the_other_side_asked() -> None:
    assert breaker.record_failure("hub", PATIENCE, NOW) == 0.0
    assert breaker.record_failure("hub", PATIENCE, NOW, retry_after_s=700.0) == 700.0

    assert breaker.wait_s("hub", NOW + timedelta(seconds=100)) == 600.0


@pytest.mark.django_db
def test_an_open_breaker_is_left_alone_longer_and_counts_nothing() -> None:
    _fail(3)
    breaker.leave_alone("hub", NOW, for_s=70.0)
    breaker.leave_alone("hub", NOW, for_s=5.0)
    breaker.leave_alone("unknown", NOW, for_s=5.0)

    assert breaker.wait_s("hub", NOW) == 70.0
    assert breaker.wait_s("unknown", NOW) == 0.0
    assert breaker.record_failure("hub", PATIENCE, NOW) == 60.0
