"""What is believed of a channel, from what its platform says. Pure: a sighting in, a belief and a step out.

A live begins with the first sighting that says so, since a false start costs little. It ends when two in a row deny it,
because platforms flicker; an account that was banned or made private denies it too. Not to know never ends anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from vigie.ports import Airing, Sighting

DENIALS = 2
"""How often in a row a live must be denied to be over."""
MOST = 1000
"""So far failures are counted: months of them must fit their column."""
FLAP = timedelta(seconds=120)
"""A live that is back so soon is the same live."""


class Step(Enum):
    """What is to be done about the live of a channel."""

    NOTHING = "nothing"
    BEGIN = "begin"
    END = "end"


@dataclass(frozen=True, slots=True)
class Belief:
    """What is known of a channel."""

    airing: Airing
    since: datetime
    reason: str = ""
    is_permanent: bool = False
    room_id: str = ""
    viewers: int | None = None
    denials: int = 0
    failures: int = 0


def learn(belief: Belief, sighting: Sighting, now: datetime, *, has_live: bool) -> tuple[Belief, Step]:
    """Return what is believed after a sighting, and what to do about the live that is (`has_live`) or is not open."""
    since = belief.since if belief.airing == sighting.airing else now
    after = replace(
        belief,
        airing=sighting.airing,
        since=since,
        reason=sighting.reason,
        is_permanent=sighting.is_permanent,
        room_id=sighting.room_id or belief.room_id,
        viewers=_viewers(belief, sighting),
    )
    if sighting.airing is Airing.LIVE:
        return replace(after, denials=0, failures=0), Step.NOTHING if has_live else Step.BEGIN
    is_unknown = sighting.airing is Airing.UNKNOWN
    denies = sighting.is_permanent or not is_unknown
    denials = belief.denials + denies if has_live else 0
    failures = min(belief.failures + 1, MOST) if is_unknown else 0
    if denies and denials >= DENIALS:
        return replace(after, denials=0, failures=failures), Step.END
    return replace(after, denials=denials, failures=failures), Step.NOTHING


def _viewers(belief: Belief, sighting: Sighting) -> int | None:
    """Return how many watch, as was last told: not every answer tells it."""
    if sighting.airing is Airing.OFFLINE or sighting.is_permanent:
        return None
    return belief.viewers if sighting.viewers is None else sighting.viewers


def is_same_live(ended_at: datetime, now: datetime, *, same_room: bool) -> bool:
    """Return whether a broadcast that begins now goes on with a live that ended, rather than being another one."""
    return same_room or now - ended_at <= FLAP
