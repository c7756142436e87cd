"""Recordings made by hand, the prepared lives, and a client."""

from collections.abc import Iterator
from fractions import Fraction

import httpx
import pytest

from vigie.simulators.media.recording import Recording, Sample, Track, load_recording
from vigie.simulators.media.script import PREPARED
from vigie.simulators.media.vtt import Cue

SOUND = Track(0, is_audio=True, time_base=Fraction(1, 1000), codecs="mp4a.40.2")
PICTURES = Track(1, is_audio=False, time_base=Fraction(1, 1000), codecs="avc1.64000c", size="320x180")


@pytest.fixture
def recording() -> Recording:
    """Return 8 s in four segments: a frame of sound every half second, a keyframe every two, no file behind them."""
    sound = [Sample(SOUND, n / 2, n * 500, n * 500, 500, is_key=True, data=b"s" * 100) for n in range(16)]
    keys = [Sample(PICTURES, n * 2.0, n * 2000, n * 2000, 2000, is_key=True, data=b"p" * 1000) for n in range(4)]
    samples = sorted(sound + keys, key=lambda sample: sample.at_s)
    cues = (Cue(0.5, 1.5, "Bonjour"), Cue(3.0, 5.0, "à tous", "Nadia"))
    return Recording((SOUND, PICTURES), tuple(samples), Fraction(8), (0.0, 2.0, 4.0, 6.0, 8.0), cues)


@pytest.fixture(scope="session")
def french() -> Recording:
    """Return the prepared French live: AAC at 16 kHz, H.264, captions, 192 s."""
    return load_recording(PREPARED / "fr.mp4", PREPARED / "fr.vtt")


@pytest.fixture(scope="session")
def english() -> Recording:
    """Return the prepared English live: AAC at 24 kHz, H.264, captions, 192 s."""
    return load_recording(PREPARED / "en.mp4", PREPARED / "en.vtt")


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """Return an HTTP client that gives up after 5 s; one for all tests, as its certificates take long to read."""
    with httpx.Client(timeout=5) as client:
        yield client
