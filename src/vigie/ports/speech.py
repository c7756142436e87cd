"""From sound to words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]


class VoiceDetector(Protocol):
    """The voice activity of one continuous stream; carries its state from call to call."""

    window_samples: int
    """Samples a probability stands for (512: 32 ms)."""

    def probabilities(self, samples: Float32Array) -> Float32Array:
        """Return the probability of speech of each window of `samples` (float32[k * window_samples], -1..1)."""
        ...


class VoiceActivity(Protocol):
    """A voice activity model, shared by all streams."""

    def begin(self) -> VoiceDetector:
        """Return a detector with a fresh state, for one epoch of one live."""
        ...


_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha he hi hr ht hu hy id "
    "is it ja ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd "
    "si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "
)
LANGUAGES: Final = tuple(_CODES.split())
"""What may be spoken (ISO 639-1): the languages that Whisper knows."""


@dataclass(frozen=True, slots=True)
class SpeechClip:
    """A stretch of sound to be recognized."""

    samples: Float32Array = field(repr=False)
    """float32[n], mono, 16 kHz, -1..1, at most 28 s."""
    language: str | None
    """ISO 639-1, or None to let the recognizer find out."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a transcript with its place in the clip, in seconds."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recognizer heard. `confidence` is 0..1, or None where the recognizer gives none."""

    text: str
    language: str
    confidence: float | None
    phrases: tuple[Phrase, ...] = ()
    note: str = ""
    """Why a text was withheld (`repetition`, `low confidence`, `no speech`), else empty."""


@runtime_checkable
class Recognizer(Protocol):
    """Turns sound into words."""

    name: str
    """Shown beside every transcript, with the model: `faster-whisper base`."""
    batch: int
    """How many clips it likes at once."""
    window_s: float
    """Seconds of sound that cost as much as one: neighbours are heard together up to it; 0 where that saves nothing."""
    languages: tuple[str, ...] | None
    """The languages it knows; None for many."""

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return one transcript a clip, in order. Blocking. Raises PortError; a retry gives the same words."""
        ...

    def close(self) -> None:
        """Free the model and its process. Safe to call twice."""
        ...


class ModelHub(Protocol):
    """Where models of a recognizer come from."""

    def fetch(self, repository: str, folder: Path, progress: Callable[[int, int], None]) -> None:
        """Bring the files of a model into `folder`, each whole and with the hash the hub gave for it.

        Goes on where an earlier attempt stopped. `progress` is told the bytes that are there, and those there will be.
        Raises PortError: permanent when there is no such model, or no room for it.
        """
        ...
