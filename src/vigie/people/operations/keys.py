"""Keys that let programs in: made by a person, who may do as much; shown once; revoked."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vigie.people import queries
from vigie.people.models import ApiKey, Membership
from vigie.people.operations.refusals import KeyNotValid, MayNotLend
from vigie.people.operations.telling import tell

BEGINS = "vgk_"
"""So that whoever finds a key in a file knows what it opens."""
KEY_BYTES = 32
SHOWN = 10
"""Characters of a key that are kept."""
USE_NOTED = timedelta(minutes=1)

_prefix: ContextVar[str] = ContextVar("prefix of the key in use", default="")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key, which is known at this moment only, and its row."""

    row: ApiKey
    key: str


@transaction.atomic
def make_key(
    by: Membership, *, name: str, scopes: Collection[str], expires_at: datetime | None, now: datetime
) -> IssuedKey:
    """Make a key that may do some of what its maker may. Raises MayNotLend: for more than that, or for nothing."""
    if not scopes or not set(scopes) <= by.permissions:
        raise MayNotLend
    key = BEGINS + secrets.token_urlsafe(KEY_BYTES)
    row = ApiKey.objects.create(
        workspace=by.workspace,
        name=name,
        key_sha256=queries.digest(key),
        prefix=key[:SHOWN],
        scopes=sorted(scopes),
        made_by=by.user,
        made_at=now,
        expires_at=expires_at,
    )
    until = expires_at.isoformat() if expires_at else None
    tell(by.user, "key.made", row, workspace=by.workspace, name=name, prefix=row.prefix, scopes=row.scopes, until=until)
    return IssuedKey(row, key)


@transaction.atomic
def revoke_key(by: Membership, key: ApiKey, now: datetime) -> None:
    """Let a key open nothing from now on. Raises KeyNotValid where it was revoked already."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        raise KeyNotValid
    tell(by.user, "key.revoked", key, workspace=by.workspace, name=key.name, prefix=key.prefix)


def note_use(key: ApiKey, now: datetime) -> None:
    """Note when a key was last used, to the minute: one that is used all the time is not written all the time."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


@contextmanager
def acting_by(key: ApiKey) -> Iterator[None]:
    """Let what is accounted for within be known as done by a key, in the name of whoever made it."""
    token = _prefix.set(key.prefix)
    try:
        yield
    finally:
        _prefix.reset(token)


def key_in_use() -> str:
    """Return how the key begins by which what happens now is done; empty where a person does it themselves."""
    return _prefix.get()
