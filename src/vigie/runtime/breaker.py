"""Circuit breakers: after several failures in a row nobody asks for a while, in any process."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vigie.runtime.models import Breaker


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures in a row open the breaker, and for how long.

    The pause doubles at each further failure, up to `longest_s`.
    """

    failures: int = 5
    pause_s: float = 30.0
    longest_s: float = 900.0


def pause_after(patience: Patience, failures: int) -> float:
    """Return for how many seconds nobody should ask after `failures` in a row; 0.0 while the breaker is closed."""
    if failures < patience.failures:
        return 0.0
    return min(patience.pause_s * 2.0 ** min(failures - patience.failures, 32), patience.longest_s)


def wait_s(key: str, now: datetime) -> float:
    """Return how many seconds to wait before asking; 0.0 when one may ask now."""
    breaker = Breaker.objects.filter(key=key).first()
    if breaker is None or breaker.opened_until is None:
        return 0.0
    return max(0.0, (breaker.opened_until - now).total_seconds())


def record_failure(key: str, patience: Patience, now: datetime, *, retry_after_s: float = 0.0) -> float:
    """Count a failure; open the breaker when there were too many, or for as long as the other side asked.

    Return for how many seconds it is open.
    """
    with transaction.atomic():
        Breaker.objects.get_or_create(key=key)
        breaker = Breaker.objects.select_for_update().get(key=key)
        breaker.failures += 1
        pause_s = max(pause_after(patience, breaker.failures), retry_after_s)
        if pause_s:  # what the other side asked for before may be longer
            breaker.opened_until = max(breaker.opened_until or now, now + timedelta(seconds=pause_s))
        breaker.save()
    return pause_s


def leave_alone(key: str, now: datetime, *, for_s: float) -> None:
    """Keep an open breaker open for `for_s` seconds at least; no further failure is counted."""
    until = now + timedelta(seconds=for_s)
    Breaker.objects.filter(key=key, opened_until__lt=until).update(opened_until=until)


def record_success(key: str, now: datetime) -> None:
    """Close the breaker, unless it was opened while the request was under way."""
    past = Breaker.objects.filter(key=key).exclude(failures=0).exclude(opened_until__gt=now)
    past.update(failures=0, opened_until=None)
