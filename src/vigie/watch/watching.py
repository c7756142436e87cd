"""What is watched, and the life of a watched channel: one live after the other."""

from random import Random

from asgiref.sync import sync_to_async
from django.db.models import Q

from vigie.ports import Fence, MediaSource
from vigie.runtime import breaker, clock, leases, registry
from vigie.watch import hosts, operations
from vigie.watch.broadcast import Broadcast
from vigie.watch.logbook import Logbook
from vigie.watch.models import RESOURCE, Channel, Live, Platform
from vigie.watch.reconnecting import Patience
from vigie.watch.sinks import add_recall, add_sink
from vigie.watch.watcher import OVER, Outcome, Watcher

__all__ = ["OVER", "Outcome", "add_recall", "add_sink", "end_forgotten", "wanted", "watch", "watch_live"]

LOOK_AGAIN_S = 30.0
"""How long after a live the next one is looked for."""
SPREAD_S = 5.0
"""Channels that have to wait for their host come back at different moments."""
EVER_MORE_RARELY = breaker.Patience(failures=1, pause_s=60.0, longest_s=300.0)
"""When a channel that cannot be had is looked at again."""
PATIENCE = Patience()


def wanted() -> set[str]:
    """Return the resources that should be watched: `channel:<id>`. Asked every second, it ends what was forgotten.

    Where a platform tells when a channel is on air, only then; elsewhere its media is tried.
    """
    end_forgotten()
    watched = Channel.objects.filter(is_watched=True)
    on_air = watched.filter(Q(platform=Platform.WEB) | Q(lives__isnull=False, lives__ended_at=None))
    return {f"{RESOURCE}{pk}" for pk in on_air.values_list("pk", flat=True)}


def end_forgotten() -> None:
    """Close the lives of channels that were given up while nobody held them: no owner comes to do it."""
    operations.end_unwatched(leases.database_now())


async def watch(held: Fence) -> float:
    """Watch the live of a channel to its end, or find that it has none. Return in how many seconds to look again.

    A channel that cannot be had is asked again ever more rarely, every five minutes in the end; a recording is watched
    once.
    """
    channel_id = int(held.resource.removeprefix(RESOURCE))
    rng = Random()  # noqa: S311 -- spreads retries, guards no secret
    if await sync_to_async(_is_detected)(channel_id):
        await Broadcast(channel_id, held, rng).watch()
        return LOOK_AGAIN_S
    rest_s = await sync_to_async(_rest_s)(channel_id, held)
    if rest_s:
        return rest_s + rng.uniform(0.0, SPREAD_S)
    outcome = await watch_live(channel_id, held, rng=rng)
    pause_s = await sync_to_async(_settle)(channel_id, held, outcome)
    return pause_s * rng.uniform(1.0, 1.2)


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


def _is_detected(channel_id: int) -> bool:
    return Channel.objects.get(pk=channel_id).is_detected


def _rest_s(channel_id: int, held: Fence) -> float:
    """Return how long to leave the host alone; 0.0 to go on with a live, and for the first look at a channel."""
    is_first_look = held.token == 1
    if is_first_look or Live.objects.filter(channel=channel_id, ended_at=None).exists():
        return 0.0
    return hosts.rest_s(Channel.objects.get(pk=channel_id).address, clock.now())


def _settle(channel_id: int, held: Fence, outcome: Outcome) -> float:
    """Write down what was found, unless another owns the channel by now; return in how many seconds to look again."""
    try:
        with leases.holding(held):
            return _settled(channel_id, held, outcome)
    except leases.LeaseLost:
        return LOOK_AGAIN_S


def _settled(channel_id: int, held: Fence, outcome: Outcome) -> float:
    if outcome.is_recording:
        _put_away(channel_id)
    trouble = None if outcome.live_id else outcome.stop.trouble
    hosts.remember(Channel.objects.get(pk=channel_id).address, trouble, clock.now())
    if outcome.live_id is not None or outcome.stop.is_over:
        breaker.record_success(held.resource, clock.now())
        return LOOK_AGAIN_S
    _tell_unavailable(channel_id, outcome.stop.reason)
    retry_after_s = (trouble.retry_after_s if trouble else None) or 0.0
    return breaker.record_failure(held.resource, EVER_MORE_RARELY, clock.now(), retry_after_s=retry_after_s)


def _put_away(channel_id: int) -> None:
    """A recording is heard once: after a restart it must not begin again."""
    operations.stop_watching(Channel.objects.get(pk=channel_id), actor=None)


def _tell_unavailable(channel_id: int, reason: str) -> None:
    operations.record_unavailable(Channel.objects.get(pk=channel_id), reason, clock.now())
