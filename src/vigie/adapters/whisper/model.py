"""A Whisper model in this process: the only module that imports faster-whisper and CTranslate2.

Why not faster-whisper's own `transcribe`: it takes one file at a time, and its batches are pieces of one file; here a
batch is one clip of each of several lives. Clips are encoded one by one, because a batch of encodings is slower (10 %,
base, one core, 2026-11), and decoded together, because the weights are then read once for all.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from vigie.adapters.whisper.parse import Decoded, Vocabulary, transcript
from vigie.events import SAMPLE_RATE
from vigie.ports import Float32Array, SpeechClip, Transcript

LONGEST_S = 30.0
"""What the encoder sees at once; always, however short the clip."""
MOST_TOKENS = 224
"""What the decoder can hold after its prompt."""
ENGLISH = "en"


class Model:
    """A model that was loaded."""

    def __init__(self, folder: Path, *, threads: int, compute_type: str = "int8") -> None:
        """Load it from a folder that holds `model.bin`, `config.json` and `tokenizer.json`.

        Raises RuntimeError, OSError or ValueError for anything else.
        """
        self._whisper = WhisperModel(
            str(folder), device="cpu", compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        self._engine: ctranslate2.models.Whisper = self._whisper.model
        self._tokenizer = lru_cache(self._make_tokenizer)

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return one transcript a clip, in order, decoded as one batch. Raises ValueError for more than 30 s."""
        vocabulary = self._vocabulary()
        return [transcript(decoded, vocabulary) for decoded in self.decode(clips)]

    def decode(
        self, clips: Sequence[SpeechClip], *, also_suppressed: Sequence[int] = (), most_tokens: int | None = None
    ) -> list[Decoded]:
        """Return what the model gives for each clip: greedy, no earlier text, with timestamps.

        By default it stops where nobody could have said more; a benchmark sets how much there is to say.
        """
        if not clips:
            return []
        encoded = [self._encode(clip) for clip in clips]
        languages = [self._language(clip, sound) for clip, sound in zip(clips, encoded, strict=True)]
        suppressed = get_suppressed_tokens(self._tokenizer(ENGLISH), [-1, *also_suppressed])
        results = self._engine.generate(
            ctranslate2.StorageView.from_array(np.concatenate(encoded)),
            [self._tokenizer(language).sot_sequence for language in languages],
            beam_size=1,
            max_length=2 * (most_tokens or _most_tokens(clips)),  # CTranslate2 stops at half of it (4.8, whisper.cc)
            suppress_tokens=list(suppressed),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [
            Decoded(
                tokens=tuple(result.sequences_ids[0]),
                language=language,
                length_s=len(clip.samples) / SAMPLE_RATE,
                # the score is the mean without the end token, which counts too: faster_whisper/transcribe.py
                avg_logprob=result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1),
                no_speech=result.no_speech_prob,
            )
            for clip, language, result in zip(clips, languages, results, strict=True)
        ]

    def _encode(self, clip: SpeechClip) -> Float32Array:
        if len(clip.samples) > LONGEST_S * SAMPLE_RATE:
            raise ValueError(f"A clip of {len(clip.samples) / SAMPLE_RATE:.1f} s is longer than {LONGEST_S:.0f} s.")
        features = pad_or_trim(self._whisper.feature_extractor(clip.samples)[..., :-1])
        encoded: Float32Array = np.array(self._whisper.encode(features))
        return encoded

    def _language(self, clip: SpeechClip, encoded: Float32Array) -> str:
        """Return the language of a clip, ISO 639-1: the one it is said to have, or the most likely one."""
        if not self._engine.is_multilingual:
            return ENGLISH
        if clip.language and clip.language in self._whisper.supported_languages:
            return clip.language
        ((best, _), *_others) = self._engine.detect_language(ctranslate2.StorageView.from_array(encoded))[0]
        return str(best).strip("<|>")

    def _make_tokenizer(self, language: str) -> Tokenizer:
        is_multilingual = self._engine.is_multilingual
        return Tokenizer(self._whisper.hf_tokenizer, is_multilingual, task="transcribe", language=language)

    def _vocabulary(self) -> Vocabulary:
        tokenizer = self._tokenizer(ENGLISH)
        return Vocabulary(tokenizer.decode, first_special=tokenizer.eot, first_timestamp=tokenizer.timestamp_begin)


def _most_tokens(clips: Sequence[SpeechClip]) -> int:
    """Return how much can be said in the longest clip, at the pace of an auctioneer: a loop ends there."""
    longest_s = max(len(clip.samples) for clip in clips) / SAMPLE_RATE
    return min(MOST_TOKENS, 20 + round(10 * longest_s))
