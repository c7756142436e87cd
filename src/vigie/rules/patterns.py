"""Patterns that people type. They run on RE2, in linear time: no pattern hangs a process, as those of `re` can."""

from enum import StrEnum

import re2  # type: ignore[import-untyped]

from vigie.errors import VigieError
from vigie.rules.normalizing import visible

LONGEST_PATTERN = 500
MOST_CHARS = 5_000
"""What lies beyond in a text is not read."""
MOST_MEMORY_BYTES = 1_000_000
"""That one pattern may take. RE2 goes on in less, and more slowly, where a text needs more."""

_PROBES = ("", "a", "a b", " ", "é!")
"""A pattern that finds nothing at all in one of these, and says it is there, finds it in any text."""


class PatternFlaw(StrEnum):
    """Why a pattern cannot be used, with places for names."""

    TOO_LONG = "the pattern has %(count)d characters; at most %(limit)d"
    WRONG = "the pattern cannot be used: %(why)s"
    EVERYWHERE = "the pattern “%(text)s” is found in every text: it may stand for nothing at all"


class BadPattern(VigieError, ValueError):
    """A pattern cannot be used."""

    def __init__(self, flaw: PatternFlaw, **values: object) -> None:
        """Say why."""
        super().__init__(flaw.value % values)
        self.flaw = flaw
        self.values = values


class Pattern:
    """A regular expression of RE2, of small and capital letters alike.

    It reads texts as they are seen: without what is invisible, width made plain (NFKC), with accents. A pattern is read
    the same way, so `é` is `é` however it was typed. `.` stands for any character, line breaks too.
    """

    def __init__(self, text: str) -> None:
        """Compile it. Raises BadPattern for what RE2 does not know, and for what would be found in every text."""
        if len(text) > LONGEST_PATTERN:
            raise BadPattern(PatternFlaw.TOO_LONG, count=len(text), limit=LONGEST_PATTERN)
        self.text = text
        plain = visible(text)
        try:
            self._regexp = re2.compile(plain, _options())
        except re2.error as error:
            raise BadPattern(PatternFlaw.WRONG, why=_why(error)) from None
        if any(match.end() == match.start() for match in map(self._regexp.search, _PROBES) if match):
            raise BadPattern(PatternFlaw.EVERYWHERE, text=_one_line(plain))

    def found_in(self, text: str) -> bool:
        """Return whether it is found in the first 5,000 characters of `text`."""
        return self._regexp.search(visible(text[:MOST_CHARS])) is not None


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MOST_MEMORY_BYTES
    options.case_sensitive = False
    options.dot_nl = True
    options.never_capture = True
    options.log_errors = False
    return options


def _why(error: Exception) -> str:
    why = error.args[0]
    return _one_line(why.decode(errors="replace") if isinstance(why, bytes) else str(why))


def _one_line(text: str) -> str:
    return " ".join(text.split())
