"""Stretches of sound, put together from what was kept. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
from vigie.ports import Float32Array


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of sound."""

    pcm: bytes = field(repr=False)
    """s16le, mono, 16 kHz; silence where sound is missing."""
    missing: tuple[tuple[float, float], ...] = ()
    """What was not kept, in seconds from the first sample, in order and apart."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what was kept."""

    at: int
    """Where its first sample belongs; negative for one that began before."""
    pcm: bytes = field(repr=False)


def assemble(length: int, pieces: Iterable[Piece]) -> Sound:
    """Return `length` samples put together from `pieces`, which come in order; of two that overlap the first counts.

    Memory: twice the result, whatever the pieces hold outside it.
    """
    whole = bytearray(length * SAMPLE_BYTES)
    missing: list[tuple[float, float]] = []
    filled = 0
    for piece in pieces:
        start, end = max(piece.at, filled), min(piece.at + len(piece.pcm) // SAMPLE_BYTES, length)
        if start >= end:
            continue
        if start > filled:
            missing.append((filled / SAMPLE_RATE, start / SAMPLE_RATE))
        skip = (start - piece.at) * SAMPLE_BYTES
        whole[start * SAMPLE_BYTES : end * SAMPLE_BYTES] = piece.pcm[skip : skip + (end - start) * SAMPLE_BYTES]
        filled = end
    if filled < length:
        missing.append((filled / SAMPLE_RATE, length / SAMPLE_RATE))
    return Sound(bytes(whole), tuple(missing))


def as_floats(pcm: bytes) -> Float32Array:
    """Return s16le samples as float32[n], -1..1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
