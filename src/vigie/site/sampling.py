"""How many messages of a chat a page is shown: nobody reads more than some fifty a second. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

A_SECOND = 50
MOST = 50
"""What a quiet chat may show at once."""

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be shown of one chat."""

    left: float
    at_s: float
    """On any clock that only grows."""

    def at(self, now_s: float) -> "Budget":
        """Return what may be shown now."""
        return Budget(min(MOST, self.left + A_SECOND * max(0.0, now_s - self.at_s)), max(now_s, self.at_s))

    def less(self, shown: int) -> "Budget":
        """Return what is left once so many were shown."""
        return Budget(self.left - shown, self.at_s)


def evenly(messages: Sequence[Shown], most: int) -> list[Shown]:
    """Return `most` of the messages at most, in order, spread over all of them; the last one among them."""
    if len(messages) <= most:
        return list(messages)
    return [messages[(place + 1) * len(messages) // most - 1] for place in range(most)]
