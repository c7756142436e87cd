"""The chain that binds the sound of a live together. Pure.

Each link covers the former one, so that no segment can be replaced, left out, moved or taken from another live without
a trace.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass

FIRST = "0" * 64
"""What the first segment of a live is linked to."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment lies: the whole of what is known about it besides its sound."""

    live_id: int
    index: int
    epoch: int
    start_sample: int
    samples: int
    offset_s: float


@dataclass(frozen=True, slots=True)
class Link:
    """A segment as it was closed."""

    place: Place
    sha256: str
    """Of the file, in hexadecimal."""
    chain_hash: str


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def link(former: str, sha256: str, place: Place) -> str:
    """Return the chain hash of a segment: SHA-256 over the former one, the file's hash and the place."""
    return digest(json.dumps([former, sha256, *astuple(place)]).encode())


def first_fault(links: Iterable[Link]) -> Link | None:
    """Return the first of a live's closed segments, in order, that does not follow from the one before; else None."""
    former = FIRST
    for index, found in enumerate(links):
        if found.place.index != index or found.chain_hash != link(former, found.sha256, found.place):
            return found
        former = found.chain_hash
    return None
