"""How far a live is about to travel, computed from what its audience does: counts of 10 s -> a value with its reasons.

Reach is the question whether a live is being passed on; it says nothing of harm. The last minute is compared with the
median of the five before it, and with what is usual for the channel. Every part is bounded, people count and not
messages, and nothing that happens inside the room alone makes the reach high: for that, it must be shared or followed
more. The weights are starting values, fitted to nothing yet; so all signals are kept, that they can be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, log1p

from vigie.watch.minutes import BUCKET_S, BUCKETS, Counted, Minute, larger, middle, minutes_at
from vigie.watch.trends import slope

MINUTES_BEFORE, FEWEST_MINUTES = 5, 3
MOST_LIVES = 10
"""So many of a channel's lives say all about what is usual for it."""
MEDIUM, HIGH = 0.40, 0.75
STEADY = -2.2
"""Where nothing changes, the value is 0.1. It takes 1.8 more to leave the low band; chance brings less than 1.2
to a steady live of any size, 99 times in 100 (simulated: 3 to 10,000 viewers), and never brought 1.8."""
MOST = 2.0
"""No signal counts for more than this, whatever happened."""
GROWTH_A_MINUTE = 0.05
SMALL_AUDIENCE = 20.0
"""Added to viewers before they are compared: 4 instead of 2 is no growth."""
OUTWARD = log(2.0)
"""By how much sharing or following must exceed the usual for a high reach: doubled, and more than one a minute."""


class Band(StrEnum):
    """The three words for a value."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Signal(StrEnum):
    """What is looked at."""

    GROWTH = "growth"
    VIEWERS = "viewers"
    SHARES = "shares"
    FOLLOWS = "follows"
    COMMENTERS = "commenters"
    MESSAGES = "messages"
    LIKES = "likes"
    GIFTS = "gifts"


WEIGHTS: Mapping[Signal, float] = {
    Signal.GROWTH: 1.0,
    Signal.VIEWERS: 0.8,
    Signal.SHARES: 0.6,
    Signal.FOLLOWS: 0.4,
    Signal.COMMENTERS: 0.3,
    Signal.MESSAGES: 0.2,
    Signal.LIKES: 0.1,
    Signal.GIFTS: 0.1,
}
"""Likes and gifts count little: taps come in batches, and gifts in battles."""
OUTWARD_SIGNALS = (Signal.SHARES, Signal.FOLLOWS)


@dataclass(frozen=True, slots=True)
class Feature:
    """One signal of a value, and what it did to it."""

    signal: Signal
    now: float | None
    """In the last minute; of growth, the part by which the audience grows a minute. None: unknown."""
    usual: float | None
    change: float
    """The difference of logarithms (of growth: in units of 5 %), -2..2; 0.0 where it is unknown."""
    points: float
    """The change times its weight: what it added."""


@dataclass(frozen=True, slots=True)
class Virality:
    """How far a live is about to travel."""

    value: float
    """0..1."""
    band: Band
    confidence: float
    """0..1: how much of what should be known was. At most one half for a channel without history."""
    features: tuple[Feature, ...]
    """In order of `Signal`; the points tell why."""


@dataclass(frozen=True, slots=True)
class History:
    """What is usual for a channel: the medians of the typical minutes of its last lives."""

    usual: Minute
    lives: int
    """How many; 1 or more."""


def history(lives: Sequence[Minute]) -> History | None:
    """Return what is usual given the typical minutes of lives, the last one first; None without any."""
    lives = lives[:MOST_LIVES]
    return History(middle(lives), len(lives)) if lives else None


def virality(counted: Sequence[Counted], past: History | None = None) -> Virality | None:
    """Return how far a live is about to travel; None, which is unknown, where too little was counted.

    Args:
        counted: the last six minutes of the live at least, in order of time.
        past: what is usual for the channel.
    """
    if not counted:
        return None
    start = counted[-1].place + 1 - BUCKETS
    latest = minutes_at(counted, (start,))
    before = minutes_at(counted, range(start - MINUTES_BEFORE * BUCKETS, start, BUCKETS))
    if not latest or len(before) < FEWEST_MINUTES:
        return None
    usual = larger(middle(before), past.usual) if past else middle(before)
    features = tuple(_features(latest[0], usual, _growth(counted)))
    value = 1.0 / (1.0 + exp(-STEADY - sum(feature.points for feature in features)))
    if not _is_passed_on(features):
        value = min(value, HIGH - 0.01)
    return Virality(value, band_of(value), _confidence(features, len(before), past), features)


def band_of(value: float) -> Band:
    """Return the word for a value of 0..1."""
    return Band.HIGH if value >= HIGH else Band.MEDIUM if value >= MEDIUM else Band.LOW


# ── signals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _features(now: Minute, usual: Minute, growth: float | None) -> Iterable[Feature]:
    """Yield each signal. What a bigger audience does more of anyway is expected of it, and of a smaller one less."""
    audience = _audience_change(now.viewers, usual.viewers)
    weights = _weights(now)
    yield _feature(Signal.GROWTH, (growth, 0.0), None if growth is None else growth / GROWTH_A_MINUTE, weights)
    yield _feature(Signal.VIEWERS, (now.viewers, usual.viewers), audience, weights)
    for signal in list(Signal)[2:]:
        there, before = getattr(now, signal), getattr(usual, signal)
        louder = 1.0 if signal in OUTWARD_SIGNALS else exp(audience or 0.0)
        yield _feature(signal, (there, before), _change(there, before, louder), weights)


def _feature(
    signal: Signal, seen: tuple[float | None, float | None], change: float | None, weights: Mapping[Signal, float]
) -> Feature:
    bounded = max(-MOST, min(MOST, change or 0.0))
    now, usual = seen
    return Feature(signal, now, usual, bounded, weights[signal] * bounded)


def _weights(now: Minute) -> Mapping[Signal, float]:
    """Return the weights; where shares or follows are not told, the others of the two speak for both."""
    outward = WEIGHTS[Signal.SHARES] + WEIGHTS[Signal.FOLLOWS]
    if now.shares is None:
        return {**WEIGHTS, Signal.FOLLOWS: outward}
    return WEIGHTS if now.follows is not None else {**WEIGHTS, Signal.SHARES: outward}


def _is_passed_on(features: Iterable[Feature]) -> bool:
    """Return whether shares say so, or follows where shares are not told: a wave of accounts brings follows."""
    by_signal = {feature.signal: feature for feature in features}
    shares, follows = by_signal[Signal.SHARES], by_signal[Signal.FOLLOWS]
    return (follows if shares.now is None else shares).change > OUTWARD


def _change(now: float | None, usual: float | None, louder: float) -> float | None:
    return None if now is None or usual is None else log1p(now) - log1p(usual * louder)


def _audience_change(now: float | None, usual: float | None) -> float | None:
    return None if now is None or usual is None else log((now + SMALL_AUDIENCE) / (usual + SMALL_AUDIENCE))


def _growth(counted: Sequence[Counted]) -> float | None:
    """Return by which part the audience grows a minute, over five minutes; None for fewer than three."""
    start_s = counted[-1].at_s - MINUTES_BEFORE * BUCKETS * BUCKET_S
    points = [
        (one.at_s / 60.0, log(one.viewers + SMALL_AUDIENCE))
        for one in counted
        if one.viewers is not None and one.at_s > start_s
    ]
    return slope(points) if points and points[-1][0] - points[0][0] >= FEWEST_MINUTES else None


def _confidence(features: Sequence[Feature], minutes: int, past: History | None) -> float:
    known = sum(WEIGHTS[one.signal] for one in features if one.now is not None and one.usual is not None)
    history_counts = 0.5 + 0.5 * (past.lives if past else 0) / MOST_LIVES
    return known / sum(WEIGHTS.values()) * minutes / MINUTES_BEFORE * history_counts
