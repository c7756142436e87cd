import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.whisper.parse import Decoded, Vocabulary, compression, repeats, transcript
from vigie.ports import Phrase, Transcript

FIRST_SPECIAL, FIRST_TIMESTAMP = 100, 200
WORDS = ["bonsoir", "à", "tous", "les", "amis", "ce", "soir", "on", "parle", "du", "port", "et", "de", "la", "mer"]


def text(tokens: list[int]) -> str:
    return "".join(f" {WORDS[token % len(WORDS)]}" for token in tokens)


VOCABULARY = Vocabulary(text, FIRST_SPECIAL, FIRST_TIMESTAMP)


def at(seconds: float) -> int:
    return FIRST_TIMESTAMP + round(seconds / 0.02)


def decoded(*tokens: int, length_s: float = 10.0, avg_logprob: float = -0.2, no_speech: float = 0.01) -> Decoded:
    return Decoded(tokens, "fr", length_s, avg_logprob, no_speech)


# ── phrases ──


@pytest.mark.parametrize(
    ("tokens", "phrases"),
    [
        ((at(0), 0, 1, 2, at(2.5)), [Phrase(0.0, 2.5, "bonsoir à tous")]),
        ((at(0.5), 0, at(1), at(1.4), 2, at(3)), [Phrase(0.5, 1.0, "bonsoir"), Phrase(1.4, 3.0, "tous")]),
        ((at(1), 0, 1), [Phrase(1.0, 10.0, "bonsoir à")]),
        ((0, 1), [Phrase(0.0, 10.0, "bonsoir à")]),
        ((at(0), 0, at(29)), [Phrase(0.0, 10.0, "bonsoir")]),
        ((at(4), 0, at(2)), [Phrase(4.0, 4.0, "bonsoir")]),
        ((at(0), 0, FIRST_SPECIAL, 1, at(2)), [Phrase(0.0, 2.0, "bonsoir à")]),
        ((at(0), at(2)), []),
        ((), []),
    ],
)
def test_phrases_stand_between_timestamps(tokens: tuple[int, ...], phrases: list[Phrase]) -> None:
    assert list(transcript(decoded(*tokens), VOCABULARY).phrases) == phrases


@given(st.lists(st.one_of(st.integers(0, 14), st.integers(FIRST_TIMESTAMP, FIRST_TIMESTAMP + 1500)), max_size=40))
def test_phrases_are_in_order_and_within_the_clip(tokens: list[int]) -> None:
    phrases = transcript(decoded(*tokens, length_s=12.0), VOCABULARY).phrases
    times = [time for phrase in phrases for time in (phrase.start_s, phrase.end_s)]

    assert times == sorted(times)
    assert all(0 <= time <= 12.0 for time in times)


def test_a_transcript_is_its_phrases_with_a_confidence() -> None:
    heard = transcript(decoded(at(0), 0, at(1), at(1), 1, 2, at(2), avg_logprob=-0.5), VOCABULARY)

    assert heard == Transcript(
        "bonsoir à tous",
        "fr",
        math.exp(-0.5),
        (Phrase(0.0, 1.0, "bonsoir"), Phrase(1.0, 2.0, "à tous")),
    )


# ── what is not believed ──


@pytest.mark.parametrize(
    ("tokens", "avg_logprob", "no_speech", "note"),
    [
        (range(10), -0.2, 0.01, ""),
        (range(10), -0.99, 0.01, ""),
        (range(10), -1.01, 0.01, "low confidence"),
        (range(10), -1.01, 0.61, "no speech"),
        (range(10), -0.2, 0.61, ""),
        ((0, 1, 2) * 3, -0.2, 0.01, "repetition"),
        ((), -0.2, 0.01, "no words"),
        ((), -1.5, 0.9, "no speech"),
    ],
)
def test_a_doubtful_text_is_withheld_and_says_why(
    tokens: range | tuple[int, ...], avg_logprob: float, no_speech: float, note: str
) -> None:
    heard = transcript(decoded(*tokens, avg_logprob=avg_logprob, no_speech=no_speech), VOCABULARY)

    assert heard.note == note
    assert bool(heard.text) == bool(heard.phrases) == (not note)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", False),
        ("merci", False),
        ("non non non", False),
        ("non non non non", True),
        ("Merci. Merci, merci merci !", True),
        ("à bientôt à bientôt", False),
        ("à bientôt à bientôt à bientôt", True),
        ("oui à bientôt, à bientôt. À bientôt… au revoir", True),
        ("un deux trois quatre un deux trois quatre un deux trois quatre", True),
        ("un deux trois quatre un deux trois quatre un deux trois cinq", False),
        ("a b c d e f g h " * 3, True),
        ("a b c d e f g h i " * 3, False),
    ],
)
def test_three_times_the_same_words_are_a_loop(words: str, *, expected: bool) -> None:
    assert repeats(words.split()) is expected


@pytest.mark.parametrize("sentence", ["", "oui", "Bonsoir à tous, on commence par les questions du public ce soir."])
def test_speech_is_hardly_compressible(sentence: str) -> None:
    assert compression(sentence) < 2.4


def test_a_long_loop_is_very_compressible() -> None:
    assert compression("Sous-titres réalisés par la communauté d'Amara.org " * 6) > 2.4
