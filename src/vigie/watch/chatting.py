"""Follows the chat of one live: connects again and again, stores what comes, tells what was not received."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, cast

import structlog
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
from vigie.watch.chatlog import ChatLog
from vigie.watch.chatters import Audience
from vigie.watch.chatwriter import ChatWriter
from vigie.watch.logbook import Logbook
from vigie.watch.models import ChatState, Live, LiveState
from vigie.watch.operations import LiveIsOver
from vigie.watch.operations.chat import Heard
from vigie.watch.reconnecting import Attempts, Patience, Wait
from vigie.watch.timeline import Hole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

log = structlog.get_logger(__name__)

STALLED_S = 30.0
"""A connection may have been dead for so long before that is noticed: what came last says when it was alive."""
KEEP_S = 5.0
"""How often it is written down how far the chat was read."""
PATIENCE = Patience(first_s=1.0, longest_s=60.0, healthy_s=30.0, tries=10**6, refusals=10**6, answers=10**6)
"""A chat is never given up while its live is open: one that is refused may be mended by a person meanwhile."""
NOT_RUNNING = gettext_noop("Vigie was not running")
PAUSED = gettext_noop("the live is paused")

TellCaption = Callable[[PlacedCaption], "Awaitable[None]"]


class Chatting:
    """The chat of one live, from now to its end."""

    def __init__(self, book: Logbook, live: Live, *, writer: ChatWriter, rng: Random, captions: TellCaption) -> None:
        """Read for `live`; words of the platform that come with its chat go to `captions`."""
        channel = book.channel
        workspace = channel.workspace
        self._book = book
        self._log = ChatLog(book, live)
        self._live = live
        self._writer = writer
        self._rng = rng
        self._captions = captions
        self._audience = Audience(workspace.pk, channel.platform, workspace.pseudonymises)
        self._handle = Handle(channel.address, channel.platform_id, live.room_id)
        self._broken: tuple[float, str] | None = (
            (live.chat_until_s, NOT_RUNNING) if live.chat_until_s is not None else None
        )
        self._is_open = False
        self._last_s = 0.0
        self._attempts = Attempts(has_worked=True)

    async def follow(self, source: ChatSource, patience: Patience = PATIENCE) -> None:
        """Read until the live is over; cancelled, keep how far it was read."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_place())
                await self._follow(source, patience)
        except* (LiveIsOver, LeaseLost):
            log.info("chat_over", live=self._live.pk)
        finally:
            await self._close()

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
            async with aclosing(cast("AsyncGenerator[RoomItem]", source.chat(self._room()))) as items:
                async for item in items:
                    self._last_s = self._now_s()
                    await self._take(item)
            return PortError("the chat was closed", retryable=True)
        except PortError as error:
            return error
        finally:
            if self._is_open:
                self._attempts = self._attempts.connected(loop.time() - began, patience)

    def _room(self) -> Room:
        return Room(self._handle, self._live.room_id, self._audience.workspace_id)

    async def _take(self, item: RoomItem) -> None:  # noqa: C901 -- one case a kind of item
        match item:
            case ActivityReceived():
                await self._writer.put(Heard(self._live.pk, self._live.started_at, self._audience, item))
            case AudienceCounted() if item.viewers is not None:
                await self._log.viewers(self._offset(item.at), item.viewers)
            case CaptionSpoken():
                start_s = self._offset(item.at)
                await self._captions(PlacedCaption(start_s, start_s + item.duration_s, item.text, item.language))
            case RoomOpened():
                await self._open(item)
            case MessagesRemoved():
                await self._writer.settle()
                await self._log.removed(item)
            case ModeratorActed():
                await self._log.moderated(item, self._offset(item.at))
            case RoomPaused() if item.is_paused:
                await self._book.turn(LiveState.NO_AUDIO, PAUSED)
            case RoomEnded():
                await self._log.doubt()
                raise PortError(item.reason, retryable=True)

    async def _open(self, opened: RoomOpened) -> None:
        if self._broken:
            await self._log.gap(Hole(self._broken[0], max(self._broken[0], self._now_s())), self._broken[1])
        self._broken, self._is_open = None, True
        if opened.room_id and opened.room_id != self._live.room_id:
            self._live.room_id = opened.room_id
        await self._log.turn(ChatState.OK)
        await self._log.keep(self._now_s())

    async def _tell(self, trouble: PortError) -> None:
        """Tell that the chat is interrupted, and since when: the last thing it brought, half a minute ago at most."""
        log.info("chat_interrupted", live=self._live.pk, reason=str(trouble))
        if self._broken is None:
            since_s = max(self._last_s, self._now_s() - STALLED_S) if self._is_open else 0.0
            self._broken = (since_s, str(trouble))
        self._is_open = False
        await self._log.turn(ChatState.REFUSED if trouble.permanent else ChatState.BROKEN, str(trouble))

    async def _keep_place(self) -> None:
        while True:
            await asyncio.sleep(KEEP_S)
            await self._keep()

    async def _keep(self) -> None:
        if self._is_open:
            await self._writer.settle()
            await self._log.keep(self._now_s())

    async def _close(self) -> None:
        """Keep what came, and tell what is missing at the end."""
        with suppress(LiveIsOver, LeaseLost):
            await self._keep()
        if self._broken and await self._log.is_over():
            await self._log.gap(Hole(self._broken[0], self._now_s()), self._broken[1])

    def _offset(self, at: datetime) -> float:
        return max(0.0, (at - self._live.started_at).total_seconds())

    def _now_s(self) -> float:
        return self._offset(clock.now())
