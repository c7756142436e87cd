"""Moments of lives as video files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vigie.events import Encoding, Packet


@dataclass(frozen=True, slots=True)
class Reel:
    """Encoded media of one epoch: all of the same encodings, in decoding order; its pictures begin with a keyframe."""

    encodings: tuple[Encoding, ...]
    packets: tuple[Packet, ...] = field(repr=False)
    """Dated in seconds since the live started."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video file is, as found by decoding all of it."""

    duration_s: float
    width: int
    """Pixels; 0 where there are no pictures."""
    height: int
    has_sound: bool
    errors: int
    """How often the decoder met what it could not decode."""


class VideoFiles(Protocol):
    """Writes and reads video files. For threads: nothing here is asynchronous."""

    def write(self, reels: Sequence[Reel], path: Path) -> None:
        """Write an MP4 that begins to play before it is whole; `path` appears complete or not at all.

        One reel is copied as it is, byte by byte. Several, or what MP4 cannot hold, are encoded again, on the canvas of
        the largest pictures. Raises PortError: permanent where these reels make no video, `retryable` where the disk is
        full or refuses, and FileExistsError where `path` exists.
        """
        ...

    def probe(self, path: Path) -> VideoFacts:
        """Return what a file is. Raises PortError where it is no video that can be played."""
        ...

    def poster(self, path: Path, at_s: float) -> bytes:
        """Return a picture of the file near that moment, JPEG, at most 640 pixels wide. Raises PortError."""
        ...
