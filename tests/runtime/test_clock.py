"""The one clock."""

from datetime import UTC, datetime

from vigie.runtime import clock


def test_now_is_aware_utc_and_does_not_go_back() -> None:
    before, now = datetime.now(UTC), clock.now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)
