"""Cuts clips out of what this process keeps of its lives, as soon as each moment is over. One task a process."""

import asyncio
from contextlib import suppress
from pathlib import Path

import structlog
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from vigie.clips import folders, operations, queries, rings
from vigie.clips.models import Clip
from vigie.clips.placing import CannotPlace, Look, look
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

_news = asyncio.Event()
_loops: list[asyncio.AbstractEventLoop] = []


def wake(_: ClipChanged) -> None:
    """Look at once: a clip was asked for by this process. From any thread."""
    for loop in _loops:
        loop.call_soon_threadsafe(_news.set)


async def run() -> None:
    """Cut whatever is due, until cancelled."""
    _loops[:] = [asyncio.get_running_loop()]
    try:
        async with asyncio.TaskGroup() as group:
            await persist(lambda: _watch(group), "cutting of clips")
    finally:
        _loops.clear()


async def _watch(group: asyncio.TaskGroup) -> None:
    under_way: set[int] = set()
    while True:
        _news.clear()
        now_s = asyncio.get_running_loop().time()
        rings.forget_old(now_s)
        lives = rings.lives()
        for clip in await sync_to_async(queries.waiting_for_cut)(lives) if lives else ():
            kept = rings.of_live(clip.live_id or 0)
            if kept and clip.pk not in under_way:
                under_way.add(clip.pk)
                group.create_task(_cut_in_time(clip, kept)).add_done_callback(
                    lambda _, pk=clip.pk: under_way.discard(pk)  # type: ignore[misc]
                )
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await _news.wait()


async def _cut_in_time(clip: Clip, kept: Kept) -> None:
    """Wait until the moment is over, then cut it."""
    await persist(lambda: _cut(clip, kept), f"clip {clip.pk}")


async def _cut(clip: Clip, kept: Kept) -> None:
    await _moment_over(clip, kept)
    if not await sync_to_async(operations.begin_saving)(clip, clock.now()):
        return
    reels = kept.ring.cut(clip.from_s, clip.to_s)
    span = kept.ring.span
    if not reels or span is None or span[0] >= clip.to_s:
        await sync_to_async(operations.fail)(clip, operations.NOT_KEPT)
        return
    starts_s = min(packet.pts_s for packet in reels[0].packets)
    ends_s = min(clip.to_s, span[1])
    try:
        seen = await asyncio.to_thread(_write, reels, folders.incoming(clip))
    except (PortError, CannotPlace) as trouble:
        await sync_to_async(operations.fail)(clip, str(trouble))
        return
    reason = _shortcoming(clip, starts_s, ends_s)
    await sync_to_async(operations.note_saved)(clip, seen, starts_s=starts_s, now=clock.now(), reason=reason)


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
    """Write the file of a clip, anew where an earlier try left one. For a thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    registry.get(VideoFiles).write(reels, path)
    return look(path)


def _shortcoming(clip: Clip, starts_s: float, ends_s: float) -> str:
    """Return what of the moment is missing, in words; nothing where all of it is there."""
    late_s, early_s = starts_s - clip.from_s, clip.to_s - ends_s
    if late_s > SHORT_S:
        return _("The first %(seconds)d seconds asked for were not kept any more.") % {"seconds": round(late_s)}
    if early_s > SHORT_S:
        return _("The last %(seconds)d seconds asked for did not come.") % {"seconds": round(early_s)}
    return ""
