"""Follows the chat of one live: connects again and again, stores what comes, tells what was not received."""

import asyncio
from contextlib import aclosing, suppress
from datetime import datetime
from random import Random
from typing import Protocol

import structlog
from django.db import Error as DatabaseTrouble
from django.utils.translation import gettext_noop

from vigie.events import (
    ActivityReceived,
    AudienceCounted,
    CaptionSpoken,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
    RoomItem,
    RoomOpened,
    RoomPaused,
)
from vigie.ports import ChatSource, Handle, PlacedCaption, PortError, Room
from vigie.runtime import clock
from vigie.runtime.leases import LeaseLost
from vigie.runtime.supervisor import reraise_cancelled
from vigie.watch.arrivals import Arrivals
from vigie.watch.chatlog import ChatLog
from vigie.watch.chatters import Audience
from vigie.watch.chatwriter import ChatWriter
from vigie.watch.logbook import Logbook
from vigie.watch.models import ChatState, Live
from vigie.watch.operations import NOT_RUNNING, TAKEN_FOR_OVER, LiveIsOver
from vigie.watch.operations.chat import Heard
from vigie.watch.reconnecting import Attempts, Patience, Wait
from vigie.watch.timeline import Hole

log = structlog.get_logger(__name__)

STALLED_S = 30.0
"""A connection may have been dead for so long before that is noticed: what came last says when it was alive."""
UNCOUNTED_S = 300.0
"""Of what was read so shortly before a restart, the counts may be missing."""
KEEP_S = 5.0
"""How often it is written down how far the chat was read, and looked whether the team still reads it."""
UNDER_WAY_S = 2.0
"""What was written so shortly before may still be under way: it does not count as read."""
RECKON_S = 10.0
"""How often it is asked what the counts of the live mean."""
JOIN_S = 1.0
"""What a live that has just begun may be read late: no gap is told of it."""
CLOSE_S = 5.0
"""How long the end may take: with the database away, the next owner tells the gap."""
PATIENCE = Patience(first_s=1.0, longest_s=60.0, healthy_s=30.0, tries=10**6, refusals=10**6, answers=10**6)
"""A chat is never given up while its live is open: one that is refused may be mended by a person meanwhile."""
NOT_CONNECTED = gettext_noop("the chat was not connected yet")
NOT_READ = gettext_noop("the team read no chats")


class Stage(Protocol):
    """What else happens in the live whose chat is read."""

    async def caption(self, caption: PlacedCaption) -> None:
        """Take words of the platform that come with the chat."""
        ...

    async def pause(self, *, is_paused: bool) -> None:
        """Show that the broadcaster paused the live, or goes on."""
        ...


class ChatUnwanted(Exception):
    """The team reads this chat no longer."""


class Chatting:
    """The chat of one live, from now to its end."""

    def __init__(self, book: Logbook, live: Live, *, writer: ChatWriter, rng: Random, stage: Stage) -> None:
        """Read for `live`, and tell `stage` what concerns more than the chat."""
        channel = book.channel
        self._log = ChatLog(book, live)
        self._live = live
        self._writer = writer
        self._rng = rng
        self._stage = stage
        self._audience = Audience(channel.workspace_id, channel.platform)
        self._handle = Handle(channel.address, channel.platform_id, live.room_id)
        self._broken: tuple[float, str] | None = (live.chat_until_s or 0.0, _cause_of(live))
        self._is_open = self._has_ended = False
        self._arrivals = Arrivals()
        self._attempts = Attempts(has_worked=True)

    async def follow(self, source: ChatSource, patience: Patience = PATIENCE) -> None:
        """Read until the live is over, or the team reads its chat no longer; cancelled, keep how far it was read.

        Raises LeaseLost once another owner reads it.
        """
        over: BaseException | None = None
        try:
            await self._writer.count_again(self._live.pk, (self._live.chat_until_s or 0.0) - UNCOUNTED_S)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_place())
                group.create_task(self._reckon())
                await self._follow(source, patience)
        except* (LiveIsOver, LeaseLost, ChatUnwanted) as ended:
            over = ended.exceptions[0]
        finally:
            await self._close()
        reraise_cancelled()
        log.info("chat_over", live=self._live.pk, reason=type(over).__name__)
        if isinstance(over, LeaseLost):
            raise over

    async def _follow(self, source: ChatSource, patience: Patience) -> None:
        while True:
            trouble = await self._read(source, patience)
            await self._tell(trouble)
            self._attempts, decision = self._attempts.failed(trouble, self._rng, patience)
            delay_s = decision.delay_s if isinstance(decision, Wait) else patience.longest_s
            await asyncio.sleep(max(delay_s, patience.longest_s) if trouble.permanent else delay_s)

    async def _read(self, source: ChatSource, patience: Patience) -> PortError:
        """Read one connection to its end; return what broke it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with aclosing(source.chat(await self._room())) as items:
                async for item in items:
                    self._arrivals.begin()
                    await self._take(item)
                    self._note(item)
            return PortError("the chat was closed", retryable=True)
        except PortError as error:
            return error
        finally:
            if self._is_open:
                self._attempts = self._attempts.connected(loop.time() - began, patience)

    async def _room(self) -> Room:
        """Return where to read: the room that was seen last; after one that ended, the platform says which is next."""
        room_id = "" if self._has_ended else await self._log.room_id()
        return Room(self._handle, room_id, self._audience.workspace_id)

    async def _take(self, item: RoomItem) -> None:  # noqa: C901 -- one case a kind of item
        match item:
            case ActivityReceived():
                await self._writer.put(Heard(self._live.pk, self._offset(item.at), self._audience, item))
            case AudienceCounted() if item.viewers is not None:
                await self._log.viewers(self._offset(item.at), item.viewers)
            case CaptionSpoken():
                start_s = self._offset(item.at)
                caption = PlacedCaption(start_s, start_s + item.duration_s, item.text, item.language)
                await self._stage.caption(caption)
            case RoomOpened():
                await self._open(item)
            case MessagesRemoved():
                await self._writer.settle()
                await self._log.removed(item)
            case ModeratorActed():
                await self._log.moderated(item, self._offset(item.at))
            case RoomPaused():
                await self._stage.pause(is_paused=item.is_paused)
            case RoomEnded():
                self._note(item)
                self._has_ended = True
                await self._log.doubt()
                raise PortError(item.reason, retryable=True)

    def _note(self, item: RoomItem) -> None:
        """Remember that everything up to an item came; what is replayed says nothing of that, nor does a beginning."""
        is_replayed = isinstance(item, ActivityReceived) and item.is_history
        at_s = None if isinstance(item, RoomOpened) or is_replayed else self._offset(item.at)
        self._arrivals.end(at_s, self._now_s())

    async def _open(self, opened: RoomOpened) -> None:
        self._arrivals = Arrivals(last_s=self._now_s())
        if self._broken:
            from_s, cause = self._broken
            hole = Hole(from_s, max(from_s, self._arrivals.last_s))
            if cause != NOT_CONNECTED or hole.to_s > JOIN_S:
                await self._log.gap(hole, cause)
        self._broken, self._is_open, self._has_ended = None, True, False
        await self._log.enter(opened.room_id)
        await self._log.turn(ChatState.OK)
        await self._writer.settle()
        await self._log.keep(self._arrivals.last_s)

    async def _tell(self, trouble: PortError) -> None:
        """Tell that the chat is interrupted, and since when: the last thing it brought, half a minute ago at most."""
        log.info("chat_interrupted", live=self._live.pk, reason=str(trouble))
        if self._broken is None:
            since_s = self._arrivals.until_s(self._now_s(), within_s=STALLED_S) if self._is_open else 0.0
            self._broken = (since_s, str(trouble))
        elif self._broken[1] == NOT_CONNECTED:
            self._broken = (self._broken[0], str(trouble))
        self._is_open = False
        await self._log.turn(ChatState.REFUSED if trouble.permanent else ChatState.BROKEN, str(trouble))

    async def _keep_place(self) -> None:
        while True:
            await asyncio.sleep(KEEP_S)
            with suppress(DatabaseTrouble):
                await self._keep(STALLED_S)
                if not await self._log.is_wanted():
                    raise ChatUnwanted

    async def _reckon(self) -> None:
        while True:
            await asyncio.sleep(RECKON_S)
            await self._log.reckon()

    async def _keep(self, within_s: float) -> None:
        """Write down how far the chat was read, once what came before is stored."""
        if self._is_open:
            until_s = self._arrivals.until_s(self._now_s(), within_s=within_s)
            await self._writer.settle()
            if self._is_open:  # not broken meanwhile
                await self._log.keep(until_s)

    async def _close(self) -> None:
        """Keep what came until now, and tell what is missing at the end; where the platform said so, nothing is."""
        now_s = self._now_s()
        with suppress(LiveIsOver, LeaseLost, TimeoutError, DatabaseTrouble):
            async with asyncio.timeout(CLOSE_S):
                if await self._log.is_over():
                    await self._close_over(now_s)
                else:
                    await self._keep(UNDER_WAY_S)

    async def _close_over(self, now_s: float) -> None:
        if self._broken and not self._has_ended:
            await self._log.gap(Hole(self._broken[0], now_s), self._broken[1])
        await self._writer.settle()
        await self._writer.tally()
        await self._log.reckon()

    def _offset(self, at: datetime) -> float:
        """Return a moment in seconds since the live started: neither before it, nor later than now."""
        return min(max(0.0, (at - self._live.started_at).total_seconds()), self._now_s())

    def _now_s(self) -> float:
        return max(0.0, (clock.now() - self._live.started_at).total_seconds())


def _cause_of(live: Live) -> str:
    """Return why a live's chat was not read until now."""
    if live.chat_until_s is None:
        return NOT_CONNECTED
    if live.reason == TAKEN_FOR_OVER:
        return TAKEN_FOR_OVER
    return NOT_READ if live.chat_state == ChatState.NONE else NOT_RUNNING
