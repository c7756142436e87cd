"""What the counts of a live mean: where its audience burst out, and how far the live is about to travel."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from math import inf

from django.db import transaction

from vigie.watch import virality
from vigie.watch.bursts import ENOUGH_BUCKETS, find_bursts
from vigie.watch.minutes import BUCKETS, Counted, typical_minute
from vigie.watch.models import ChatState, Gap, Live, LiveSample, Platform, Reach, Track
from vigie.watch.operations.counts import STRETCH_S
from vigie.watch.operations.marks import mark_burst
from vigie.watch.timeline import Hole
from vigie.watch.virality import MOST_LIVES, History, Virality

LAST = ENOUGH_BUCKETS
"""Samples that are looked at."""
KNOWN_LIVES = 500
"""Lives of which a process remembers what is usual for their channel."""
TELLS_SHARES = frozenset({Platform.TIKTOK})
"""Platforms that say who shared."""


@transaction.atomic
def reckon(live_id: int, now: datetime) -> None:
    """Mark where the audience of a live burst out, and write down its reach. The stretch under way is left out.

    One that is over keeps the reach it had.
    """
    live = Live.objects.select_related("channel__workspace").filter(pk=live_id).first()
    if live is None:
        return
    places = _last_places(live, now)
    counted = _counted(live, places)
    _mark_bursts(live, places, counted, now)
    if live.ended_at is None:
        found = _virality(live, places, counted)
        reach = Reach(found.band) if found else Reach.UNKNOWN
        Live.objects.filter(pk=live.pk).exclude(reach=reach).update(reach=reach)


def explain_reach(live: Live, now: datetime) -> Virality | None:
    """Return what the reach of a live that is on air is computed from now; None while too little is known."""
    places = _last_places(live, now)
    return _virality(live, places, _counted(live, places))


def _mark_bursts(live: Live, places: range, counted: Sequence[Counted], now: datetime) -> None:
    by_place = {one.place: one.messages for one in counted}
    for burst in find_bursts([by_place.get(place) for place in places], first=places.start):
        stretch = Hole(burst.from_bucket * float(STRETCH_S), (burst.to_bucket + 1) * float(STRETCH_S))
        mark_burst(live, stretch, now=now)


def _virality(live: Live, places: range, counted: Sequence[Counted]) -> Virality | None:
    """Return how far a live is about to travel; None where nothing of its last minute was received."""
    if not counted or counted[-1].place < places.stop - BUCKETS:
        return None
    return virality.virality(counted, _history(live))


def _last_places(live: Live, now: datetime) -> range:
    """Return the samples that are looked at, by number; the one under way is left out."""
    until = int(((live.ended_at or now) - live.started_at).total_seconds() // STRETCH_S)
    return range(max(0, until - LAST), max(0, until))


def _counted(live: Live, places: range) -> list[Counted]:
    """Return what was counted in these stretches; those in which the chat was not received are left out."""
    from_s, to_s = places.start * STRETCH_S, places.stop * STRETCH_S
    samples = LiveSample.objects.filter(live=live, at_s__gte=from_s, at_s__lt=to_s).order_by("at_s")
    missing = Gap.objects.filter(live=live, track=Track.CHAT, to_s__gt=from_s, from_s__lt=to_s)
    gaps = list(missing.values_list("from_s", "to_s"))
    if live.chat_state == ChatState.NONE or (live.ended_at is None and live.chat_state != ChatState.OK):
        # nobody reads it, or no gap is told of it yet
        gaps.append((live.chat_until_s or 0.0, inf))
    known = [place for place in places if not _is_missing(place, gaps)]
    by_place = {sample.at_s // STRETCH_S: sample for sample in samples}
    shares = live.channel.platform in TELLS_SHARES
    follows = shares or any(sample.follows for sample in by_place.values())
    return [_of(place, by_place.get(place), shares=shares, follows=follows) for place in known]


def _is_missing(place: int, gaps: Sequence[tuple[float, float]]) -> bool:
    return any(from_s < (place + 1) * STRETCH_S and to_s > place * STRETCH_S for from_s, to_s in gaps)


def _of(place: int, sample: LiveSample | None, *, shares: bool, follows: bool) -> Counted:
    """Return a stretch as it was counted; one without a sample is one in which nothing happened."""
    sample = sample or LiveSample(at_s=place * STRETCH_S)
    return Counted(
        float(sample.at_s),
        sample.messages,
        sample.commenters,
        sample.likes,
        sample.joins,
        sample.follows if follows else None,
        sample.shares if shares else None,
        sample.gifts,
        sample.viewers,
    )


def _history(live: Live) -> History | None:
    return _history_before(live.pk, live.channel_id)


@lru_cache(maxsize=KNOWN_LIVES)
def _history_before(live_id: int, channel_id: int) -> History | None:
    """Return what was usual for a channel when a live began."""
    former = Live.objects.filter(channel=channel_id, pk__lt=live_id).exclude(ended_at=None).select_related("channel")
    typical = []
    for live in former.order_by("-started_at")[:MOST_LIVES]:
        samples = live.samples.order_by("-at_s").first()
        minute = typical_minute(_counted(live, range(samples.at_s // STRETCH_S + 1))) if samples else None
        if minute:
            typical.append(minute)
    return virality.history(typical)
