import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

from vigie.adapters.whisper.client import WhisperRecognizer
from vigie.ports import PortError, Recognizer, SpeechClip

pytestmark = pytest.mark.shared


def clips(count: int, seconds: float = 1.0) -> list[SpeechClip]:
    rng = np.random.default_rng(0)
    return [
        SpeechClip((rng.standard_normal(int(seconds * 16_000)) * 0.1).astype(np.float32), "fr") for _ in range(count)
    ]


@pytest.fixture
def recognizer(micro_model: Path) -> Iterator[WhisperRecognizer]:
    made = WhisperRecognizer(micro_model, threads=1)
    yield made
    made.close()


def child_pid() -> int:
    (process,) = [child for child in active_children() if child.name == "whisper"]
    assert process.pid is not None
    return process.pid


def test_it_is_a_recognizer_of_many_languages(micro_model: Path) -> None:
    recognizer = WhisperRecognizer(micro_model)

    assert isinstance(recognizer, Recognizer)
    assert (recognizer.name, recognizer.batch, recognizer.languages) == ("faster-whisper micro", 4, None)


def test_the_process_starts_with_the_first_clip(recognizer: WhisperRecognizer) -> None:
    assert [child.name for child in active_children()] == []

    assert len(recognizer.transcribe(clips(3))) == 3
    assert child_pid() != os.getpid()


def test_the_process_is_kept(recognizer: WhisperRecognizer) -> None:
    first = recognizer.transcribe(clips(2))
    pid = child_pid()

    assert recognizer.transcribe(clips(2)) == first
    assert child_pid() == pid


def test_requests_of_several_threads_wait_for_each_other(recognizer: WhisperRecognizer) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(recognizer.transcribe, [clips(1), clips(2), clips(3)]))

    assert [len(answer) for answer in answers] == [1, 2, 3]


def test_after_a_crash_the_next_call_has_a_new_process(recognizer: WhisperRecognizer) -> None:
    recognizer.transcribe(clips(1))
    killed = child_pid()
    os.kill(killed, signal.SIGKILL)

    with pytest.raises(PortError, match="has ended") as caught:
        recognizer.transcribe(clips(1))

    assert caught.value.retryable
    assert len(recognizer.transcribe(clips(1))) == 1
    assert child_pid() != killed


def test_a_clip_that_cannot_be_recognized_harms_no_other(recognizer: WhisperRecognizer) -> None:
    with pytest.raises(PortError, match="longer than 30 s") as caught:
        recognizer.transcribe(clips(1, seconds=31))
    pid = child_pid()

    assert caught.value.retryable
    assert len(recognizer.transcribe(clips(1))) == 1
    assert child_pid() == pid


def test_closing_ends_the_process_within_a_second_whatever_it_does(recognizer: WhisperRecognizer) -> None:
    recognizer.transcribe(clips(1))
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(recognizer.transcribe, clips(40, seconds=28))
        began = time.monotonic()
        recognizer.close()
        took_s = time.monotonic() - began

        with pytest.raises(PortError):
            busy.result(timeout=5)
    assert took_s < 1.0
    assert active_children() == []


def test_closing_twice_is_no_trouble_and_nothing_starts_again(recognizer: WhisperRecognizer) -> None:
    recognizer.close()
    recognizer.close()

    with pytest.raises(PortError, match="stopping"):
        recognizer.transcribe(clips(1))


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json"])
def test_a_folder_that_is_no_model_is_refused_at_once(micro_model: Path, tmp_path: Path, missing: str) -> None:
    folder = Path(shutil.copytree(micro_model, tmp_path / "broken"))
    (folder / missing).unlink()

    with pytest.raises(PortError, match=f"{missing} is missing") as caught:
        WhisperRecognizer(folder)

    assert caught.value.permanent


def test_a_damaged_model_says_so(micro_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(micro_model, tmp_path / "broken"))
    (folder / "model.bin").write_bytes(b"not a model")
    recognizer = WhisperRecognizer(folder)

    with pytest.raises(PortError, match="cannot be loaded") as caught:
        recognizer.transcribe(clips(1))

    assert caught.value.permanent
    recognizer.close()
