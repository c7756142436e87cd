"""Watches a broadcast that its platform said is on air: its sound and its chat, side by side, until it is over.

Neither ends the live: when one says that it is over, the platform is asked (`detecting`), and the row says so.
Trouble in one does not touch the other.
"""

import asyncio
from contextlib import suppress
from random import Random

from asgiref.sync import sync_to_async

from vigie.people import presets
from vigie.ports import ChatSource, Fence, MediaSource, PlacedCaption, PortError
from vigie.runtime import registry
from vigie.runtime.leases import LeaseLost
from vigie.runtime.supervisor import persist
from vigie.watch import chatwriter, operations
from vigie.watch.chatlog import ChatLog
from vigie.watch.chatting import Chatting
from vigie.watch.hearing import Hearing
from vigie.watch.logbook import Logbook
from vigie.watch.models import ChatState, Live, LiveState, Track
from vigie.watch.operations import NOT_RUNNING, TAKEN_FOR_OVER
from vigie.watch.reconnecting import Patience
from vigie.watch.timeline import Hole
from vigie.watch.watcher import NO_SOUND, PAUSED, Watcher

HEAR_AGAIN_S = 15.0
"""How long after its sound was given up it is tried again, while the live is open."""
REFUSED_S = 120.0
LOOK_S = 5.0
"""How often it is looked whether the team reads this chat (again)."""
PATIENCE = Patience(tries=3)


class Broadcast:
    """The open live of one channel: the stage of its chat and its sound."""

    def __init__(self, channel_id: int, held: Fence | None, rng: Random) -> None:
        self._channel_id = channel_id
        self._held = held
        self._rng = rng
        self._watcher: Watcher | None = None
        self._words: Hearing | None = None
        """Takes the platform's words while its sound cannot be had; opened by the first of them."""
        self._is_resting = False
        self._turn = asyncio.Lock()
        self._refused_by = ""
        """Why the sound cannot be had, while nobody listens."""

    async def watch(self) -> None:
        """Watch until the live is over. Cancelled, it leaves the live as it is, for the next owner."""
        book = await Logbook.of(self._channel_id, self._held)
        live = book.live
        if live is None:
            return
        source = registry.find(ChatSource, book.channel.platform)
        try:
            async with asyncio.TaskGroup() as group:
                if source:
                    group.create_task(persist(lambda: self._read(live.pk, source), f"chat of live {live.pk}"))
                await persist(lambda: self._hear(live.pk), f"sound of live {live.pk}")
        finally:
            await sync_to_async(_tell_refused)(live.pk, self._refused_by)

    async def _hear(self, live_id: int) -> None:
        """Hear the sound, again and again, until the live is over."""
        cause = ""
        while await sync_to_async(_is_open)(live_id):
            book = await Logbook.of(self._channel_id, self._held)
            media = registry.find(MediaSource, book.channel.platform) or registry.get(MediaSource)
            self._watcher = Watcher(book, media, patience=PATIENCE, rng=self._rng, cause=cause or _cause_of(book))
            self._refused_by = ""
            try:
                outcome = await self._watcher.watch()
            finally:
                self._watcher = None
            cause = outcome.stop.reason
            self._refused_by = "" if outcome.stop.is_over else cause
            await self._rest(HEAR_AGAIN_S if outcome.stop.is_over else REFUSED_S)

    async def _rest(self, seconds: float) -> None:
        """Let the sound be for so long; words of the platform are taken meanwhile."""
        self._is_resting = True
        try:
            await asyncio.sleep(seconds)
        finally:
            self._is_resting = False
            async with self._turn:
                words, self._words = self._words, None
                if words:
                    with suppress(LeaseLost):
                        await words.close()

    async def _take_alone(self, caption: PlacedCaption) -> None:
        async with self._turn:
            if self._is_resting and self._words is None:
                self._words = await self._words_taken_up()
            if self._words:
                await self._words.placed_caption(caption)

    async def _words_taken_up(self) -> Hearing:
        words = Hearing(await Logbook.of(self._channel_id, self._held))
        try:
            await words.take_up()
        except BaseException:
            await words.close()
            raise
        return words

    async def _read(self, live_id: int, source: ChatSource) -> None:
        """Read the chat while the team reads it, until the live is over."""
        while await sync_to_async(_is_open)(live_id):
            book = await Logbook.of(self._channel_id, self._held)
            if book.live is None:
                return
            if book.channel.workspace.has(presets.CHAT):
                chatting = Chatting(book, book.live, writer=chatwriter.current(), rng=self._rng, stage=self)
                try:
                    await chatting.follow(source)
                except LeaseLost:
                    return
            else:
                await ChatLog(book, book.live).turn(ChatState.NONE)
            await asyncio.sleep(LOOK_S)

    async def caption(self, caption: PlacedCaption) -> None:
        """Hand words that came with the chat to whoever takes those of the sound."""
        if self._watcher:
            await self._watcher.caption(caption)
        elif self._is_resting:
            with suppress(PortError):  # no place to keep them
                await self._take_alone(caption)

    async def pause(self, *, is_paused: bool) -> None:
        """Say why no sound comes; when it comes, it says so itself."""
        reason = PAUSED if is_paused else NO_SOUND
        if self._watcher:
            await self._watcher.explain_silence(reason)
        else:
            book = await Logbook.of(self._channel_id, self._held)
            await book.turn(LiveState.NO_AUDIO, reason)


def _is_open(live_id: int) -> bool:
    return Live.objects.filter(pk=live_id, ended_at=None).exists()


def _tell_refused(live_id: int, cause: str) -> None:
    """Tell that the end of a live was not heard, when it ended while its sound was refused."""
    live = Live.objects.filter(pk=live_id).first()
    if live and live.duration_s is not None and cause:
        operations.record_late_gap(live_id, Hole(live.heard_until_s, live.duration_s), cause, Track.MEDIA)


def _cause_of(book: Logbook) -> str:
    """Return why a live that is open already was not heard until now."""
    return TAKEN_FOR_OVER if book.live and book.live.reason == TAKEN_FOR_OVER else NOT_RUNNING
