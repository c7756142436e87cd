"""What the benchmark of speech recognition gives to ours: the turns of the product."""

import numpy as np

from bench.asr import batches
from vigie.events import SAMPLE_RATE
from vigie.ports import Float32Array


def spoken(*seconds: int) -> list[Float32Array]:
    return [np.full(length * SAMPLE_RATE, length, np.float32) for length in seconds]


def seconds(found: list[list[Float32Array]]) -> list[list[int]]:
    return [[len(clip) // SAMPLE_RATE for clip in batch] for batch in found]


def test_in_time_a_batch_is_an_utterance_of_each_live() -> None:
    assert seconds(batches(spoken(5, 1, 7, 3, 8, 2, 6, 4), 0)) == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_neighbours_of_a_live_that_wait_share_a_clip() -> None:
    found = batches(spoken(5, 1, 7, 3, 8, 2, 6, 4), 10 * SAMPLE_RATE)

    assert seconds(found) == [[6, 8, 10, 4], [8]]
    assert [np.unique(clip).tolist() for clip in found[0]] == [[1, 5], [2, 6], [3, 7], [4]]
