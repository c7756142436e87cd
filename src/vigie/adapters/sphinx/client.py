"""The port Recognizer: pocketsphinx with the English model of its wheel.

It holds the interpreter for half the length of the clip (2026-11), and every second to third word is wrong: no
recognizer for a control room. What it has over all others is that it needs no download.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from vigie.events import SAMPLE_RATE
from vigie.ports import Phrase, PortError, SpeechClip, Transcript

LANGUAGE = "en"
FRAMES_A_SECOND = 100
SHORTEST = SAMPLE_RATE // 10


class SphinxRecognizer:
    """One decoder, one clip at a time."""

    name = "pocketsphinx en-us"
    batch = 1
    window_s = 0.0
    languages: tuple[str, ...] | None = (LANGUAGE,)

    def __init__(self) -> None:
        """Load the model (0.5 s). Raises PortError where the extra that brings it is not installed."""
        try:
            from pocketsphinx import Decoder  # noqa: PLC0415 -- an extra: its absence is told in one line
        except ImportError as error:
            raise PortError("pocketsphinx is not installed: pip install 'vigie[sphinx]'.", permanent=True) from error
        self._decoder: Any = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")
        self._one_at_a_time = Lock()

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return one transcript a clip, in order. Raises PortError for another language than English."""
        with self._one_at_a_time:
            return [self._transcribe(clip) for clip in clips]

    def close(self) -> None:
        """Free nothing: the decoder goes with this object."""

    def _transcribe(self, clip: SpeechClip) -> Transcript:
        if clip.language not in {None, LANGUAGE}:
            raise PortError(f"pocketsphinx knows English only, not '{clip.language}'.", permanent=True)
        if len(clip.samples) < SHORTEST:
            return Transcript("", LANGUAGE, None, note="no speech")
        words = self._decode((np.clip(clip.samples, -1, 1) * 32_767).astype("<i2").tobytes())
        if not words:
            return Transcript("", LANGUAGE, None, note="no speech")
        phrases = tuple(
            Phrase(word.start_frame / FRAMES_A_SECOND, (word.end_frame + 1) / FRAMES_A_SECOND, _spelled(word.word))
            for word in words
        )
        confidence = min(1.0, float(np.mean([word.prob for word in words])))
        return Transcript(" ".join(phrase.text for phrase in phrases), LANGUAGE, confidence, phrases)

    def _decode(self, pcm: bytes) -> list[Any]:
        self._decoder.reinit_feat()  # else the level of the former clip changes the words of this one
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        return [word for word in self._decoder.seg() or () if not word.word.startswith(("<", "["))]


def _spelled(word: str) -> str:
    """Return a word without the number of its pronunciation: `the(2)`."""
    return word.partition("(")[0]
