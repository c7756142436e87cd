"""From words to a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class LanguageIdentifier(Protocol):
    """Tells the language of a text."""

    def identify(self, text: str) -> tuple[str, float]:
        """Return (ISO 639-1 code or `und`, confidence 0..1)."""
        ...


@dataclass(frozen=True, slots=True)
class TextToAssess:
    """A text and what surrounds it."""

    text: str
    language: str
    previous: tuple[str, ...] = ()
    """Up to two texts said just before, oldest first: what a pronoun refers to."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the text, and why they count: `threat`, `slur`, `target`, ..."""

    start: int
    end: int
    reason: str


MEDIUM, HIGH = 0.4, 0.7
"""Scores from which the severity of a text is medium, and high."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an analyst makes of a text. It ranks work for a human; it concludes nothing."""

    state: str
    """`analysed` or `abstained`."""
    category: str = "neutral"
    """`neutral`, `polemic`, `viral` or `hateful`."""
    score: float = 0.0
    """0..1; from `MEDIUM` and from `HIGH` on it is severe."""
    hateful: bool = False
    target: str = ""
    """Key of the group or person aimed at, else empty."""
    stance: str = "asserts"
    """`asserts`, `quotes`, `denounces`, `jokes` or `unclear`."""
    spans: tuple[Span, ...] = ()
    signals: tuple[str, ...] = ()
    """Keys of what was seen, strongest first; the justification is written from them in the reader's language."""


@runtime_checkable
class Analyst(Protocol):
    """Judges texts."""

    name: str
    """Shown beside every assessment, with its version: `rules 2026.11`."""

    def assess(self, texts: Sequence[TextToAssess]) -> list[Verdict]:
        """Return one verdict a text, in order. Raises PortError."""
        ...
