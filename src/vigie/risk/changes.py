"""What an edit changes, line by line, with a little of what stands around it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

AROUND = 2
"""Lines shown before and after a change."""


class Mark(StrEnum):
    """What became of a line."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    LEFT_OUT = "left_out"
    """Lines in between, which did not change."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison."""

    mark: Mark
    number: int | None
    """In the new text; in the old one for a removed line; None where lines are left out."""
    text: str = ""


def changes(old: str, new: str) -> list[Line]:
    """Return what differs between two texts; nothing where they are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND)
    found: list[Line] = []
    for number, opcodes in enumerate(groups):
        if number:
            found.append(Line(Mark.LEFT_OUT, None))
        for tag, old_start, old_end, new_start, new_end in opcodes:
            if tag == "equal":
                found += _lines(Mark.SAME, after, new_start, new_end)
            else:
                found += _lines(Mark.REMOVED, before, old_start, old_end)
                found += _lines(Mark.ADDED, after, new_start, new_end)
    return found


def _lines(mark: Mark, text: list[str], start: int, end: int) -> Iterator[Line]:
    for number in range(start, end):
        yield Line(mark, number + 1, text[number])
