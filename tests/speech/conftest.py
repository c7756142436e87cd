"""Ports for the tests of speech: a real codec, a voice detector that takes loudness for speech."""

from collections.abc import Iterator

import numpy as np
import pytest

from vigie.ports import AudioCodec, Float32Array, VoiceActivity
from vigie.runtime import registry
from vigie.speech.cutting import WINDOW


class Loudness:
    """A voice detector, and the model that makes it, to which what is loud is speech."""

    window_samples = WINDOW

    def begin(self) -> "Loudness":
        return Loudness()

    def probabilities(self, samples: Float32Array) -> Float32Array:
        loudness: Float32Array = np.abs(samples.reshape(-1, WINDOW)).max(axis=1)
        return loudness


def sound(*parts: tuple[float, float]) -> bytes:
    """Return runs of (level 0..1, seconds) as s16le, each rounded to whole windows."""
    levels = [np.full(round(seconds * 16_000 / WINDOW) * WINDOW, level * 32_000) for level, seconds in parts]
    return np.concatenate(levels).astype("<i2").tobytes()


@pytest.fixture
def ports() -> Iterator[None]:
    former = {port: registry.current(port) for port in (AudioCodec, VoiceActivity)}
    registry.provide(AudioCodec, "vigie.adapters.audio.client.FlacCodec")
    registry.provide(VoiceActivity, Loudness)
    yield
    for port, factory in former.items():
        registry.provide(port, factory) if factory else registry.withdraw(port)
