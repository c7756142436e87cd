"""The part of a long text that fits on a row, with its marked spans in view."""

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 280
"""Characters shown; what is said in 15 s is nearly always shorter."""
LEAD = 80
"""Characters kept before the first marked one."""
ELLIPSIS = "…"

Span = Sequence[int | str]
"""`[start, end, reason]` in characters of the text."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text, and its spans in characters of it."""

    text: str
    spans: list[list[int | str]]


def excerpt(text: str, spans: Sequence[Span], limit: int = LIMIT) -> Excerpt:
    """Return at most about `limit` characters of `text` around the first span, cut between words."""
    text = text.rstrip()
    first = min((int(span[0]) for span in spans), default=0)
    start = _word_start(text, max(first - LEAD, 0)) if len(text) > limit else 0
    end = _word_end(text, start + limit) if len(text) - start > limit else len(text)
    before, after = ELLIPSIS * (start > 0), ELLIPSIS * (end < len(text))
    shift = len(before) - start
    kept = [
        [max(int(span[0]), start) + shift, min(int(span[1]), end) + shift, *span[2:]]
        for span in spans
        if int(span[0]) < end and int(span[1]) > start
    ]
    return Excerpt(f"{before}{text[start:end]}{after}", kept)


def _word_start(text: str, at: int) -> int:
    """Return where the word after `at` begins, or `at` when it is far."""
    space = text.find(" ", at, at + LEAD // 2) if at else -1
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    """Return where the word before `at` ends, or `at` when it is far."""
    space = text.rfind(" ", at - LEAD // 2, at)
    return space if space >= 0 else at
