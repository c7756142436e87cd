"""What an answer to a delivery means, and when what failed is tried again."""

from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

DELAYS_S = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
"""Between one try and the next; there is one more try than delays."""
JITTER = 0.2
"""Share of a delay that is added by chance: receivers that fell over together are not pushed over again."""
LONGEST_S = 24 * 3600.0
"""How long a receiver can ask to be left alone for."""
FORBEARANCE = timedelta(hours=24)
"""How long a receiver may do nothing but fail."""


class Verdict(Enum):
    """What an answer means."""

    DONE = auto()
    AGAIN = auto()
    GONE = auto()
    """The receiver wants nothing any more: HTTP 410."""


def verdict(status: int) -> Verdict:
    """Return what an HTTP status means: anything but a success may be different the next time."""
    if 200 <= status < 300:
        return Verdict.DONE
    return Verdict.GONE if status == 410 else Verdict.AGAIN


def delay_s(tries: int, rng: Random, *, asked_s: float | None = None) -> float | None:
    """Return how long to wait after the n-th try, in seconds, or None when it was the last one.

    `asked_s` is what the other side asked for: it is waited for at least, a day at most.
    """
    if tries > len(DELAYS_S):
        return None
    planned = DELAYS_S[tries - 1] * (1 + JITTER * rng.random())
    return max(planned, min(asked_s or 0.0, LONGEST_S))


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Return whether a receiver, the last delivery to which arrived before `failing_since`, has failed for too long."""
    return failing_since is not None and now - failing_since >= FORBEARANCE
