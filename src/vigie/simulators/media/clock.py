"""The clocks a simulator can run on. A clock is a function that returns seconds since some start."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class RunningClock:
    """A clock that goes by itself, `speed` times as fast as the one on the wall."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._started_at = time.monotonic()

    def __call__(self) -> float:
        """Return the seconds since it was made."""
        return (time.monotonic() - self._started_at) * self._speed


class HandClock:
    """A clock that a test moves by hand: what is due at a moment can then be counted."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def __call__(self) -> float:
        """Return how far it was moved."""
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._now_s += seconds
