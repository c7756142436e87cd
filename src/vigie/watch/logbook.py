"""What the watcher of a live writes down: few rows, each in a transaction of its own, off the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from vigie.ports import Fence
from vigie.runtime import clock, leases
from vigie.watch import operations, sinks
from vigie.watch.models import Channel, Live, LiveState, Track
from vigie.watch.operations import Ending
from vigie.watch.timeline import Hole, Mark

Written = TypeVar("Written")
Given = ParamSpec("Given")


class Logbook:
    """The rows of one live of a channel. Nothing is written before the live is opened.

    Everything raises LiveIsOver once someone else has closed the live, LeaseLost once someone else owns it.
    """

    def __init__(self, channel: Channel, live: Live | None, fence: Fence | None) -> None:
        """Go on with the live that is open, if there is one."""
        self.channel = channel
        self.live = live
        self.fence = fence
        self._heard_before_s = live.heard_s if live else 0.0
        self._counted = (
            Mark(live.epoch, live.heard_until_s, live.clock_shift_s) if live and live.epoch is not None else None
        )

    @classmethod
    async def of(cls, channel_id: int, fence: Fence | None = None) -> "Logbook":
        """Return the logbook of a channel. Raises Channel.DoesNotExist."""
        return await sync_to_async(_read)(channel_id, fence)

    @property
    def has_worked(self) -> bool:
        """Whether the media of the open live was had before; one that its platform tells of may never have been."""
        return self.live is not None and (self.live.epoch is not None or not self.channel.is_detected)

    async def mark(self) -> Mark | None:
        """Return how far the live was kept by an earlier owner; None for one that was not heard yet."""
        if self.live is None or self._counted is None:
            return None
        kept = await sync_to_async(sinks.kept_until)(self.live.pk)
        if kept is None:
            return self._counted
        epoch, until_s = max(kept[0], self._counted.epoch), kept[1]
        self._heard_before_s = max(0.0, self._heard_before_s + until_s - self._counted.heard_until_s)
        return Mark(epoch, until_s, self._counted.shift_s)

    async def open(self, title: str) -> Live:
        """Begin a live."""
        self.live = await self.write(operations.open_live, self.channel, title=title, now=clock.now())
        return self.live

    async def turn(self, state: LiveState, reason: str = "") -> None:
        """Show how the live does."""
        if self.live and (self.live.state, self.live.reason) != (state, reason):
            self.live.state, self.live.reason = state, reason  # first: sound may return while the row is written
            await self.write(operations.change_state, self.live.pk, state, reason)

    async def gap(self, hole: Hole, cause: str) -> None:
        """Tell what was not received."""
        if self.live:
            await self.write(operations.record_gap, self.live.pk, hole, cause)

    async def count(self, mark: Mark, heard_s: float) -> None:
        """Tell how far the live was heard, in this run `heard_s` seconds of sound."""
        if self.live and mark != self._counted:
            await self.write(operations.count_heard, self.live.pk, mark, self._heard_before_s + heard_s)
            self._counted = mark

    async def ended_s(self) -> float | None:
        """Return how long the live lasted, in seconds; None while it lasts."""
        live = await Live.objects.filter(pk=self.live.pk).afirst() if self.live else None
        return live.duration_s if live else None

    async def late_gap(self, hole: Hole, cause: str) -> None:
        """Tell what was not heard of a live that is over: nobody owns it any more."""
        if self.live:
            await sync_to_async(operations.record_late_gap)(self.live.pk, hole, cause, Track.MEDIA)

    async def picture(self, at_s: float, jpeg: bytes) -> None:
        """Keep what the picture is like now."""
        if self.live:
            await self.write(operations.save_picture, self.live.pk, at_s, jpeg)

    async def end(self, reason: str, *, is_over: bool) -> None:
        """Close the live; where its platform tells when it is over, let it be asked."""
        if self.live and self.channel.is_detected and is_over:
            await self.write(operations.doubt, self.channel.pk, clock.now())
        elif self.live and self.channel.is_detected:
            await self.turn(LiveState.NO_AUDIO, reason)
        elif self.live:
            await self.write(operations.end_live, self.live.pk, Ending(clock.now(), reason, is_over))

    async def is_unwanted(self) -> bool:
        """Return whether the channel is watched no longer."""
        channel = await Channel.objects.filter(pk=self.channel.pk).afirst()
        return channel is None or not channel.is_watched

    async def write(self, operation: Callable[Given, Written], *args: Given.args, **kwargs: Given.kwargs) -> Written:
        """Do an operation in a transaction that only the owner of the channel can commit."""

        def write() -> Written:
            with leases.holding(self.fence):
                return operation(*args, **kwargs)

        return await sync_to_async(write)()


def _read(channel_id: int, fence: Fence | None) -> Logbook:
    channel = Channel.objects.select_related("workspace").get(pk=channel_id)
    return Logbook(channel, Live.objects.filter(channel=channel, ended_at=None).first(), fence)
