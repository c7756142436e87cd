"""Who owns what for how long. A lease is a row; the fencing token tells a former owner from the present one.

On several machines `now` should be the database's time (`database_now`), so that their clocks need not agree.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from vigie.errors import VigieError
from vigie.ports import Fence
from vigie.runtime import clock
from vigie.runtime.models import Lease


class LeaseLost(VigieError):
    """Somebody else owns this now; nothing more is written about it here."""


@contextmanager
def holding(fence: Fence | None) -> Iterator[None]:
    """Write, in one transaction, what only the owner may. Raises LeaseLost at once where a newer token was given.

    Until the commit nobody is given one: `claim` passes over the locked row. Costs one read by primary key.
    No fence: there is no other owner.
    """
    with transaction.atomic():
        if fence is not None:
            present = Lease.objects.select_for_update(no_key=True).filter(resource=fence.resource, token=fence.token)
            if present.first() is None:
                raise LeaseLost(f"{fence.resource} was given to another owner since token {fence.token}.")
        yield


def database_now() -> datetime:
    """Return the database server's time; with SQLite, this machine's."""
    if connection.vendor == "sqlite":
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now.astimezone(UTC)


def claim(resources: Collection[str], owner: str, now: datetime, *, ttl_s: float, limit: int) -> dict[str, int]:
    """Take up to `limit` of `resources` that nobody holds. Return resource -> fencing token for those obtained.

    Two claimants never obtain the same resource: the second waits on, or skips, the locked row.
    """
    Lease.objects.bulk_create([Lease(resource=name) for name in resources], ignore_conflicts=True)
    with transaction.atomic():
        free = Lease.objects.filter(Q(expires_at=None) | Q(expires_at__lte=now), resource__in=resources)
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(skip_locked=True)
        taken = list(free.order_by("resource")[:limit])
        Lease.objects.filter(pk__in=[lease.pk for lease in taken]).update(
            owner=owner, token=F("token") + 1, expires_at=now + timedelta(seconds=ttl_s)
        )
    return {lease.resource: lease.token + 1 for lease in taken}


def renew(owner: str, now: datetime, *, ttl_s: float) -> dict[str, int]:
    """Hold on to all that `owner` still holds, in one statement. Return resource -> token; what is missing is lost."""
    held = Lease.objects.filter(owner=owner, expires_at__gt=now)
    with transaction.atomic():
        held.update(expires_at=now + timedelta(seconds=ttl_s))
        return dict(Lease.objects.filter(owner=owner, expires_at__gt=now).values_list("resource", "token"))


def release(owner: str, resources: Collection[str]) -> None:
    """Give up `resources`, for others to take at once."""
    Lease.objects.filter(owner=owner, resource__in=resources).update(owner="", expires_at=None)


def release_everything() -> None:
    """Free all leases. Only for the one process of an installation, before it starts: the former one is dead."""
    Lease.objects.update(owner="", expires_at=None)
