"""Sound files made for a test."""

import math
import struct
import wave
from pathlib import Path


def write_tone(path: Path, seconds: float, *, rate: int = 16_000) -> Path:
    """Write a mono WAV file with a hum and return its path."""
    samples = [round(8000 * math.sin(n * 0.2)) for n in range(int(seconds * rate))]
    with wave.open(str(path), "wb") as writer:
        writer.setparams((1, 2, rate, len(samples), "NONE", ""))
        writer.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path
