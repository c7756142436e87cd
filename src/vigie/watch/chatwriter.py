"""Writes what audiences do: one task a process, in batches, so that a row costs little and nobody else waits long."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseTrouble
from django.db import IntegrityError, close_old_connections

from vigie.runtime import clock
from vigie.watch.models import Live
from vigie.watch.operations import chat, counts, reach
from vigie.watch.operations.chat import Heard, Roll

log = structlog.get_logger(__name__)

GATHER_S = 0.25
MOST = 1000
"""Rows of a batch."""
HELD = 20_000
"""What may wait; beyond it, whoever reads a chat waits, and the platform's server with them."""
RECOUNT_S = 2.0
RECKON_S = 10.0
"""How often it is asked what the counts mean."""
PAUSE_S = 1.0
"""Before trouble with the database is tried again: nothing is dropped for it."""


class ChatWriter:
    """Stores what is put, in order, once."""

    def __init__(self, held: int = HELD) -> None:
        """Let `held` wait at most."""
        self.stored = 0
        """Rows written so far."""
        self._waiting: asyncio.Queue[Heard] = asyncio.Queue(held)
        self._roll = Roll()
        self._touched: dict[int, set[int]] = defaultdict(set)
        self._active: set[int] = set()
        self._reckoned_at = 0.0
        self._recounted_at = 0.0

    async def put(self, heard: Heard) -> None:
        """Have something written; waits while too much does."""
        await self._waiting.put(heard)

    async def settle(self) -> None:
        """Return once everything put so far is written and counted."""
        await self._waiting.join()
        await self._recount()

    async def run(self) -> None:
        """Write until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            batch = await self._gather()
            await self._store(batch)
            if loop.time() - self._recounted_at >= RECOUNT_S:
                await self._recount()
            for _ in batch:
                self._waiting.task_done()

    async def _gather(self) -> list[Heard]:
        """Return what came within a quarter of a second, or as much as a batch holds; nothing when nothing comes."""
        batch: list[Heard] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(RECOUNT_S if self._touched else None) as waiting:
                batch.append(await self._waiting.get())
                waiting.reschedule(asyncio.get_running_loop().time() + GATHER_S)
                while len(batch) < MOST:
                    batch.append(await self._waiting.get())
        return batch

    async def _store(self, batch: list[Heard]) -> None:
        while batch:
            try:
                self.stored += await sync_to_async(chat.store_chat)(batch, self._roll, clock.now())
            except IntegrityError:  # another process wrote the same, or a chatter or the live was erased meanwhile
                self._roll.ids.clear()
                batch = await sync_to_async(chat.still_wanted)(batch)
                await asyncio.sleep(GATHER_S)
            except DatabaseTrouble as error:
                log.warning("chat.database", error=str(error), waiting=self._waiting.qsize())
                await sync_to_async(close_old_connections)()
                await asyncio.sleep(PAUSE_S)
            else:
                break
        for heard in batch:
            self._touched[heard.live_id].add(counts.stretch_of(heard.at_s))

    async def _recount(self) -> None:
        """Count anew what was touched; what cannot be counted now is tried again."""
        if not self._touched:
            return
        touched = {live_id: frozenset(begins) for live_id, begins in self._touched.items()}
        self._touched.clear()
        try:
            await sync_to_async(counts.recount)(touched)
            await self._reckon(touched)
        except DatabaseTrouble as error:
            log.warning("chat.database", error=str(error))
            for live_id, begins in touched.items():
                self._touched[live_id] |= begins
        self._recounted_at = asyncio.get_running_loop().time()

    async def _reckon(self, lives: Iterable[int]) -> None:
        """Ask what the counts of lives mean, those of all that were active since it was asked last."""
        self._active.update(lives)
        loop = asyncio.get_running_loop()
        if loop.time() - self._reckoned_at < RECKON_S:
            return
        self._reckoned_at = loop.time()
        while self._active:
            with suppress(Live.DoesNotExist):
                await sync_to_async(reach.reckon)(self._active.pop(), clock.now())


_writer: ChatWriter | None = None


def current() -> ChatWriter:
    """Return the writer of this process. There is one while `writing` lasts."""
    if _writer is None:
        raise RuntimeError("no chat is written here: enter chatwriter.writing() first")
    return _writer


@asynccontextmanager
async def writing() -> AsyncIterator[ChatWriter]:
    """Write chats while the block runs; then write what is left."""
    global _writer  # noqa: PLW0603 -- one writer a process
    _writer = writer = ChatWriter()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        try:
            yield writer
            await writer.settle()
        finally:
            _writer = None
            running.cancel()
