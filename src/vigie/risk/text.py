"""Text as the rules read it: folded to plain small letters, with the way back to the original characters.

Folding undoes what writers do to letters, by design or to hide a word: accents, width, ligatures, styled and look-alike
letters, invisible and direction-changing characters. What is done to whole words is undone in `spelling`.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARS = 100_000
"""What lies beyond is not read. A live's utterance has about 300."""

# Letters that Unicode does not decompose and that look like, or are typed for, a plain one.
_LOOK_ALIKES = str.maketrans(
    dict(zip("øłđıðŧħ", "oldidth", strict=True))
    | dict(zip("аеорсухіјѕһкмтвнԁɡ", "aeopcyxijshkmtbhdg", strict=True))
    | dict(zip("αειοκνρτυχ", "aeiokvptux", strict=True))
    | dict.fromkeys("’ʼ`", "'")  # noqa: RUF001 -- the apostrophes people type
    | {"œ": "oe", "æ": "ae"}
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and for each of its characters the index of the original one."""

    text: str
    origins: Sequence[int]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that became `start` to `end` (not empty), their accents included."""
        last = self.origins[end - 1] + 1
        while last < len(self.original) and _is_mark(self.original[last]):
            last += 1
        return self.origins[start], last


def fold(text: str) -> Folded:
    """Return the first `MAX_CHARS` characters of `text`, folded. Takes time in proportion to the length."""
    text = text[:MAX_CHARS]
    if text.isascii():
        return Folded(text.lower().replace("`", "'"), range(len(text)), text)
    letters: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        plain = _plain(char)
        letters.append(plain)
        origins += [index] * len(plain)
    return Folded("".join(letters), origins, text)


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    if unicodedata.category(char) == "Cf":  # zero-width, bidi controls, soft hyphen, byte order mark
        return ""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(c for c in decomposed if not _is_mark(c)).translate(_LOOK_ALIKES)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) == "Mn"  # accents, variation selectors
