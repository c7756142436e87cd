"""Units of work: claim, finish, give back. Any model that extends `WorkUnit` will do.

Guarantee: a unit is held by at most one worker until `claimed_until`; a worker that dies loses it to the next one. The
work itself must therefore be idempotent; what may happen at most once needs its own state machine.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from vigie.runtime.models import WorkState, WorkUnit

Unit = TypeVar("Unit", bound=WorkUnit)

MAX_ATTEMPTS = 3


def due(units: QuerySet[Unit], now: datetime) -> QuerySet[Unit]:
    """Return the units that wait for their turn or were left by a worker that died."""
    waiting = Q(state=WorkState.PENDING) & (Q(not_before=None) | Q(not_before__lte=now))
    abandoned = Q(state=WorkState.RUNNING, claimed_until__lte=now)
    return units.filter(waiting | abandoned)


def claim(units: QuerySet[Unit], now: datetime, *, hold_s: float, limit: int) -> list[Unit]:
    """Take up to `limit` due units, in the order of `units`, for `hold_s` seconds."""
    with transaction.atomic():
        chosen = due(units, now)
        if connection.features.has_select_for_update_skip_locked:
            chosen = chosen.select_for_update(skip_locked=True, of=("self",))
        taken = list(chosen[:limit])
        ids = [unit.pk for unit in taken]
        until = now + timedelta(seconds=hold_s)
        units.model._default_manager.filter(pk__in=ids).update(
            state=WorkState.RUNNING, claimed_until=until, attempts=F("attempts") + 1
        )
        for unit in taken:
            unit.state, unit.claimed_until, unit.attempts = WorkState.RUNNING, until, unit.attempts + 1
        return taken


def give_back(units: Sequence[WorkUnit], now: datetime, *, reason: str, retry_after_s: float | None = None) -> None:
    """Return claimed units to the queue after trouble; a unit tried `MAX_ATTEMPTS` times fails instead."""
    for unit in units:
        unit.reason = reason[:300]
        unit.claimed_until = None
        if unit.attempts >= MAX_ATTEMPTS:
            unit.state = WorkState.FAILED
        else:
            unit.state = WorkState.PENDING
            unit.not_before = now + timedelta(seconds=retry_after_s or 2**unit.attempts)
        unit.save(update_fields=["state", "reason", "claimed_until", "not_before"])


def take_back(units: QuerySet[Unit]) -> int:
    """Return to the queue what a worker that died still holds, and how much that was.

    Only for the one process of an installation, before it starts: others would lose what they are working on.
    """
    held = units.filter(state=WorkState.RUNNING)
    return held.update(state=WorkState.PENDING, claimed_until=None)
