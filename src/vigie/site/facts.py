"""How a live does, in one line: who watches, how far it may go and why, how it is heard and read."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.people import presets
from vigie.watch.models import Live, Reach, Track
from vigie.watch.operations.reach import explain_reach
from vigie.watch.virality import Feature, Signal

SIGNALS: dict[Signal, str | Promise] = {
    Signal.GROWTH: _("the audience grows"),
    Signal.VIEWERS: _("more viewers than usual"),
    Signal.SHARES: _("more shares"),
    Signal.FOLLOWS: _("more new followers"),
    Signal.COMMENTERS: _("more people write"),
    Signal.MESSAGES: _("more messages"),
    Signal.LIKES: _("more likes"),
    Signal.GIFTS: _("more gifts"),
}
NOTICED = 0.2
"""Points from which a signal is told."""
TOLD = 2
"""Signals that are told, the strongest first."""


def facts_of(live: Live, now: datetime) -> dict[str, object]:
    """Return what the line of a live needs. Its channel and workspace are at hand."""
    has_chat = live.channel.is_detected and live.channel.workspace.has(presets.CHAT)
    return {
        "live": live,
        "has_chat": has_chat,
        "why_reach": why_reach(live, now) if has_chat else [],
        "gaps_count": live.gaps.filter(track=Track.MEDIA).count(),
    }


def why_reach(live: Live, now: datetime) -> list[str | Promise]:
    """Return what makes the reach of a live what it is, the strongest first; nothing where nothing stands out."""
    if live.reach == Reach.UNKNOWN or live.ended_at is not None:
        return []
    found = explain_reach(live, now)
    return reasons(found.features) if found else []


def reasons(features: tuple[Feature, ...]) -> list[str | Promise]:
    """Return the strongest signals in words."""
    strongest = sorted(features, key=lambda feature: feature.points, reverse=True)[:TOLD]
    return [SIGNALS[feature.signal] for feature in strongest if feature.points >= NOTICED]
