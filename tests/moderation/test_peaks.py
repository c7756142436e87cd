import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.moderation.peaks import Peaks, peaks


def test_each_bin_keeps_its_lowest_and_highest_sample() -> None:
    samples = np.array([0, 16384, -16384, 0, 8192, 32767, -32768, 1], dtype=np.int16)

    assert peaks(samples, bins=4) == Peaks(low=[0.0, -0.5, 0.25, -1.0], high=[0.5, 0.0, 1.0, 0.0])


def test_no_sound_is_flat() -> None:
    assert peaks(np.array([], dtype=np.int16), bins=3) == Peaks([0.0] * 3, [0.0] * 3)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_fewer_samples_than_bins(count: int) -> None:
    outline = peaks(np.full(count, 16384, dtype=np.int16), bins=5)

    assert outline == Peaks([0.5] * 5, [0.5] * 5)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=300), st.integers(1, 40))
def test_the_outline_reaches_what_the_samples_reach(values: list[int], bins: int) -> None:
    samples = np.array(values, dtype=np.int16)

    outline = peaks(samples, bins)

    assert len(outline.low) == len(outline.high) == bins
    assert all(low <= high for low, high in zip(outline.low, outline.high, strict=True))
    if samples.size >= bins:
        assert min(outline.low) == round(int(samples.min()) / 32768, 3)
        assert max(outline.high) == round(int(samples.max()) / 32768, 3)
