"""API budgets: a token bucket a key, shared by every process through its row."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vigie.runtime.models import Bucket


@dataclass(frozen=True, slots=True)
class Budget:
    """What a vendor allows: `capacity` at once, refilled at `per_s` a second."""

    capacity: float
    per_s: float


def refill(budget: Budget, tokens: float, elapsed_s: float) -> float:
    """Return how many tokens there are after `elapsed_s` seconds; a clock that went back adds none."""
    return min(budget.capacity, tokens + max(0.0, elapsed_s) * budget.per_s)


def take(key: str, budget: Budget, now: datetime, *, cost: float = 1.0) -> float:
    """Spend `cost` tokens and return 0.0, or spend nothing and return how many seconds to wait.

    Never overspends, whatever the number of processes. Raises ValueError for a cost the bucket can never hold.
    """
    if cost > budget.capacity:
        raise ValueError(f"{key}: {cost} can never be spent from a bucket of {budget.capacity}")
    with transaction.atomic():
        Bucket.objects.get_or_create(key=key, defaults={"tokens": budget.capacity, "refilled_at": now})
        bucket = Bucket.objects.select_for_update().get(key=key)
        tokens = refill(budget, bucket.tokens, (now - bucket.refilled_at).total_seconds())
        enough = tokens >= cost
        bucket.tokens = tokens - cost if enough else tokens
        bucket.refilled_at = max(now, bucket.refilled_at)
        bucket.save()
    return 0.0 if enough else (cost - tokens) / budget.per_s
