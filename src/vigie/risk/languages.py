"""In which language a text is read: the one that was spoken, which is not always the one expected."""

from typing import Final

from vigie.ports import LanguageIdentifier
from vigie.risk.lexicon_yaml import SHIPPED

UNTOLD: Final = "und"
"""Of a text whose language cannot be told: every lexicon reads it."""
SURE: Final = 0.7
"""Share from which the identifier is believed against what is expected (2026-11, French and English posts cut short).

Of texts of three words, it is wrong then about one in 100 and finds 70 %; of seven words, one in 400 and 90 %.
"""


def language_of(text: str, expected: str, identifier: LanguageIdentifier | None) -> str:
    """Return the language (ISO 639) to read `text` in; `expected` is the channel's, or empty.

    What is clearly another language is read as that. Doubt between two that have rules leaves it `und`, so that both
    read it; any other doubt leaves the expected one.
    """
    told, share = identifier.identify(text) if identifier else (UNTOLD, 0.0)
    if told == UNTOLD:
        return expected or UNTOLD
    if expected in {"", UNTOLD, told} or share >= SURE:
        return told
    return UNTOLD if {told, expected} <= set(SHIPPED) else expected
