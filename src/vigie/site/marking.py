"""Which stretches of a text are highlighted or masked. Pure: the markup is made in `templatetags.vigie`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

SLUR = "slur"
"""The reason of a span whose words are never shown whole on a page."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is shown in one way."""

    text: str
    is_marked: bool = False
    is_masked: bool = False


def pieces(text: str, spans: Sequence[Sequence[int | str]]) -> list[Piece]:
    """Return the text as the fewest pieces that show every span, in order; joined, they are the text.

    A span is `[start, end]` or `[start, end, reason]`, in characters; spans may overlap or lie outside the text.
    """
    marked = {place for start, end, *_ in spans for place in range(int(start), int(end))}
    masked = {place for start, end, *reason in spans if reason == [SLUR] for place in range(int(start), int(end))}
    runs = groupby(range(len(text)), key=lambda place: (place in marked, place in masked))
    return [Piece("".join(text[place] for place in run), *shown) for shown, run in runs]


def hinted(word: str) -> str:
    """Return the first letter of a masked word and a dot for each other one: `p•••••`."""
    return word[:1] + "•" * (len(word) - 1)
