import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.ports import Float32Array
from vigie.speech.cutting import PAD, WINDOW, Stretch
from vigie.speech.ear import Ear


class Loudness:
    """A voice detector that takes loudness for speech."""

    window_samples = WINDOW

    def __init__(self) -> None:
        self.heard: list[float] = []

    def probabilities(self, samples: Float32Array) -> Float32Array:
        loudness: Float32Array = np.abs(samples.reshape(-1, WINDOW)).max(axis=1)
        self.heard += loudness.tolist()
        return loudness


def tone(*parts: tuple[float, int]) -> bytes:
    """Return runs of (level, windows)."""
    levels = [np.full(count * WINDOW, level * 32_000) for level, count in parts]
    return np.concatenate(levels).astype("<i2").tobytes()


def test_speech_between_silences_is_found() -> None:
    ear = Ear(0, 0, Loudness())

    assert ear.hear(tone((0, 40), (0.8, 50), (0, 40))) == [Stretch(40 * WINDOW - PAD, 90 * WINDOW + PAD)]


def test_places_count_from_where_it_began() -> None:
    ear = Ear(3, 70_000, Loudness())

    assert ear.hear(tone((0.8, 50), (0, 40))) == [Stretch(70_000, 70_000 + 50 * WINDOW + PAD)]
    assert ear.epoch == 3


def test_what_is_open_comes_with_the_flush() -> None:
    ear = Ear(0, 0, Loudness())

    assert ear.hear(tone((0.8, 50))) == []
    assert ear.flush() == [Stretch(0, 50 * WINDOW)]


def test_warming_up_is_heard_and_not_cut() -> None:
    detector = Loudness()
    ear = Ear(0, 5000, detector)

    ear.warm_up(tone((0.8, 60)) + b"\0\0" * 100)

    assert len(detector.heard) == 60
    assert ear.hear(tone((0, 40))) == []


def test_too_little_to_warm_up_with_is_no_trouble() -> None:
    detector = Loudness()
    Ear(0, 0, detector).warm_up(b"\0\0" * 100)

    assert detector.heard == []


@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_how_sound_is_divided_changes_nothing(sizes: list[int]) -> None:
    sound = tone((0, 10), (0.8, 40), (0, 20), (0.9, 30), (0, 25))
    whole = Ear(0, 0, Loudness()).hear(sound)
    ear, found, at, turn = Ear(0, 0, Loudness()), [], 0, 0
    while at < len(sound):
        size = 2 * sizes[turn % len(sizes)]
        found += ear.hear(sound[at : at + size])
        at, turn = at + size, turn + 1

    assert found == whole
    assert len(whole) == 2
