"""When a channel is looked at again. Pure: what is believed in, seconds out.

Polling a platform too hard gets an address blocked: what was offline for long is asked rarely, what somebody has on the
screen sooner, and nothing in step with anything else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from vigie.ports import Airing
from vigie.watch.presence import Belief

CONFIRM_S = 15.0
"""A live that was denied once is asked for again so soon."""
PERMANENT_S = 6 * 3600.0
"""A channel that only a person can mend."""
LOOKED_AT = timedelta(minutes=2)
"""For how long a person who had a channel on the screen counts as looking."""
JITTER = 0.15
_FORGETFUL_S = 3600.0
"""An hour offline makes a channel half as urgent again as one that has just been on air."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a platform may be asked about one channel, in seconds."""

    quickest_s: float
    """While somebody looks."""
    usual_s: float
    slowest_s: float
    """After days offline, or when nothing can be learned."""


PACES = {"tiktok": Pace(30.0, 60.0, 300.0), "twitch": Pace(10.0, 20.0, 60.0)}
"""TikTok blocks who asks for many accounts every few seconds; Twitch answers for a hundred at once."""


@dataclass(frozen=True, slots=True)
class Look:
    """How channels of a platform are looked at."""

    pace: Pace
    rng: Random
    asked_s: float = 0.0
    """How long the platform asked to be left alone, in seconds."""


def next_look_s(belief: Belief, look: Look, now: datetime, *, looked_at: datetime | None = None) -> float:
    """Return in how many seconds to look again, and not before the platform wants it."""
    is_looked_at = looked_at is not None and now - looked_at <= LOOKED_AT
    wait_s = _wait_s(belief, look.pace, now, is_looked_at=is_looked_at)
    return max(look.asked_s, wait_s * look.rng.uniform(1.0 - JITTER, 1.0 + JITTER))


def _wait_s(belief: Belief, pace: Pace, now: datetime, *, is_looked_at: bool) -> float:
    if belief.is_permanent:
        return min(CONFIRM_S, pace.usual_s) if belief.denials else PERMANENT_S
    if belief.airing is Airing.UNKNOWN:
        return min(pace.usual_s * 2.0 ** min(max(belief.failures - 1, 0), 10), 3 * pace.slowest_s)
    if belief.denials:
        return min(CONFIRM_S, pace.usual_s)
    if is_looked_at:
        return pace.quickest_s
    if belief.airing is Airing.LIVE:
        return pace.usual_s
    offline_s = max(0.0, (now - belief.since).total_seconds())
    return min(pace.usual_s * (1.0 + offline_s / _FORGETFUL_S / 2.0), pace.slowest_s)
