"""Units of work: claim, finish, give back. Any model that extends `WorkUnit` will do.

Guarantee: a unit is held by at most one worker until `claimed_until`; a worker that dies loses it to the next one. A
unit whose workers died `MAX_ATTEMPTS` times is `lost`: nobody claims it any more, its area fails it. The work itself
must be idempotent; what may happen at most once needs its own state machine.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from vigie.runtime.models import WorkState, WorkUnit

Unit = TypeVar("Unit", bound=WorkUnit)

MAX_ATTEMPTS = 3
LOST = gettext_noop("the program ended each time while it was at work on this")
"""The reason of units that are `lost`."""


def due(units: QuerySet[Unit], now: datetime) -> QuerySet[Unit]:
    """Return the units that wait for their turn or were left by a worker that died, the lost ones too."""
    waiting = Q(state=WorkState.PENDING) & (Q(not_before=None) | Q(not_before__lte=now))
    abandoned = Q(state=WorkState.RUNNING, claimed_until__lte=now)
    return units.filter(waiting | abandoned)


def lost(units: QuerySet[Unit], now: datetime) -> QuerySet[Unit]:
    """Return the units whose workers died each time they were tried, to be failed with `give_back` in a transaction."""
    return _locked(due(units, now).filter(attempts__gte=MAX_ATTEMPTS))


def claim(units: QuerySet[Unit], now: datetime, *, hold_s: float, limit: int) -> list[Unit]:
    """Take up to `limit` due units, in the order of `units`, for `hold_s` seconds.

    A unit on its last try is taken alone: should it be what kills the workers, it takes no other along.
    """
    with transaction.atomic():
        taken = _before_last_try(list(_locked(due(units, now).filter(attempts__lt=MAX_ATTEMPTS))[:limit]))
        ids = [unit.pk for unit in taken]
        until = now + timedelta(seconds=hold_s)
        units.model._default_manager.filter(pk__in=ids).update(
            state=WorkState.RUNNING, claimed_until=until, attempts=F("attempts") + 1
        )
        for unit in taken:
            unit.state, unit.claimed_until, unit.attempts = WorkState.RUNNING, until, unit.attempts + 1
        return taken


def _locked(units: QuerySet[Unit]) -> QuerySet[Unit]:
    if connection.features.has_select_for_update_skip_locked:
        return units.select_for_update(skip_locked=True, of=("self",))
    return units


def _before_last_try(units: list[Unit]) -> list[Unit]:
    first = next((n for n, unit in enumerate(units) if unit.attempts == MAX_ATTEMPTS - 1), len(units))
    return units[:first] or units[:1]


def give_back(units: Sequence[Unit], now: datetime, *, reason: str, retry_after_s: float | None = None) -> list[Unit]:
    """Return claimed units to the queue after trouble; those tried `MAX_ATTEMPTS` times fail instead, and are returned.

    A unit that another worker took over or finished meanwhile is left as it is.
    """
    return [unit for unit in units if _give_back(unit, now, reason, retry_after_s) and unit.state == WorkState.FAILED]


def _give_back(unit: WorkUnit, now: datetime, reason: str, retry_after_s: float | None) -> bool:
    """Return whether the unit was still as it was read."""
    as_read = type(unit)._default_manager.filter(pk=unit.pk, state=unit.state, claimed_until=unit.claimed_until)
    unit.reason, unit.claimed_until = reason[:300], None
    if unit.attempts >= MAX_ATTEMPTS:
        unit.state = WorkState.FAILED
    else:
        unit.state = WorkState.PENDING
        unit.not_before = now + timedelta(seconds=retry_after_s or 2**unit.attempts)
    values = {"state": unit.state, "reason": unit.reason, "claimed_until": None, "not_before": unit.not_before}
    return bool(as_read.update(**values))


def take_back(units: QuerySet[Unit]) -> int:
    """Return to the queue what a worker that died still holds, and how much that was.

    Only for the one process of an installation, before it starts: others would lose what they are working on.
    """
    held = units.filter(state=WorkState.RUNNING)
    return held.update(state=WorkState.PENDING, claimed_until=None)
