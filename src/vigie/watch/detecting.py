"""Finds out which channels are on air: one detector a platform in all processes, many channels a request."""

import asyncio
from datetime import datetime, timedelta
from random import Random

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.db.models import Case, F, QuerySet, When

from vigie.ports import Airing, Fence, Handle, LiveProbe, PortError, Sighting
from vigie.runtime import clock, leases, registry
from vigie.watch import operations
from vigie.watch.models import Channel, Presence
from vigie.watch.operations.presence import put_off
from vigie.watch.pacing import LOOKED_AT, PACES, Look

log = structlog.get_logger(__name__)

RESOURCE = "detector:"
"""The name of a detector among leases begins with it; its platform follows."""
TICK_S = 1.0
HEAD_START = timedelta(seconds=60)
"""By how much a channel that people look at goes before one that nobody does: more would starve the others."""


def wanted() -> set[str]:
    """Return the detectors that are needed: one for each platform that has channels to be watched, and a probe."""
    platforms = set(_watched().values_list("channel__platform", flat=True).distinct())
    return {f"{RESOURCE}{platform}" for platform in platforms.intersection(registry.platforms_of(LiveProbe))}


async def detect(held: Fence) -> float:
    """Look at the channels of a platform as they are due, until cancelled."""
    platform = held.resource.removeprefix(RESOURCE)
    probe = registry.get(LiveProbe, platform)
    rng = Random()  # noqa: S311 -- spreads looks, guards no secret
    while True:
        await look(platform, probe, held, rng)
        await asyncio.sleep(TICK_S)


async def look(platform: str, probe: LiveProbe, held: Fence | None, rng: Random) -> int:
    """Look at the channels of a platform that are due, as many as one request takes; return how many that were.

    Trouble makes them unknown, and ends nothing. Raises LeaseLost when another detector took over.
    """
    due = await sync_to_async(_due)(platform, probe.most, clock.now())
    if not due:
        return 0
    handles = [Handle(channel.address, channel.platform_id, channel.presence.room_id) for channel in due]
    asked_s = 0.0
    try:
        sightings = await probe.probe(handles)
    except PortError as error:
        log.info("detector_failed", platform=platform, reason=str(error))
        asked_s = error.retry_after_s or 0.0
        sightings = [Sighting(handle.name, Airing.UNKNOWN, str(error)) for handle in handles]
    for channel, sighting in zip(due, sightings, strict=True):
        await sync_to_async(_record)(channel.pk, sighting, Look(PACES[platform], rng, asked_s), held)
    return len(due)


def _record(channel_id: int, sighting: Sighting, look: Look, held: Fence | None) -> None:
    """Write what was said of one channel; what no database takes puts off this channel, and no other."""
    try:
        with leases.holding(held):
            operations.record_sighting(channel_id, sighting, clock.now(), look=look)
    except (DatabaseError, Presence.DoesNotExist) as error:
        log.warning("sighting_not_written", channel=channel_id, trouble=type(error).__name__)
        with leases.holding(held):
            put_off(channel_id, clock.now() + timedelta(seconds=look.pace.usual_s))


def _watched() -> QuerySet[Presence]:
    return Presence.objects.filter(channel__is_watched=True)


def _due(platform: str, most: int, now: datetime) -> list[Channel]:
    """Return the channels to look at now, longest due first; those that people look at have a head start."""
    due = _watched().filter(channel__platform=platform, due_at__lte=now).select_related("channel")
    turn = Case(When(looked_at__gte=now - LOOKED_AT, then=F("due_at") - HEAD_START), default=F("due_at"))
    return [row.channel for row in due.order_by(turn, "pk")[:most]]
