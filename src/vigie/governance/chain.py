"""The mathematics of the audit chain: what an entry's hash covers, and what is wrong with a chain.

An entry holds only a commitment to its payload, HMAC-SHA-256 under a key of its own, so that deleting payload and key
(erasure) leaves the chain valid, while no one without the key can try out what the payload was. A chain proves nothing
against whoever can rewrite every hash and the head; anchoring the head outside is what does.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

GENESIS = "0" * 64
"""What stands for the hash before the first."""
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One link."""

    chain: int
    position: int
    """1, 2, 3, ..."""
    at: datetime
    actor_id: int | None
    verb: str
    object_type: str
    object_id: str
    commitment: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """What an entry is about, and the key that binds it to the entry."""

    key: bytes
    body: str


class Fault(StrEnum):
    """What is wrong at a position."""

    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    PAYLOAD_ALTERED = "payload altered"
    PAYLOAD_REMOVED = "payload removed"
    """It is gone, and no entry accounts for its erasure."""
    TAIL_CUT = "tail cut"
    HEAD_MOVED = "head moved"
    """The head is not the last entry's: it was edited, or entries were added behind its back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found; the first fault ends it."""

    entries: int
    """How many were found right."""
    erased: int
    """How many of those have had their payload erased."""
    fault: Fault | None = None
    position: int | None = None
    """Of the first fault."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def canonical(payload: Mapping[str, object]) -> str:
    """Return the one way to write `payload` as JSON. Raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commit(payload: Payload) -> str:
    """Return the commitment to a payload, in hexadecimal."""
    return hmac.new(payload.key, payload.body.encode(), hashlib.sha256).hexdigest()


def seal(former: str, entry: Entry) -> str:
    """Return the hash of an entry that follows the hash `former`: SHA-256 over it and every field, in hexadecimal."""
    fields = [
        former,
        entry.chain,
        entry.position,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.verb,
        entry.object_type,
        entry.object_id,
        entry.commitment,
    ]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def verify(links: Iterable[tuple[Entry, Payload | None]], *, length: int, head: str) -> Verdict:
    """Return whether the links, in order of position, are the chain of that length and head.

    A link without payload has been erased. Reads the links once, keeps none.
    """
    remaining = iter(links)
    former, entries, erased = GENESIS, 0, 0
    for entry, payload in remaining:
        fault = _fault(former, entries + 1, entry, payload, remaining)
        if fault:
            return Verdict(entries, erased, fault, entries + 1)
        former, entries, erased = entry.hash, entries + 1, erased + (payload is None)
    if entries < length:
        return Verdict(entries, erased, Fault.TAIL_CUT, entries + 1)
    if entries > length or former != head:
        return Verdict(entries, erased, Fault.HEAD_MOVED, min(entries, length + 1))
    return Verdict(entries, erased)


def _fault(
    former: str, expected: int, entry: Entry, payload: Payload | None, later: Iterator[tuple[Entry, Payload | None]]
) -> Fault | None:
    if entry.position > expected:
        return Fault.MISSING
    if entry.position < expected:
        return Fault.REORDERED
    if seal(former, entry) != entry.hash:
        is_later = any(seal(former, replace(other, position=expected)) == other.hash for other, _ in later)
        return Fault.REORDERED if is_later else Fault.EDITED
    if payload is not None and commit(payload) != entry.commitment:
        return Fault.PAYLOAD_ALTERED
    return None
