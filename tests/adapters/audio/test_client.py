import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.adapters.audio.client import FlacCodec
from vigie.ports import AudioCodec, PortError

CODEC: AudioCodec = FlacCodec()


def tone(seconds: float) -> bytes:
    time = np.arange(int(16_000 * seconds)) / 16_000
    return (np.sin(2 * np.pi * 440 * time) * 20_000).astype("<i2").tobytes()


@given(samples=st.lists(st.integers(-32_768, 32_767), max_size=6000))
@settings(max_examples=30, deadline=None)
def test_decode_is_the_inverse_of_encode(samples: list[int]) -> None:
    pcm = np.array(samples, "<i2").tobytes()

    assert CODEC.decode(CODEC.encode(pcm)) == pcm


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5, 30.0])
def test_any_length_is_kept(seconds: float) -> None:
    assert CODEC.decode(CODEC.encode(tone(seconds))) == tone(seconds)


def test_the_same_sound_gives_the_same_file() -> None:
    assert CODEC.encode(tone(1.0)) == CODEC.encode(tone(1.0))


def test_a_file_is_smaller_than_its_samples() -> None:
    assert len(CODEC.encode(tone(10.0))) < len(tone(10.0)) / 2


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of element size"):
        CODEC.encode(b"\x00")


@pytest.mark.parametrize("damaged", [b"", b"no flac at all", CODEC.encode(tone(1.0))[:60]])
def test_a_damaged_file_says_so(damaged: bytes) -> None:
    with pytest.raises(PortError, match="damaged") as caught:
        CODEC.decode(damaged)

    assert caught.value.permanent
