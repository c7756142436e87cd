import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.events import SAMPLE_RATE
from vigie.speech.sound import Piece, Sound, as_floats, assemble


def pcm(*samples: int) -> bytes:
    return np.array(samples, "<i2").tobytes()


def s(samples: int) -> float:
    return samples / SAMPLE_RATE


@pytest.mark.parametrize(
    ("length", "pieces", "expected"),
    [
        (0, [], Sound(b"")),
        (3, [], Sound(pcm(0, 0, 0), ((0.0, s(3)),))),
        (3, [Piece(0, pcm(1, 2, 3))], Sound(pcm(1, 2, 3))),
        (2, [Piece(-1, pcm(1, 2, 3, 4))], Sound(pcm(2, 3))),
        (4, [Piece(1, pcm(7, 8))], Sound(pcm(0, 7, 8, 0), ((0.0, s(1)), (s(3), s(4))))),
        (4, [Piece(0, pcm(1, 2)), Piece(2, pcm(3, 4))], Sound(pcm(1, 2, 3, 4))),
        (4, [Piece(0, pcm(1, 2, 3)), Piece(1, pcm(8, 8, 4))], Sound(pcm(1, 2, 3, 4))),
        (3, [Piece(0, pcm(1)), Piece(2, pcm(3))], Sound(pcm(1, 0, 3), ((s(1), s(2)),))),
        (2, [Piece(5, pcm(9)), Piece(-3, pcm(9))], Sound(pcm(0, 0), ((0.0, s(2)),))),
        (2, [Piece(0, b"")], Sound(pcm(0, 0), ((0.0, s(2)),))),
    ],
)
def test_pieces_are_put_where_they_belong(length: int, pieces: list[Piece], expected: Sound) -> None:
    assert assemble(length, pieces) == expected


def test_sound_is_whole_when_nothing_is_missing() -> None:
    assert assemble(1, [Piece(0, pcm(1))]).is_whole
    assert not assemble(2, [Piece(0, pcm(1))]).is_whole


@given(kept=st.lists(st.booleans(), max_size=60), first=st.integers(0, 20), length=st.integers(0, 60))
def test_every_sample_is_there_or_told_missing(kept: list[bool], first: int, length: int) -> None:
    pieces = [Piece(at - first, pcm(at + 1)) for at, is_kept in enumerate(kept) if is_kept]

    found = assemble(length, pieces)

    told = np.zeros(length, bool)
    for start_s, end_s in found.missing:
        told[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)] = True
    there = [first + at < len(kept) and kept[first + at] for at in range(length)]
    assert told.tolist() == [not is_there for is_there in there]
    expected = [first + at + 1 if is_there else 0 for at, is_there in enumerate(there)]
    assert np.frombuffer(found.pcm, "<i2").tolist() == expected


def test_samples_become_floats_between_minus_one_and_one() -> None:
    floats = as_floats(pcm(-32_768, 0, 16_384))

    assert floats.dtype == np.float32
    assert floats.tolist() == [-1.0, 0.0, 0.5]
