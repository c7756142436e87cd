"""Where the words that were looked for stand in a text: accents and capitals do not matter. Pure."""

import re
import unicodedata
from collections.abc import Iterator

from vigie.site.marking import Piece

_WORD = re.compile(r"\w+")


def found_pieces(text: str, words: str) -> list[Piece]:
    """Return a text as pieces, those marked that begin a word and are one of `words`; joined, they are the text."""
    asked = [_plain(word) for word in _WORD.findall(words)]
    plain, places = _unfolded(text)
    shown: set[int] = set()
    for start, end in _hits(plain, asked):
        after = places[end] if end < len(plain) else len(text)  # past the accents of the last letter
        shown.update(range(places[start], max(after, places[end - 1] + 1)))
    pieces: list[Piece] = []
    for place, letter in enumerate(text):
        is_found = place in shown
        if pieces and pieces[-1].is_marked == is_found:
            pieces[-1] = Piece(pieces[-1].text + letter, is_found)
        else:
            pieces.append(Piece(letter, is_found))
    return pieces


def _hits(plain: str, asked: list[str]) -> Iterator[tuple[int, int]]:
    for word in filter(None, asked):
        for hit in re.finditer(rf"\b{re.escape(word)}", plain):
            yield hit.start(), hit.end()


def _plain(text: str) -> str:
    return _unfolded(text)[0]


def _unfolded(text: str) -> tuple[str, list[int]]:
    """Return a text without accents and capitals, and which letter of it each of its own comes from."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(part):
                letters.append(part)
                places.append(place)
    return "".join(letters), places
