"""What every event is, and how sound is counted."""

SAMPLE_RATE = 16_000
"""Samples a second of all audio inside Vigie: s16le, mono."""
SAMPLE_BYTES = 2


class Event:
    """Anything that can happen."""

    __slots__ = ()
