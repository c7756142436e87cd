"""What the reader of a chat writes down about its live; the messages themselves go to the chat writer."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec

import structlog
from asgiref.sync import sync_to_async
from django.db import DataError, IntegrityError, close_old_connections
from django.db import Error as DatabaseTrouble

from vigie.events import MessagesRemoved, ModeratorActed
from vigie.people import presets
from vigie.runtime import clock
from vigie.watch import operations
from vigie.watch.logbook import Logbook
from vigie.watch.models import ChatState, Live, Presence, Track
from vigie.watch.operations import chat, counts, reach
from vigie.watch.timeline import Hole

log = structlog.get_logger(__name__)
Given = ParamSpec("Given")

PAUSE_S = 1.0
"""Before what must not be lost is tried again."""


class ChatLog:
    """The rows of one live that its chat concerns. Raises LiveIsOver and LeaseLost as the logbook does.

    Trouble with the database breaks no connection: what is told again soon is left out, what is told once is written
    in the end.
    """

    def __init__(self, book: Logbook, live: Live) -> None:
        self._book = book
        self._live = live

    async def is_wanted(self) -> bool:
        """Return whether the team reads chats, and the live is there."""
        live = await Live.objects.select_related("channel__workspace").filter(pk=self._live.pk).afirst()
        return live is not None and live.channel.workspace.has(presets.CHAT)

    async def room_id(self) -> str:
        """Return the room that the platform was last seen to broadcast in."""
        presence = await Presence.objects.filter(channel=self._live.channel_id).afirst()
        return (presence.room_id if presence else "") or self._live.room_id

    async def enter(self, room_id: str) -> None:
        """Write down in which room the live goes on."""
        is_another = room_id and room_id != self._live.room_id
        if is_another and await self._write(operations.enter_room, self._live.pk, room_id):
            self._live.room_id = room_id

    async def turn(self, state: ChatState, reason: str = "") -> None:
        """Show how the chat does."""
        if (self._live.chat_state, self._live.chat_reason) != (state, reason) and await self._write(
            operations.change_chat_state, self._live.pk, state, reason
        ):
            self._live.chat_state, self._live.chat_reason = state, reason

    async def keep(self, until_s: float) -> None:
        """Write down how far the chat was read, in seconds since the live started."""
        await self._write(operations.count_chat, self._live.pk, until_s)

    async def viewers(self, at_s: float, viewers: int) -> None:
        """Write down how many watched at a moment."""
        await self._write(counts.count_viewers, self._live.pk, at_s, viewers)

    async def removed(self, removed: MessagesRemoved) -> None:
        """Note what the platform's moderators took away."""
        await self._write_surely(chat.mark_removed, self._live, removed)

    async def moderated(self, act: ModeratorActed, at_s: float) -> None:
        """Mark what a moderator of the platform did."""
        await self._write_surely(operations.mark_act, self._live, act, at_s)

    async def doubt(self) -> None:
        """Let the channel be looked at: its chat says that the live is over."""
        await self._write(operations.doubt, self._live.channel_id, clock.now())

    async def gap(self, hole: Hole, cause: str) -> None:
        """Tell what was not received of the chat, also of a live that is over by now."""
        await self._write_surely(operations.record_late_gap, self._live.pk, hole, cause, Track.CHAT)

    async def reckon(self) -> None:
        """Ask what the counts of the live mean."""
        await self._try(sync_to_async(reach.reckon), self._live.pk, clock.now())

    async def is_over(self) -> bool:
        """Return whether the live has ended, or its channel is watched no longer."""
        live = await Live.objects.select_related("channel").filter(pk=self._live.pk).afirst()
        return live is None or live.ended_at is not None or not live.channel.is_watched

    async def _write(self, operation: Callable[Given, object], *args: Given.args, **kwargs: Given.kwargs) -> bool:
        return await self._try(self._book.write, operation, *args, **kwargs)

    async def _write_surely(
        self, operation: Callable[Given, object], *args: Given.args, **kwargs: Given.kwargs
    ) -> None:
        """Write what is told only once, however long the database is away."""
        while not await self._write(operation, *args, **kwargs):  # noqa: ASYNC110 -- nobody tells when
            await asyncio.sleep(PAUSE_S)

    async def _try(self, write: Callable[..., object], *args: object, **kwargs: object) -> bool:
        """Return whether it was written, or no database would ever take it."""
        try:
            await write(*args, **kwargs)  # type: ignore[misc] # a coroutine function
        except (IntegrityError, DataError) as error:
            log.warning("chat_not_written", live=self._live.pk, error=str(error))
        except DatabaseTrouble as error:
            log.warning("chat_database", live=self._live.pk, error=str(error))
            await sync_to_async(close_old_connections)()
            return False
        return True
