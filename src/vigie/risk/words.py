"""A folded text cut into words, sentences and quotations."""

import re
from typing import NamedTuple

from vigie.risk.text import Folded, fold

_EMOJI = "\U0001f300-\U0001faff\u2600-\u27bf"
_PIECE = re.compile(
    rf"""
    (?P<word>
        [@$]?[^\W_]+(?:[@$*€]+[^\W_]+)*   # letters and digits, with the signs that stand for letters: ar@be, n*gre
        | [{_EMOJI}]                      # an emoji is a word of its own
    )
    | (?P<end>[.!?;\n]+)
    | (?P<quote>["«»“”])
    """,
    re.VERBOSE,
)
_OPENS, _CLOSES = frozenset("«“"), frozenset("»”")
_EITHER = '"'


class Word(NamedTuple):
    """A word, folded, with its place in the folded text."""

    text: str
    start: int
    end: int
    sentence: int
    is_disguised: bool = False
    """Whether the writer hid it: n3gre, p.e.d.e, salooope."""


class Words(NamedTuple):
    """The words of a text, and which stretches of it are somebody else's."""

    folded: Folded
    words: list[Word]
    quotations: list[tuple[int, int]]
    """In characters of the folded text, in order, without overlap."""


def split(text: str) -> Words:
    """Return the words of `text`. A sentence ends at . ! ? ; or a line's end, but not inside n.e.g.r.e."""
    folded = fold(text)
    cutter = _Cutter(folded)
    for piece in _PIECE.finditer(folded.text):
        cutter.take(piece)
    return Words(folded, cutter.words, cutter.quotations)


def spell(form: str) -> tuple[str, ...]:
    """Return the folded words of a few words of a lexicon."""
    return tuple(m["word"] for m in _PIECE.finditer(fold(form).text) if m["word"])


class _Cutter:
    """Sorts the pieces of one text as they come."""

    def __init__(self, folded: Folded) -> None:
        self.words: list[Word] = []
        self.quotations: list[tuple[int, int]] = []
        self._text = folded.text
        self._sentence = 0
        self._opened: int | None = None

    def take(self, piece: re.Match[str]) -> None:
        """Take the next piece."""
        if piece.lastgroup == "word":
            self.words.append(Word(piece.group(), piece.start(), piece.end(), self._sentence))
        elif piece.lastgroup == "quote":
            self._quote(piece.group(), piece.start())
        elif not self._is_inside_word(piece):
            self._sentence += 1

    def _quote(self, sign: str, at: int) -> None:
        if self._opened is not None and (sign in _CLOSES or sign == _EITHER):
            self.quotations.append((self._opened, at))
            self._opened = None
        elif sign in _OPENS or sign == _EITHER:
            self._opened = at

    def _is_inside_word(self, piece: re.Match[str]) -> bool:
        """Return whether a dot stands between two single letters, as in p.e.d.e."""
        start, end = piece.span()
        text = self._text
        return (
            piece.group() == "."
            and text[end : end + 1].isalpha()
            and not text[end + 1 : end + 2].isalpha()
            and text[max(0, start - 1) : start].isalpha()
            and not text[max(0, start - 2) : start - 1].isalpha()
        )
