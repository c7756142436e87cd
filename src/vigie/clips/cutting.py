"""Cuts clips out of what this process keeps of its lives, as soon as each moment is over. One task a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from asgiref.sync import sync_to_async

from vigie.clips import folders, operations, queries, rings, tasks
from vigie.clips.models import Clip
from vigie.clips.placing import CannotPlace, Look, look
from vigie.clips.reasons import ENDS_EARLY, NOT_KEPT, PLACING, STARTS_LATE
from vigie.clips.rings import Kept
from vigie.events import ClipChanged
from vigie.ports import PortError, Reel, VideoFiles
from vigie.runtime import clock, registry
from vigie.runtime.supervisor import persist

log = structlog.get_logger(__name__)

LOOK_S = 0.25
"""How often it is looked for clips that other processes asked for."""
OVERDUE_S = 30.0
"""What has not come so long after it should have, will not: the live stalls, and what there is makes the clip."""
SHORT_S = 1.0
"""A clip may be shorter by so much than was asked for without a word about it."""
LAST_S = 4.0
"""So long the end of the program waits for clips whose lives it ended."""
SLOWEST = 4.0
"""Encoding anew takes no more than so many seconds a second: until then nobody believes that it died."""


class _Wakes:
    """Wakes the one loop that cuts. From any thread."""

    def __init__(self) -> None:
        self._news: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def attend(self) -> asyncio.Event:
        """Return what is set when there is news."""
        news = asyncio.Event()
        self._news = (asyncio.get_running_loop(), news)
        return news

    def tell(self) -> None:
        if self._news:
            loop, news = self._news
            with suppress(RuntimeError):  # that loop is over
                loop.call_soon_threadsafe(news.set)


_wakes = _Wakes()


def wake(_: ClipChanged) -> None:
    """Look at once: a clip was asked for by this process. From any thread."""
    _wakes.tell()


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """Cut whatever is due while the block runs; then what lives that ended with it still owe, 4 s at most."""
    news = _wakes.attend()
    async with asyncio.TaskGroup() as group:
        cutter = Cutter(group)
        watch = group.create_task(persist(lambda: cutter.watch(news), "cutting of clips"))
        yield
        watch.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_S):
                await cutter.finish()
        cutter.cancel()


class Cutter:
    """The clips that are being cut, or whose moments are not over."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def watch(self, news: asyncio.Event) -> None:
        """Look for clips whenever there is news, and now and then."""
        while True:
            news.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await news.wait()

    async def look(self) -> None:
        """Begin with the clips of which something is kept here, or may be."""
        rings.forget_old(asyncio.get_running_loop().time())
        lives = rings.lives()
        for clip in await sync_to_async(queries.waiting_for_cut)(lives, clock.now()) if lives else ():
            kept = rings.of_live(clip.live_id or 0)
            if kept and clip.pk not in self._under_way and _may_have(kept, clip):
                self._begin(clip, kept)

    async def finish(self) -> None:
        """Return once nothing is under way."""
        await self.look()
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    def cancel(self) -> None:
        """Leave what is under way to whoever comes next."""
        for task in self._under_way.values():
            task.cancel()

    def _begin(self, clip: Clip, kept: Kept) -> None:
        task = self._group.create_task(persist(lambda: _cut(clip, kept), f"clip {clip.pk}"))
        self._under_way[clip.pk] = task
        task.add_done_callback(lambda _: self._under_way.pop(clip.pk))


def _may_have(kept: Kept, clip: Clip) -> bool:
    """Return whether something of a moment is kept, or may come yet."""
    span = kept.ring.span
    is_closed = kept.closed_at is not None
    if span is None:
        return not is_closed
    return span[0] < clip.to_s and not (is_closed and span[1] <= clip.from_s)


async def _cut(clip: Clip, kept: Kept) -> None:
    """Cut a clip once its moment is over. What is not kept here is left to others, until nobody is waited for."""
    await _moment_over(clip, kept)
    reels, span = kept.ring.cut(clip.from_s, clip.to_s), kept.ring.span
    if span is None or not (reels or _covers(span, clip)):
        return
    if not await sync_to_async(operations.begin_saving)(clip, clock.now(), hold_s=_hold_s(clip, reels)):
        return
    if not reels:  # nothing came all the while
        await sync_to_async(operations.fail)(clip, NOT_KEPT)
        return
    try:
        seen = await asyncio.to_thread(_write, reels, folders.incoming(clip))
    except PortError as trouble:
        await _put_off(clip, str(trouble), can_wait=trouble.retryable)
    except CannotPlace as trouble:
        await _put_off(clip, PLACING[trouble.reason], can_wait=trouble.is_retryable)
    else:
        starts_s = min(packet.pts_s for packet in reels[0].packets)
        lacks = _shortcoming(clip, starts_s, min(clip.to_s, span[1]))
        await sync_to_async(_saved)(clip, seen, starts_s, lacks)


def _covers(span: tuple[float, float], clip: Clip) -> bool:
    return span[0] <= clip.from_s and clip.to_s <= span[1]


def _hold_s(clip: Clip, reels: list[Reel]) -> float:
    is_copied = len(reels) <= 1
    return operations.SAVING_S + (0.0 if is_copied else (clip.to_s - clip.from_s) * SLOWEST)


async def _moment_over(clip: Clip, kept: Kept) -> None:
    """Return once all of the moment was received, or nothing more of it will come."""
    live = clip.live
    left_s = (clip.to_s - (clock.now() - live.started_at).total_seconds()) if live else 0.0
    with suppress(TimeoutError):
        async with asyncio.timeout(max(left_s, 0.0) + OVERDUE_S):
            while kept.closed_at is None and (kept.ring.span is None or kept.ring.span[1] < clip.to_s):
                kept.news.clear()
                await kept.news.wait()


def _write(reels: list[Reel], path: Path) -> Look:
    """Write the file of a clip, anew where an earlier try left one. For a thread. Raises PortError, CannotPlace."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise PortError(f"{path.name} cannot be written: {error.strerror}.", retryable=True) from error
    registry.get(VideoFiles).write(reels, path)
    return look(path)


def _saved(clip: Clip, seen: Look, starts_s: float, lacks: str) -> None:
    """Note it, and give the file its name without waiting for the engine: it plays from then on."""
    if operations.note_saved(clip, seen, starts_s=starts_s, now=clock.now(), lacks=lacks):
        tasks.name_at_once(clip)
    else:
        folders.incoming(clip).unlink(missing_ok=True)


async def _put_off(clip: Clip, reason: str, *, can_wait: bool) -> None:
    """Try again as long as the moment is kept, where that may help."""
    if can_wait:
        await sync_to_async(operations.postpone)(clip, reason, now=clock.now())
    else:
        await sync_to_async(operations.fail)(clip, reason)


def _shortcoming(clip: Clip, starts_s: float, ends_s: float) -> str:
    """Return what of the moment is missing; nothing where all of it is there."""
    late_s, early_s = starts_s - clip.from_s, clip.to_s - ends_s
    if late_s > SHORT_S:
        return STARTS_LATE.format(round(late_s))
    if early_s > SHORT_S:
        return ENDS_EARLY.format(round(early_s))
    return clip.lacks
