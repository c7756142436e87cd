"""The outline of a sound, for a waveform: what its samples reach in each of a number of equal bins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 600
FULL_SCALE = 32_768.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """For each bin the lowest and the highest sample, -1..1, to three decimals."""

    low: list[float]
    high: list[float]


def peaks(samples: npt.NDArray[np.int16], bins: int = BINS) -> Peaks:
    """Return the outline of int16[n] samples. A bin without samples is flat."""
    if samples.size == 0:
        return Peaks([0.0] * bins, [0.0] * bins)
    edges = np.linspace(0, samples.size, bins + 1).astype(np.int64)
    starts = np.minimum(edges[:-1], samples.size - 1)
    return Peaks(_rounded(np.minimum.reduceat(samples, starts)), _rounded(np.maximum.reduceat(samples, starts)))


def _rounded(values: npt.NDArray[np.int16]) -> list[float]:
    rounded: list[float] = np.round(values / FULL_SCALE, 3).tolist()
    return rounded
