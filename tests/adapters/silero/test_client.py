import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.adapters.silero.client import WINDOW, SileroVoiceActivity, model_file
from vigie.ports import Float32Array, VoiceActivity

MODEL: VoiceActivity = SileroVoiceActivity()


def sound(seconds: float, seed: int = 0) -> Float32Array:
    """Return bursts of something like a voice: harmonics whose loudness comes and goes, over noise."""
    rng = np.random.default_rng(seed)
    count = int(seconds * 16_000) // WINDOW * WINDOW
    time = np.arange(count) / 16_000
    voice = np.sum([np.sin(2 * np.pi * 140 * k * time + rng.uniform(0, 6)) / k for k in range(1, 20)], axis=0)
    loudness = np.clip(np.sin(2 * np.pi * 0.7 * time), 0, 1) * (1 + np.sin(2 * np.pi * 4 * time)) / 2
    noise = rng.standard_normal(count) * 0.003
    return np.asarray(voice * loudness * 0.15 + noise, np.float32)


def offline(samples: Float32Array) -> Float32Array:
    """Return what faster-whisper's own helper finds in the whole; it loses the end of what it is given.

    Version 1.2.1 zeroes the last 64 samples through a view (vad.py, `context[-1] = 0`): a window of silence is added.
    """
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - slow to import

    found: Float32Array = get_vad_model()(np.append(samples, np.zeros(WINDOW, np.float32))).ravel()
    return found[:-1]


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_a_stream_in_chunks_gives_what_the_whole_gives_offline(sizes: list[int]) -> None:
    samples = sound(6)
    detector, found, at, turn = MODEL.begin(), [], 0, 0
    while at < len(samples):
        size = sizes[turn % len(sizes)] * WINDOW
        found.append(detector.probabilities(samples[at : at + size]))
        at, turn = at + size, turn + 1

    np.testing.assert_allclose(np.concatenate(found), offline(samples), atol=1e-4)


def test_streams_that_take_turns_do_not_disturb_each_other() -> None:
    one, other = sound(3, seed=1), sound(3, seed=2)
    alone = [MODEL.begin().probabilities(samples) for samples in (one, other)]
    first, second = MODEL.begin(), MODEL.begin()

    halves = [
        (first.probabilities(a), second.probabilities(b))
        for a, b in zip(np.split(one, [47 * WINDOW]), np.split(other, [47 * WINDOW]), strict=True)
    ]

    np.testing.assert_allclose(np.concatenate([a for a, _ in halves]), alone[0], atol=1e-4)
    np.testing.assert_allclose(np.concatenate([b for _, b in halves]), alone[1], atol=1e-4)


def test_silence_is_no_speech() -> None:
    assert MODEL.begin().probabilities(np.zeros(50 * WINDOW, np.float32)).max() < 0.1


@pytest.mark.shared
def test_a_voice_is_speech(shared_data: Path) -> None:
    import av  # noqa: PLC0415 - only this test needs it

    with av.open(str(shared_data / "speech" / "librivox-0870.wav")) as file:
        frames = [frame.to_ndarray().ravel() for frame in file.decode(audio=0)]
    samples = np.concatenate(frames).astype(np.float32) / np.float32(32_768)
    found = MODEL.begin().probabilities(samples[: len(samples) // WINDOW * WINDOW])

    assert (found > 0.5).mean() > 0.5


def test_no_windows_have_no_probabilities() -> None:
    assert MODEL.begin().probabilities(np.empty(0, np.float32)).tolist() == []


def test_a_begun_window_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        MODEL.begin().probabilities(np.zeros(WINDOW + 1, np.float32))


def test_the_model_is_found_without_importing_faster_whisper() -> None:
    check = (
        "import sys; from vigie.adapters.silero.client import SileroVoiceActivity; SileroVoiceActivity();"
        "sys.exit('faster_whisper' in sys.modules)"
    )

    assert Path(model_file()).is_file()
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize("absent", ["onnxruntime", "faster_whisper"])
def test_without_its_extra_it_says_what_to_install(absent: str) -> None:
    check = (
        f"import sys; sys.modules[{absent!r}] = None\n"
        "from vigie.adapters.silero.client import SileroVoiceActivity\n"
        "from vigie.ports import PortError\n"
        "try: SileroVoiceActivity()\n"
        "except PortError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)

    assert told.stdout == "Voice detection is not installed: pip install 'vigie[whisper]'.\n", told.stderr
