"""Until when everything that a chat brings is known to have come. Pure: moments in seconds since the live began.

What came last says when the connection was alive, and how late things come: a reader that is held up takes what was
said minutes ago, and what was to follow may be lost. While something is being taken, nothing after it is certain.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Arrivals:
    """What came of one chat so far."""

    last_s: float = 0.0
    """Of what came, the latest moment."""
    late_s: float = 0.0
    """How long after its moment the last thing was taken."""
    is_taking: bool = False

    def begin(self) -> None:
        """Something is being taken."""
        self.is_taking = True

    def end(self, at_s: float | None, now_s: float) -> None:
        """It was taken; its moment is `at_s`, None for what says nothing of how far the chat came."""
        self.is_taking = False
        if at_s is not None:
            self.last_s, self.late_s = max(self.last_s, at_s), now_s - at_s

    def until_s(self, now_s: float, *, within_s: float) -> float:
        """Return until when everything came, if the connection was alive `within_s` seconds ago."""
        return self.last_s if self.is_taking else max(self.last_s, now_s - self.late_s - within_s)
