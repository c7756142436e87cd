"""The watcher of one live: resolves, pulls, reconnects, until the live is over or no longer wanted."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass
from random import Random

import structlog
from django.utils.translation import gettext_noop

from vigie.events import AudioReceived, CaptionReceived, KeyframeReceived, MediaItem, MediaOpened, PacketsReceived
from vigie.ports import Handle, MediaSource, NotLive, PlacedCaption, PortError, Room
from vigie.runtime.leases import LeaseLost
from vigie.watch.hearing import Hearing
from vigie.watch.logbook import Logbook
from vigie.watch.models import LiveState
from vigie.watch.operations import NOT_RUNNING, LiveIsOver
from vigie.watch.reconnecting import Attempts, Patience, Stop

log = structlog.get_logger(__name__)

TICK_S = 1.0
SILENT_S = 15.0
"""A connection that brings no sound for that long is told."""
NO_SOUND = gettext_noop("the stream brings no sound")
OVER = gettext_noop("the source has ended")
PAUSED = gettext_noop("the live is paused")
MUTE = gettext_noop("the recording has no sound")
UNWANTED = gettext_noop("no longer watched")
TAKEN_OVER = "watched by another owner"
"""Never shown: who is told so has no part in the live any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How watching ended."""

    live_id: int | None
    """None when nothing ever came."""
    stop: Stop
    is_recording: bool


class Watcher:
    """Watches the live of one channel: the one that is open, else the one that begins."""

    def __init__(
        self, book: Logbook, media: MediaSource, *, patience: Patience, rng: Random, cause: str = NOT_RUNNING
    ) -> None:
        """Watch by `media`; `cause` is why a live that is open already was not heard until now."""
        self._cause = cause
        self._book = book
        self._media = media
        self._patience = patience
        self._rng = rng
        self._hearing = Hearing(book)
        self._attempts = Attempts(has_worked=book.has_worked)
        self._opened_at: float | None = None
        """When the present connection was opened, on the loop's clock."""

    async def watch(self) -> Outcome:
        """Watch until the live is over.

        Cancelled, it leaves the live open for the next owner, or ends it when its channel is watched no longer.
        """
        stop: Stop | None = None
        try:
            async with asyncio.TaskGroup() as group:
                looking = group.create_task(self._look_for_silence())
                stop = await self._follow()
                looking.cancel()
        finally:
            await self._close(stop)
        return Outcome(self._book.live.pk if self._book.live else None, stop, self._hearing.is_recording)

    async def explain_silence(self, reason: str) -> None:
        """Say why no sound comes; when it comes, it says so itself."""
        await self._book.turn(LiveState.NO_AUDIO, reason)

    async def caption(self, caption: PlacedCaption) -> None:
        """Hand on words of the platform that came by another way than the media."""
        if self._book.live:
            await self._hearing.placed_caption(caption)

    async def _follow(self) -> Stop:
        """Take the live up, connect again and again; return why it makes no sense any more."""
        try:
            await self._hearing.take_up(self._cause)
            while True:
                trouble = await self._pull()
                if trouble is None:
                    is_mute = self._hearing.is_recording and not self._hearing.was_heard
                    return Stop(MUTE, is_over=False) if is_mute else Stop(OVER, is_over=True)
                self._attempts, decision = self._attempts.failed(trouble, self._rng, self._patience)
                if isinstance(decision, Stop):
                    return decision
                await self._show(trouble)
                await asyncio.sleep(decision.delay_s)
        except LiveIsOver:
            return Stop(UNWANTED, is_over=True)
        except LeaseLost:
            return Stop(TAKEN_OVER, is_over=True)

    async def _pull(self) -> PortError | None:
        """Pull one connection to its end; return what broke it."""
        loop = asyncio.get_running_loop()
        try:
            with_packets = await self._hearing.wants_packets()
            address, room = self._book.channel.address, _room(self._book)
            location = await self._media.resolve(address, room, with_packets=with_packets)
            stream = self._media.stream(
                location, from_pts_s=self._hearing.resume_pts_s, was_live=self._hearing.was_live
            )
            async with aclosing(stream) as items:
                async for item in items:
                    await self._take(item, location.title)
        except PortError as error:
            return error
        finally:
            if self._opened_at is not None and (self._hearing.heard_at or not self._hearing.is_recording):
                self._attempts = self._attempts.connected(loop.time() - self._opened_at, self._patience)
            self._opened_at = None
        return None

    async def _take(self, item: MediaItem, title: str) -> None:
        match item:
            case AudioReceived():
                await self._hearing.sound(item)
            case CaptionReceived():
                await self._hearing.caption(item)
            case PacketsReceived():
                await self._hearing.packets(item)
            case KeyframeReceived():
                await self._hearing.picture(item)
            case MediaOpened() if self._opened_at is None:
                self._opened_at = asyncio.get_running_loop().time()
                await self._hearing.connect(item, title)
                if not item.has_audio:
                    await self._book.turn(LiveState.NO_AUDIO, NO_SOUND)
            case MediaOpened():
                await self._hearing.rebase()

    async def _show(self, trouble: PortError) -> None:
        """Tell that the live is interrupted; one that is on air without sound goes on as such."""
        log.info("watch.interrupted", channel=self._book.channel.pk, reason=str(trouble))
        self._hearing.interrupted_by = self._hearing.interrupted_by or str(trouble)
        self._hearing.is_said_over = isinstance(trouble, NotLive)
        if self._book.live and self._book.live.state != LiveState.NO_AUDIO:
            await self._book.turn(LiveState.RECONNECTING, str(trouble))

    async def _look_for_silence(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(LiveIsOver, LeaseLost):
            while True:
                await asyncio.sleep(TICK_S)
                await self._hearing.look_for_interruption()
                last_at = max(self._opened_at or 0.0, self._hearing.heard_at or 0.0)
                if self._opened_at is not None and loop.time() - last_at > SILENT_S:
                    await self._book.turn(LiveState.NO_AUDIO, NO_SOUND)

    async def _close(self, stop: Stop | None) -> None:
        """Let the sinks keep what they got, and close the live unless another owner will go on with it."""
        is_unwanted = stop is None and await self._book.is_unwanted()
        ending = Stop(UNWANTED, is_over=True) if is_unwanted else stop
        with suppress(LiveIsOver, LeaseLost):
            if ending:
                await self._hearing.tell_missing(is_unwanted=is_unwanted)
        with suppress(LeaseLost):
            await self._hearing.close()
        with suppress(LiveIsOver, LeaseLost):
            await self._hearing.count()
            if ending:
                await self._book.end(ending.reason, is_over=ending.is_over)
        await self._hearing.tell_lost_end()


def _room(book: Logbook) -> Room | None:
    """Return the broadcast that its platform told of; none where nobody tells."""
    channel = book.channel
    if not channel.is_detected:
        return None
    room_id = book.live.room_id if book.live else ""
    return Room(Handle(channel.address, channel.platform_id, room_id), room_id, channel.workspace_id)
