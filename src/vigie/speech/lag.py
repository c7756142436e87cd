"""What to do when words run late. Pure.

A ladder: the later the words, the more is given up for speed, and nothing without being told.
"""

from enum import IntEnum

TOLD_FROM_S = 10.0
"""Later than this, the lag is shown, and neighbours that were withheld together are not heard again one by one."""
URGENT_FIRST_FROM_S = 60.0
"""Later than this, the lives where an alert was raised lately are heard before the others, and a team is warned."""
SPARED = 2
"""So many times longer a live with a recent alert may wait before anything of it is skipped."""


class Rung(IntEnum):
    """How far up the ladder: each rung does what those below it do."""

    IN_TIME = 0
    ONCE = 1
    URGENT_FIRST = 2


def rung(lag_s: float) -> Rung:
    """Return what to do when the oldest waiting words were said `lag_s` seconds ago."""
    if lag_s > URGENT_FIRST_FROM_S:
        return Rung.URGENT_FIRST
    return Rung.ONCE if lag_s > TOLD_FROM_S else Rung.IN_TIME


def is_given_up(waited_s: float, newest_waited_s: float, longest_s: float) -> bool:
    """Return whether an utterance is skipped for the sake of the others.

    Only where something fresher waits too: after a pause of the whole (a restart, a model that came late) there is time
    to catch up, and nothing is given up.
    """
    return waited_s > longest_s >= newest_waited_s
