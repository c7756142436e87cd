"""Watches a broadcast that its platform said is on air: its sound and its chat, side by side, until it is over.

Neither ends the live: when one says that it is over, the platform is asked (`detecting`), and the row says so.
"""

import asyncio
from random import Random

from asgiref.sync import sync_to_async

from vigie.people import presets
from vigie.ports import ChatSource, Fence, MediaSource, PlacedCaption
from vigie.runtime import registry
from vigie.watch import chatwriter
from vigie.watch.chatting import Chatting
from vigie.watch.hearing import NOT_RUNNING
from vigie.watch.logbook import Logbook
from vigie.watch.models import Live
from vigie.watch.reconnecting import Patience
from vigie.watch.watcher import Watcher

HEAR_AGAIN_S = 15.0
"""How long after its sound was given up it is tried again, while the live is open."""
REFUSED_S = 120.0
PATIENCE = Patience(tries=3)


class Broadcast:
    """The open live of one channel."""

    def __init__(self, channel_id: int, held: Fence | None, rng: Random) -> None:
        self._channel_id = channel_id
        self._held = held
        self._rng = rng
        self._watcher: Watcher | None = None

    async def watch(self) -> None:
        """Watch until the live is over. Cancelled, it leaves the live as it is, for the next owner."""
        book = await Logbook.of(self._channel_id, self._held)
        live = book.live
        if live is None:
            return
        source = registry.find(ChatSource, book.channel.platform)
        async with asyncio.TaskGroup() as group:
            if source and book.channel.workspace.has(presets.CHAT):
                chatting = Chatting(book, live, writer=chatwriter.current(), rng=self._rng, captions=self._caption)
                group.create_task(chatting.follow(source))
            await self._hear(live.pk)

    async def _hear(self, live_id: int) -> None:
        """Hear the sound, again and again, until the live is over."""
        cause = NOT_RUNNING
        while await sync_to_async(_is_open)(live_id):
            book = await Logbook.of(self._channel_id, self._held)
            media = registry.find(MediaSource, book.channel.platform) or registry.get(MediaSource)
            self._watcher = Watcher(book, media, patience=PATIENCE, rng=self._rng, cause=cause)
            outcome = await self._watcher.watch()
            self._watcher = None
            cause = outcome.stop.reason
            await asyncio.sleep(HEAR_AGAIN_S if outcome.stop.is_over else REFUSED_S)

    async def _caption(self, caption: PlacedCaption) -> None:
        """Hand words that came with the chat to whoever takes those of the sound."""
        if self._watcher:
            await self._watcher.caption(caption)


def _is_open(live_id: int) -> bool:
    return Live.objects.filter(pk=live_id, ended_at=None).exists()
