"""Words written so as not to be found, put back into plain spelling: n3gre, n*gre, p.e.d.e, salooope, lesjuifs.

Only words of the lexicon are ever found this way; what is no disguise of one of them is left alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from vigie.risk.words import Word

_LEET = str.maketrans("013457@$€", "oieastase")
_RUN = re.compile(r"(.)\1{2,}")
_SWAPPED_FROM = 5
"""Letters a word needs before two swapped ones are seen through; shorter ones meet too many innocent words."""
_DROPPED_FROM = 6
_GLUED_FROM = 7
_GLUED_UP_TO = 40
_SPELLED_FROM = 3
"""Letters in a row that are more than an abbreviation."""
_LEET_FROM = 5
"""Letters of a word that nobody hides, such as a predicate: `4s` and `5ans` are what they look like."""
_MISSPELT_UP_TO = 20
_LIKE_MASKS = 100
"""Words looked at for one with stars in it; the shipped lexicons have 15 of one length and first letter."""
_MEMORY = 20_000
"""Distinct words remembered: spoken language repeats itself."""


class Speller:
    """Knows the disguises of the words that people hide."""

    def __init__(self, known: frozenset[str], hidden: frozenset[str], joints: frozenset[str]) -> None:
        """Leave `known` words alone; find disguises of `hidden` ones; see `joints` stuck to them."""
        self._known = known
        self._hidden = hidden
        self._joints = joints
        self._misspelt = {variant: word for word in hidden for variant in _misspellings(word) if variant not in known}
        self._masked: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(hidden):
            self._masked[word[0], len(word)].append(word)
        self._unhide = lru_cache(_MEMORY)(self._find)

    def respell(self, words: Sequence[Word]) -> list[Word]:
        """Return `words` with the disguised ones replaced, joined or cut; each keeps its place in the text."""
        plain: list[Word] = []
        for word in words:
            if word.text in self._known:
                plain.append(word)
            else:
                plain += self._plain(word)
        return list(self._joined(plain))

    def _plain(self, word: Word) -> list[Word]:
        parts = self._unhide(word.text)
        if len(parts) == 1:
            return [word._replace(text=parts[0], is_disguised=parts[0] != word.text and parts[0] in self._hidden)]
        cut = word.start + len(parts[0])
        return [
            word._replace(text=parts[0], end=cut, is_disguised=True),
            word._replace(text=parts[1], start=cut, is_disguised=True),
        ]

    def _find(self, text: str) -> tuple[str, ...]:
        for candidate in self._candidates(text):
            if candidate in self._known:
                return (candidate,)
            if candidate in self._misspelt:
                return (self._misspelt[candidate],)
        return self._unglued(text) or (text,)

    def _candidates(self, text: str) -> Iterator[str]:
        yield text
        if "*" in text:
            yield from self._unmasked(text)
        elif not text.isalpha():
            yield from self._without_leet(text)
        if _RUN.search(text):
            yield _RUN.sub(r"\1", text)
            yield _RUN.sub(r"\1\1", text)

    def _without_leet(self, text: str) -> Iterator[str]:
        plain = text.translate(_LEET)
        if plain in self._hidden or len(plain) >= _LEET_FROM:
            yield plain

    def _unmasked(self, text: str) -> Iterator[str]:
        if text.count("*") * 2 > len(text):
            return
        for word in self._masked.get((text[0], len(text)), ())[:_LIKE_MASKS]:
            if all(mask in ("*", letter) for mask, letter in zip(text, word, strict=True)):
                yield word

    def _unglued(self, text: str) -> tuple[str, str] | None:
        if not _GLUED_FROM <= len(text) <= _GLUED_UP_TO:
            return None
        for cut in range(2, len(text) - 1):
            left, right = text[:cut], text[cut:]
            if (left in self._joints and right in self._hidden) or (left in self._hidden and right in self._joints):
                return left, right
        return None

    def _joined(self, words: list[Word]) -> Iterator[Word]:
        index = 0
        while index < len(words):
            end = _end_of_letters(words, index)
            if end - index >= _SPELLED_FROM:
                yield from self._spelled_out(words[index:end])
            elif self._are_halves(words[index : index + 2]):
                end = index + 2
                yield _one(words[index:end])
            else:
                end = index + 1
                yield words[index]
            index = end

    def _spelled_out(self, letters: list[Word]) -> list[Word]:
        """Return letters with the hidden word that they spell, maybe after or before one that does not belong to it."""
        for start, end in ((0, 0), (1, 0), (0, 1), (1, 1)):
            inner = letters[start : len(letters) - end]
            if "".join(letter.text for letter in inner) in self._hidden:
                return [*letters[:start], _one(inner), *letters[len(letters) - end :]]
        return letters

    def _are_halves(self, words: list[Word]) -> bool:
        """Return whether two words that mean nothing are a hidden one with a space in it."""
        joined = "".join(word.text for word in words)
        return (
            len(words) == 2
            and len(joined) >= _DROPPED_FROM
            and joined in self._hidden
            and not any(word.text in self._known for word in words)
        )


def _end_of_letters(words: list[Word], index: int) -> int:
    end = index
    while end < len(words) and len(words[end].text) == 1:
        end += 1
    return end


def _one(words: list[Word]) -> Word:
    text = "".join(word.text for word in words)
    return Word(text, words[0].start, words[-1].end, words[0].sentence, is_disguised=True)


def _misspellings(word: str) -> Iterator[str]:
    """Yield `word` with two neighbours swapped, or one letter missing; the first and the last stay."""
    if len(word) > _MISSPELT_UP_TO:
        return
    inside = range(1, len(word) - 1)
    if len(word) >= _SWAPPED_FROM:
        for at in inside[:-1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if len(word) >= _DROPPED_FROM:
        for at in inside:
            yield word[:at] + word[at + 1 :]
