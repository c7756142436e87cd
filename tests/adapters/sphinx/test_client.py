import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vigie.adapters.sphinx.client import SphinxRecognizer
from vigie.ports import Float32Array, PortError, Recognizer, SpeechClip, Transcript

CLIPS = ("0870", "0880", "0890")


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return SphinxRecognizer()


def floats(pcm: bytes) -> Float32Array:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)


def clip(path: Path, header: int = 0) -> SpeechClip:
    return SpeechClip(floats(path.read_bytes()[header:]), "en")


def word_errors(said: str, heard: str) -> int:
    """Return the edit distance in words."""
    row = list(range(len(heard.split()) + 1))
    for number, word in enumerate(said.split(), start=1):
        following = [number]
        for column, other in enumerate(heard.split(), start=1):
            following.append(min(row[column] + 1, following[-1] + 1, row[column - 1] + (word != other)))
        row = following
    return row[-1]


def test_it_is_a_recognizer_of_english(recognizer: Recognizer) -> None:
    assert isinstance(recognizer, Recognizer)
    assert (recognizer.name, recognizer.batch, recognizer.languages) == ("pocketsphinx en-us", 1, ("en",))


@pytest.mark.shared
def test_a_clear_command_is_heard_exactly(recognizer: Recognizer, shared_data: Path) -> None:
    (heard,) = recognizer.transcribe([clip(shared_data / "speech" / "goforward.raw")])

    assert (heard.text, heard.language, heard.note) == ("go forward ten meters", "en", "")
    assert heard.confidence is not None
    assert 0 < heard.confidence <= 1


@pytest.mark.shared
def test_each_word_has_its_place(recognizer: Recognizer, shared_data: Path) -> None:
    go_forward = clip(shared_data / "speech" / "goforward.raw")
    (heard,) = recognizer.transcribe([go_forward])

    assert [phrase.text for phrase in heard.phrases] == ["go", "forward", "ten", "meters"]
    assert all(before.end_s <= after.start_s for before, after in pairwise(heard.phrases))
    assert heard.phrases[0].start_s > 0
    assert heard.phrases[-1].end_s <= len(go_forward.samples) / 16_000


@pytest.mark.shared
def test_at_most_four_words_of_ten_are_wrong_in_clear_reading(recognizer: Recognizer, shared_data: Path) -> None:
    errors = words = 0
    for name in CLIPS:
        said = (shared_data / "speech" / f"librivox-{name}.txt").read_text().strip()
        (heard,) = recognizer.transcribe([clip(shared_data / "speech" / f"librivox-{name}.wav", header=44)])
        errors, words = errors + word_errors(said, heard.text), words + len(said.split())

    assert errors / words <= 0.40


@pytest.mark.shared
def test_a_retry_gives_the_same_words_whatever_came_between(recognizer: Recognizer, shared_data: Path) -> None:
    one = clip(shared_data / "speech" / "goforward.raw")
    other = clip(shared_data / "speech" / "librivox-0880.wav", header=44)

    first, _, again = recognizer.transcribe([one, other, one])

    assert first == again


@pytest.mark.parametrize("samples", [0, 1, 1599])
def test_a_scrap_of_sound_holds_no_words(recognizer: Recognizer, samples: int) -> None:
    heard = recognizer.transcribe([SpeechClip(np.zeros(samples, np.float32), "en")])

    assert heard == [Transcript("", "en", None, note="no speech")]


def test_another_language_is_refused(recognizer: Recognizer) -> None:
    with pytest.raises(PortError, match="English only, not 'fr'") as caught:
        recognizer.transcribe([SpeechClip(np.zeros(16_000, np.float32), "fr")])

    assert caught.value.permanent


def test_closing_twice_is_no_trouble() -> None:
    recognizer = SphinxRecognizer()

    recognizer.close()
    recognizer.close()


def test_without_its_extra_it_says_what_to_install() -> None:
    check = (
        "import sys; sys.modules['pocketsphinx'] = None\n"
        "from vigie.adapters.sphinx.client import SphinxRecognizer\n"
        "from vigie.ports import PortError\n"
        "try: SphinxRecognizer()\n"
        "except PortError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)

    assert told.stdout == "pocketsphinx is not installed: pip install 'vigie[sphinx]'.\n", told.stderr
