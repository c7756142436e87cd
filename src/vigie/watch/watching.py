"""What is watched, and the life of a watched channel: one live after the other."""

import asyncio
from random import Random

from asgiref.sync import sync_to_async

from vigie.ports import Fence, MediaSource
from vigie.runtime import clock, leases, registry
from vigie.watch import operations
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel
from vigie.watch.reconnecting import Patience
from vigie.watch.sinks import add_recall, add_sink
from vigie.watch.watcher import OVER, Outcome, Watcher

__all__ = ["OVER", "Outcome", "add_recall", "add_sink", "end_forgotten", "wanted", "watch", "watch_live"]

PREFIX = "channel:"
LOOK_AGAIN_S = 30.0
"""How long after a live the next one is looked for."""
LONGEST_PAUSE_S = 300.0
PATIENCE = Patience()


def wanted() -> set[str]:
    """Return the resources that should be watched: `channel:<id>`."""
    return {f"{PREFIX}{pk}" for pk in Channel.objects.filter(is_watched=True).values_list("pk", flat=True)}


def end_forgotten() -> None:
    """Close the lives of channels that were given up while nobody ran. To be called before watching starts."""
    operations.end_unwatched(clock.now())


async def watch(held: Fence) -> None:
    """Watch a channel, each of its lives in turn, until cancelled; a recording once.

    A channel that cannot be had is asked again ever more rarely, every five minutes in the end.
    """
    channel_id = int(held.resource.removeprefix(PREFIX))
    rng = Random()  # noqa: S311 -- spreads retries, guards no secret
    pause_s = LOOK_AGAIN_S
    while True:
        outcome = await watch_live(channel_id, held, rng=rng)
        if outcome.is_recording:
            await sync_to_async(_put_away)(channel_id)
            return
        is_unavailable = outcome.live_id is None and not outcome.stop.is_over
        if is_unavailable:
            await sync_to_async(_tell_unavailable)(channel_id, held, outcome.stop.reason)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S) if is_unavailable else LOOK_AGAIN_S
        await asyncio.sleep(pause_s * rng.uniform(0.8, 1.2))


async def watch_live(
    channel_id: int, held: Fence | None = None, *, patience: Patience = PATIENCE, rng: Random | None = None
) -> Outcome:
    """Watch the open live of a channel, else the next one, until it is over. Return how it ended.

    A source that nothing ever comes from is given up after five attempts, and no live is opened for it.
    Raises Channel.DoesNotExist, NotProvided.
    """
    book = await Logbook.of(channel_id, held)
    media = registry.get(MediaSource)
    rng = rng or Random()  # noqa: S311 -- spreads retries, guards no secret
    return await Watcher(book, media, patience=patience, rng=rng).watch()


def _put_away(channel_id: int) -> None:
    """A recording is heard once: after a restart it must not begin again."""
    operations.stop_watching(Channel.objects.get(pk=channel_id), actor=None)


def _tell_unavailable(channel_id: int, held: Fence, reason: str) -> None:
    with leases.holding(held):
        operations.record_unavailable(Channel.objects.get(pk=channel_id), reason, clock.now())
