"""In which language a text is read: the one that was spoken, which is not always the one expected."""

import re
import unicodedata
from typing import Final

from vigie.ports import LanguageIdentifier
from vigie.risk.lexicon_yaml import SHIPPED

UNTOLD: Final = "und"
"""Of a text whose language cannot be told: every lexicon reads it."""
SURE: Final = 0.7
"""Share from which the identifier is believed against what is expected (2026-11, French and English posts cut short).

Of texts of four words, it is wrong then about one in 100 and finds 80 %; of seven words, one in 400 and 90 %.
"""
FEWEST_WORDS: Final = 4
"""Of two letters or more. Of fewer, the identifier is often sure and wrong: it takes `sale négresse` for Hungarian."""
_READ_CHARS: Final = 400

_UNSAID: Final = re.compile(r"@\w+|https?://\S+|[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Names, addresses, what cannot be seen, and accents of no letter."""
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN: Final = re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE)


def language_of(text: str, expected: str, identifier: LanguageIdentifier | None) -> str:
    """Return the language (ISO 639) to read `text` in; `expected` is the channel's, or empty.

    What is clearly another language is read as that. Doubt between two that have rules leaves it `und`, so that both
    read it; any other doubt leaves the expected one.
    """
    words = _undisguised(text[:_READ_CHARS])
    told, share = identifier.identify(" ".join(words)) if identifier else (UNTOLD, 0.0)
    if told == UNTOLD:
        return expected or UNTOLD
    if expected in {"", UNTOLD, told} or (share >= SURE and not _are_few(words)):
        return told
    return UNTOLD if {told, expected} <= set(SHIPPED) else expected


def _undisguised(text: str) -> list[str]:
    """Return the words that tell a language. One with digits or of two scripts was written so as not to be read."""
    visible = _UNSAID.sub("", unicodedata.normalize("NFKC", text))
    return [word for word in _WORD.findall(visible) if word.isalpha() and (word.isascii() or _is_of_one_script(word))]


def _is_of_one_script(word: str) -> bool:
    return len(_LATIN.sub("", word)) in {0, len(word)}


def _are_few(words: list[str]) -> bool:
    """Return whether there are few words. Those in another script than ours tell a language by one."""
    return any(map(_LATIN.match, words)) and sum(len(word) > 1 for word in words) < FEWEST_WORDS
