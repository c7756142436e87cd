"""From what Whisper decoded to a transcript. Pure."""

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vigie.ports import Phrase, Transcript

TIMESTAMPS_A_SECOND = 50
MOST_COMPRESSIBLE = 2.4
"""Text that zlib makes smaller than this many times repeats itself (openai-whisper's threshold, as the next two)."""
LEAST_LOGPROB = -1.0
MOST_SILENT = 0.6
REPEATS = 3
"""So often in a row the same words are a loop, not speech."""
LONGEST_NGRAM = 8
SHORTEST_LOOP = 4
"""Words: "no no no" is said."""

REPETITION, LOW_CONFIDENCE, NO_SPEECH, NO_WORDS = "repetition", "low confidence", "no speech", "no words"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model gave for one clip."""

    tokens: tuple[int, ...]
    """Text tokens, and timestamps from `first_timestamp` on."""
    language: str
    length_s: float
    """Of the clip: a phrase cannot end after it."""
    avg_logprob: float
    no_speech: float
    """Probability that nobody speaks, 0..1."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the tokens of a model mean."""

    text: Callable[[list[int]], str]
    """Returns the text of tokens below `first_special`."""
    first_special: int
    first_timestamp: int


def transcript(decoded: Decoded, vocabulary: Vocabulary) -> Transcript:
    """Return what was said; an empty text with a note where it is not to be believed."""
    phrases = tuple(_phrases(decoded, vocabulary))
    text = " ".join(phrase.text for phrase in phrases)
    confidence = math.exp(min(0.0, decoded.avg_logprob))
    if note := doubt(text, decoded):
        return Transcript("", decoded.language, confidence, note=note)
    return Transcript(text, decoded.language, confidence, phrases)


def doubt(text: str, decoded: Decoded) -> str:
    """Return why a text is withheld; empty where it is to be believed."""
    if decoded.no_speech > MOST_SILENT and decoded.avg_logprob < LEAST_LOGPROB:
        return NO_SPEECH
    if not text:
        return NO_WORDS
    if repeats(text.split()) or compression(text) > MOST_COMPRESSIBLE:
        return REPETITION
    return LOW_CONFIDENCE if decoded.avg_logprob < LEAST_LOGPROB else ""


def compression(text: str) -> float:
    """Return how many times smaller zlib makes a text."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))


def repeats(words: Sequence[str]) -> bool:
    """Return whether up to 8 words are repeated three times in a row, and that is more than an exclamation."""
    said = [word.strip(".,;:!?…").casefold() for word in words]
    return any(_loops(said, size) for size in range(1, min(LONGEST_NGRAM, len(said) // REPEATS) + 1))


def _loops(words: list[str], size: int) -> bool:
    """Return whether a run of words equals the one `size` before it for long enough."""
    wanted = max(size * (REPEATS - 1), SHORTEST_LOOP - size)
    run = 0
    for word, before in zip(words[size:], words, strict=False):
        run = run + 1 if word == before else 0
        if run >= wanted:
            return True
    return False


def _phrases(decoded: Decoded, vocabulary: Vocabulary) -> Iterator[Phrase]:
    """Yield what stands between two timestamps; what follows the last one lasts to the end of the clip."""
    start_s, words = 0.0, list[int]()
    for token in decoded.tokens:
        if token >= vocabulary.first_timestamp:
            at_s = max(start_s, min((token - vocabulary.first_timestamp) / TIMESTAMPS_A_SECOND, decoded.length_s))
            yield from _phrase(start_s, at_s, vocabulary.text(words))
            start_s, words = at_s, []
        elif token < vocabulary.first_special:
            words.append(token)
    yield from _phrase(start_s, decoded.length_s, vocabulary.text(words))


def _phrase(start_s: float, end_s: float, text: str) -> Iterator[Phrase]:
    if text.strip():
        yield Phrase(start_s, end_s, text.strip())
