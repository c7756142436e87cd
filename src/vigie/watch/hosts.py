"""What one host may be asked: looks at its channels are spread, and rest while it is silent or wants to be left alone.

The rows are shared by every process. A live that is on air reconnects as it needs, and asks nobody here.
"""

from datetime import datetime
from urllib.parse import urlsplit

from vigie.ports import NotLive, PortError
from vigie.runtime import breaker, limits

BUDGET = limits.Budget(capacity=20.0, per_s=2.0)
"""Looks at channels of one host: forty that are due at once take ten seconds."""
PATIENCE = breaker.Patience(failures=5, pause_s=30.0, longest_s=300.0)


def rest_s(address: str, now: datetime) -> float:
    """Return 0.0 when a channel at `address` may be looked at now, which counts; else how many seconds to wait."""
    key = _key(address)
    return breaker.wait_s(key, now) or limits.take(key, BUDGET, now)


def is_left_alone(address: str, now: datetime) -> bool:
    """Return whether the host of `address` rests, because it did not answer or asked for it."""
    return breaker.wait_s(_key(address), now) > 0.0


def remember(address: str, trouble: PortError | None, now: datetime) -> None:
    """Take note of how a host answered: only silence, errors of its own and "too many" are held against it."""
    if trouble is None or isinstance(trouble, NotLive) or not trouble.retryable:
        breaker.record_success(_key(address), now)
    else:
        breaker.record_failure(_key(address), PATIENCE, now, retry_after_s=trouble.retry_after_s or 0.0)


def _key(address: str) -> str:
    return f"host:{urlsplit(address).netloc.rpartition('@')[2].lower()}"[:200]
