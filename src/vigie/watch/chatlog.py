"""What the reader of a chat writes down about its live; the messages themselves go to the chat writer."""

from asgiref.sync import sync_to_async

from vigie.events import MessagesRemoved, ModeratorActed
from vigie.runtime import clock
from vigie.watch import operations
from vigie.watch.logbook import Logbook
from vigie.watch.models import ChatState, Live
from vigie.watch.operations import chat, counts
from vigie.watch.timeline import Hole


class ChatLog:
    """The rows of one live that its chat concerns. Raises LiveIsOver and LeaseLost as the logbook does."""

    def __init__(self, book: Logbook, live: Live) -> None:
        self._book = book
        self._live = live

    async def turn(self, state: ChatState, reason: str = "") -> None:
        """Show how the chat does."""
        if (self._live.chat_state, self._live.chat_reason) != (state, reason):
            self._live.chat_state, self._live.chat_reason = state, reason
            await self._book.write(operations.change_chat_state, self._live.pk, state, reason)

    async def keep(self, until_s: float) -> None:
        """Write down how far the chat was read, in seconds since the live started."""
        await self._book.write(operations.count_chat, self._live.pk, until_s)

    async def viewers(self, at_s: float, viewers: int) -> None:
        """Write down how many watched at a moment."""
        await self._book.write(counts.count_viewers, self._live.pk, at_s, viewers)

    async def removed(self, removed: MessagesRemoved) -> None:
        """Note what the platform's moderators took away."""
        await self._book.write(chat.mark_removed, self._live, removed)

    async def moderated(self, act: ModeratorActed, at_s: float) -> None:
        """Mark what a moderator of the platform did."""
        await self._book.write(operations.mark_act, self._live, act, at_s)

    async def doubt(self) -> None:
        """Let the channel be looked at: its chat says that the live is over."""
        await self._book.write(operations.doubt, self._live.channel_id, clock.now())

    async def gap(self, hole: Hole, cause: str) -> None:
        """Tell what was not received of the chat, also of a live that is over by now."""
        await sync_to_async(operations.record_chat_gap)(self._live.pk, hole, cause)

    async def is_over(self) -> bool:
        """Return whether the live has ended, or its channel is watched no longer."""
        live = await Live.objects.select_related("channel").filter(pk=self._live.pk).afirst()
        return live is None or live.ended_at is not None or not live.channel.is_watched
