"""Entries of a lexicon found in a text."""

from typing import Any

import pytest

from tests.risk.blorks import LEXICON, VOCABULARY
from vigie.risk.lexicon_yaml import parse
from vigie.risk.vocabulary import Role, Vocabulary
from vigie.risk.words import Word, split


def marks(text: str, vocabulary: Vocabulary = VOCABULARY) -> list[tuple[str, str]]:
    words = vocabulary.respell(split(text).words)
    found = vocabulary.find(words)
    return [(mark.meaning.role.name, " ".join(word.text for word in words[mark.start : mark.end])) for mark in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("nothing to see", []),
        ("the BLORKS", [("GROUP", "blorks")]),
        ("blorkish people", [("GROUP", "blorkish people")]),
        ("blorkish things", []),
        ("death to all", [("PREDICATE", "death to")]),
        ("death really to", [("PREDICATE", "death really to")]),
        ("death by to", []),
        ("death just just just just just to", [("PREDICATE", "death just just just just just to")]),
        ("death just just just just just just to", []),
        ("death. to", []),
        ("blork street", [("EXCEPTION", "blork street")]),
        ("green tea, green", [("EXCEPTION", "green tea"), ("GROUP", "green")]),
        ("go um home blorks", [("PREDICATE", "go um home"), ("GROUP", "blorks")]),
        ("they don't", [("PRONOUN", "they"), ("NEGATION", "don t")]),
    ],
)
def test_find_takes_the_longest_entry_and_what_comes_after_it(text: str, found: list[tuple[str, str]]) -> None:
    assert marks(text) == found


class Counted(list[Word]):
    """Counts how often its words are looked at."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        self.looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("unit", ["just ", "just all ", "death just ", "go ", "go just "])
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    """A phrase may begin with a filler, and then hold any; the work must not grow with the square of their number."""
    vocabulary = Vocabulary(parse(LEXICON.replace("exceptions: [", "exceptions: [just death, all out, "))["en"])
    half, whole = (Counted(split((unit * 100_000)[:chars]).words) for chars in (50_000, 100_000))

    vocabulary.find(half)
    vocabulary.find(whole)

    assert half.looks <= 30 * len(half)
    assert whole.looks <= 2.01 * half.looks


def test_an_entry_may_mean_several_things() -> None:
    both = Vocabulary(parse(LEXICON.replace("profanity: [darn]", "profanity: [darn, filthy]"))["en"])

    assert marks("filthy", both) == [("PREDICATE", "filthy"), ("PROFANITY", "filthy")]


def test_an_entry_listed_twice_is_found_once() -> None:
    twice = Vocabulary(parse(LEXICON.replace("names: [blork(s),", "names: [blork(s), blorks, blorks,"))["en"])

    assert marks("blorks", twice) == [("GROUP", "blorks")]


def test_labels_tell_how_groups_are_called() -> None:
    assert VOCABULARY.labels == {"blorks": "the blorks", "snorks": "the snorks"}


def test_names_of_groups_and_slurs_are_seen_through_disguises_and_other_words_are_not() -> None:
    assert marks("bolrks bl0rkface v*rmin") == [("GROUP", "blorks"), ("SLUR", "blorkface")]


def test_every_role_can_be_found() -> None:
    text = (
        "blork blorkface vermin government they we should not nobody said that unacceptable my love"
        " nothing against match darn green tea"
    )

    assert {role for role, _ in marks(text)} == {role.name for role in Role}
