"""Which clips are deleted: those too old, then the oldest of what is more than there is room for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GIGABYTE = 10**9


class Why(StrEnum):
    """Why a clip is deleted."""

    AGE = "age"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long clips are kept and how much room they take; None for no limit."""

    days: int | None = None
    """At least 1: a clip goes once it is older."""
    gigabytes: float | None = None
    """More than 0, of 10^9 bytes, all clips together."""


@dataclass(frozen=True, slots=True)
class KeptClip:
    """What counts of a clip that has a file."""

    clip_id: int
    saved_at: datetime
    size_bytes: int
    is_held: bool = False
    is_kept: bool = False
    """Somebody starred it."""
    is_evidence: bool = False
    """An alert that nobody decided upon shows it."""

    @property
    def is_protected(self) -> bool:
        """Whether it stays however old it is and however little room there is."""
        return self.is_held or self.is_kept or self.is_evidence


@dataclass(frozen=True, slots=True)
class Removal:
    """A clip that goes."""

    clip_id: int
    why: Why


def to_remove(clips: Iterable[KeptClip], policy: Keeping, now: datetime) -> list[Removal]:
    """Return the clips that go, oldest first: the same for a preview and for good. Never a protected one.

    None goes for room while what is older and may go stays, nor once the rest fits.
    """
    clips = sorted(clips, key=lambda clip: (clip.saved_at, clip.clip_id))
    excess_bytes = _excess_bytes(clips, policy)
    removals: list[Removal] = []
    for clip in clips:
        is_old = policy.days is not None and now - clip.saved_at > timedelta(days=policy.days)
        if clip.is_protected or not (is_old or excess_bytes > 0):
            continue
        removals.append(Removal(clip.clip_id, Why.AGE if is_old else Why.ROOM))
        excess_bytes -= clip.size_bytes
    return removals


def protected_excess_bytes(clips: Iterable[KeptClip], policy: Keeping) -> int:
    """Return by how much protected clips alone take more room than there is; 0 where they fit."""
    return max(0, _excess_bytes([clip for clip in clips if clip.is_protected], policy))


def _excess_bytes(clips: list[KeptClip], policy: Keeping) -> int:
    room_bytes = None if policy.gigabytes is None else int(policy.gigabytes * GIGABYTE)
    return 0 if room_bytes is None else sum(clip.size_bytes for clip in clips) - room_bytes
