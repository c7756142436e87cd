"""The gate around every request to a vendor: one budget, one account, one circuit breaker for all processes."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F

from vigie.ports import NotLive, PortError
from vigie.runtime import breaker, clock, limits
from vigie.runtime.breaker import Patience
from vigie.runtime.limits import Budget
from vigie.runtime.models import Traffic

LONGEST_WAIT_S = 30.0
"""A turn that would come later is refused: whoever asks had better ask again than hold what it holds."""
PATIENCE = Patience(failures=5, pause_s=30.0, longest_s=300.0)
UNKNOWN = Budget(capacity=10.0, per_s=1.0)
"""For keys that no budget is given for."""


class SharedGate:
    """The port Gate, on rows that every process shares."""

    def __init__(self, budgets: Mapping[str, Budget]) -> None:
        """Allow each key what the longest of `budgets` that it begins with allows."""
        self._budgets = dict(sorted(budgets.items(), key=lambda entry: -len(entry[0])))

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        """Return once a request may be sent. Raises PortError, retryable, when that is not within 30 s."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_WAIT_S
        while wait_s := await sync_to_async(self._ask)(key, cost, clock.now()):
            if loop.time() + wait_s > until:
                raise PortError(f"{key}: no request before {wait_s:.0f} s.", retryable=True, retry_after_s=wait_s)
            await asyncio.sleep(wait_s)

    async def leave(self, key: str, trouble: PortError | None) -> None:
        """Count the request, and hold silence, errors and "too many" against the vendor."""
        await sync_to_async(_note)(key, trouble, clock.now())

    def budget_of(self, key: str) -> Budget:
        """Return what a key may spend."""
        return next((budget for prefix, budget in self._budgets.items() if key.startswith(prefix)), UNKNOWN)

    def _ask(self, key: str, cost: float, now: datetime) -> float:
        return breaker.wait_s(key, now) or limits.take(key, self.budget_of(key), now, cost=cost)


@transaction.atomic
def _note(key: str, trouble: PortError | None, now: datetime) -> None:
    counts_against = trouble is not None and trouble.retryable and not isinstance(trouble, NotLive)
    hour = now.replace(minute=0, second=0, microsecond=0)
    Traffic.objects.get_or_create(key=key, hour=hour)
    Traffic.objects.filter(key=key, hour=hour).update(
        requests=F("requests") + 1, failures=F("failures") + (1 if trouble else 0)
    )
    if trouble is not None and counts_against and breaker.wait_s(key, now) > 0.0:
        breaker.leave_alone(key, now, for_s=trouble.retry_after_s or 0.0)  # fifty that were under way are one trouble
    elif trouble is not None and counts_against:
        breaker.record_failure(key, PATIENCE, now, retry_after_s=trouble.retry_after_s or 0.0)
    else:
        breaker.record_success(key, now)
