"""Watches one channel of a platform in the foreground: the live that is on air now, to its end."""

import asyncio
from random import Random

from asgiref.sync import sync_to_async
from django.utils.translation import gettext_noop

from vigie.ports import LiveProbe
from vigie.runtime import registry
from vigie.watch import chatwriter, detecting
from vigie.watch.broadcast import Broadcast
from vigie.watch.models import Channel, Live
from vigie.watch.reconnecting import Stop
from vigie.watch.watcher import OVER, Outcome

OFF_AIR = gettext_noop("nothing is on air now")


async def follow(channel_id: int) -> Outcome:
    """Watch the live that is on air now to its end. Return how that went, without a live when there is none."""
    channel = await Channel.objects.select_related("presence").aget(pk=channel_id)
    probe = registry.get(LiveProbe, channel.platform)
    rng = Random()  # noqa: S311 -- spreads retries, guards no secret
    await detecting.look(channel.platform, probe, None, rng)
    live = await sync_to_async(_open_live)(channel_id)
    if live is None:
        await channel.presence.arefresh_from_db()
        return Outcome(None, Stop(channel.presence.reason or OFF_AIR, is_over=False), is_recording=False)
    async with chatwriter.writing(), asyncio.TaskGroup() as group:
        watching = group.create_task(Broadcast(channel_id, None, rng).watch())
        while await sync_to_async(_open_live)(channel_id):
            await asyncio.sleep(detecting.TICK_S)
            await detecting.look(channel.platform, probe, None, rng)
        watching.cancel()
    return Outcome(live.pk, Stop(OVER, is_over=True), is_recording=False)


def _open_live(channel_id: int) -> Live | None:
    return Live.objects.filter(channel=channel_id, ended_at=None).first()
