"""What rules remember of lives. Bounded, whatever floods a chat: all of it is the work of strangers."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

STEPS = 200
"""What comes within such a part of a window counts as one: a flood takes no more memory than so many entries."""

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Memory:
    """What one condition remembers of one live: a highest total, or a window that moves on."""

    best: int | None = None
    """The highest total so far."""
    entries: deque[tuple[datetime, int]] = field(default_factory=deque)
    """When something happened lately, and how much; in order."""

    def rise_to(self, total: int) -> int:
        """Return the highest total until now, and remember this one; the first of all is no news."""
        best = total if self.best is None else self.best
        self.best = max(best, total)
        return best

    def add(self, at: datetime, amount: int, *, within_s: float) -> int:
        """Take one more amount; return how much came within the last `within_s`, this one included."""
        begin, former = self._step(at, timedelta(seconds=within_s))
        self.entries.append((begin, former + amount))
        return sum(amount for _, amount in self.entries)

    def peak(self, at: datetime, total: int, *, within_s: float) -> int:
        """Take one more total; return the highest of the last `within_s`, this one included."""
        begin, former = self._step(at, timedelta(seconds=within_s))
        self.entries.append((begin, max(former, total)))
        return max(total for _, total in self.entries)

    def _step(self, at: datetime, window: timedelta) -> tuple[datetime, int]:
        """Forget what is too old; take away the step in which `at` lies, and return its begin and its amount.

        What is a little late counts with the last; where the clock went back by a whole window, it begins anew.
        """
        if self.entries and at <= self.entries[-1][0] - window:
            self.entries.clear()
        while self.entries and self.entries[0][0] <= at - window:
            self.entries.popleft()
        if self.entries and at < self.entries[-1][0] + window / STEPS:
            return self.entries.pop()
        return at, 0


def recall(kept: dict[str, Kept], key: str, make: Callable[[], Kept], *, most: int) -> Kept:
    """Return what is kept under a key, or made. Beyond `most`, what was not recalled for longest goes."""
    value = kept.pop(key, None)
    kept[key] = value = make() if value is None else value
    if len(kept) > most:
        del kept[next(iter(kept))]
    return value
