"""Which live to look at first, and why, in one word. Pure: facts in, a place and a reason out.

Alerts that wait for a human come before everything, the worst first and then the newest: what has waited for long is
the queue's. Then come bursts, what is badly heard, what nobody knows, and how far a live reaches.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigie.moderation.ordering import Severity, severity

GRAVITY = {Severity.LOW: 1, Severity.MEDIUM: 2, Severity.HIGH: 3}
_A_BAND = 10**10
"""More than any moment, in seconds since 1970: severity comes before age."""


class Reason(StrEnum):
    """Why a live stands where it stands, alerts apart; the strongest first."""

    BURST = "burst"
    NO_AUDIO = "no_audio"
    NO_RECOGNIZER = "no_recognizer"
    RECONNECTING = "reconnecting"
    LAG = "lag"
    NO_CHAT = "no_chat"
    UNKNOWN = "unknown"
    FAR_REACH = "far_reach"
    SOME_REACH = "some_reach"
    CALM = "calm"
    OVER = "over"


_ORDER = list(Reason)
_TROUBLE = {reason.value: reason for reason in (Reason.NO_AUDIO, Reason.NO_RECOGNIZER, Reason.RECONNECTING, Reason.LAG)}
BADLY_HEARD = frozenset(_TROUBLE)
"""States of a live that words may be missing of, or late."""
_REACH = {"high": Reason.FAR_REACH, "medium": Reason.SOME_REACH}
_BROKEN_CHAT = {"broken", "refused"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the place of a live depends on, alerts apart. States are those of `watch`."""

    state: str
    chat_state: str
    reach: str
    has_burst: bool
    is_over: bool = False


def reason(facts: Facts) -> Reason:
    """Return the strongest reason to look at a live."""
    if facts.is_over:
        return Reason.OVER
    if facts.has_burst:
        return Reason.BURST
    if facts.state in _TROUBLE:
        return _TROUBLE[facts.state]
    if facts.chat_state in _BROKEN_CHAT:
        return Reason.NO_CHAT
    return _REACH.get(facts.reach, Reason.CALM)


def rank(why: Reason) -> int:
    """Return a figure that is higher for what is looked at first; negative once a live is over."""
    return _ORDER.index(Reason.CALM) - _ORDER.index(why)


def urgency(score: float, raised_at: datetime) -> int:
    """Return a figure that is higher for the alert looked at first: by band of its score (0..1), then the newest."""
    return GRAVITY[severity(score)] * _A_BAND + int(raised_at.timestamp())


def place(urgent: int, ranked: int) -> tuple[bool, int, int]:
    """Return what lives are sorted by, from their urgency (0 without an alert) and rank. The page does the same."""
    return ranked < 0, -urgent, -ranked
