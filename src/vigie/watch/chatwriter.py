"""Writes what audiences do: one task a process, in batches, so that a row costs little and nobody else waits long."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress

import structlog
from asgiref.sync import sync_to_async
from django.db import DataError, IntegrityError, close_old_connections
from django.db import Error as DatabaseTrouble

from vigie.runtime import clock
from vigie.watch.operations import chat, counts
from vigie.watch.operations.chat import Heard, Roll

log = structlog.get_logger(__name__)

GATHER_S = 0.25
MOST = 1000
"""Rows of a batch."""
HELD = 20_000
"""What may wait; beyond it, whoever reads a chat waits, and the platform's server with them."""
RECOUNT_S = 2.0
PAUSE_S = 1.0
"""Before trouble with the database is tried again: nothing is dropped for it."""
TRIES = 3
"""How often a batch is refused whole before each of its messages is tried alone."""

Touched = Mapping[int, Iterable[int]]
"""Live -> where the stretches begin whose messages changed."""


class ChatWriter:
    """Stores what is put, in order, once."""

    def __init__(self, held: int = HELD) -> None:
        """Let `held` wait at most."""
        self.stored = 0
        """Rows written so far."""
        self.dropped = 0
        """Messages that no database would take."""
        self._waiting: asyncio.Queue[Heard] = asyncio.Queue(held)
        self._put = self._done = 0
        self._progress = asyncio.Condition()
        self._counting = asyncio.Lock()
        self._roll = Roll()
        self._touched: dict[int, set[int]] = defaultdict(set)
        self._recounted_at = 0.0

    async def put(self, heard: Heard) -> None:
        """Have something written; waits while too much does."""
        await self._waiting.put(heard)
        self._put += 1

    async def settle(self) -> None:
        """Return once everything put before is written; what others put meanwhile is not waited for."""
        until = self._put
        async with self._progress:
            await self._progress.wait_for(lambda: self._done >= until)

    async def run(self) -> None:
        """Write until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            batch = await self._gather()
            if batch:
                await self._store(batch)
            async with self._progress:
                self._done += len(batch)
                self._progress.notify_all()
            if loop.time() - self._recounted_at >= RECOUNT_S:
                await self.tally()

    async def count_again(self, live_id: int, from_s: float) -> None:
        """Count from a moment of a live on, soon: whoever wrote it may have died before it was counted."""
        with suppress(DatabaseTrouble):
            if begins := await sync_to_async(counts.written_from)(live_id, from_s):
                self._touch({live_id: begins})

    async def tally(self) -> None:
        """Count anew what was touched; what cannot be counted now is tried again."""
        async with self._counting:
            touched = {live_id: frozenset(begins) for live_id, begins in self._touched.items()}
            self._touched.clear()
            try:
                await self._recount(touched)
            except BaseException:  # cancelled: counted again, nothing is counted twice
                self._touch(touched)
                raise
            self._recounted_at = asyncio.get_running_loop().time()

    async def _gather(self) -> list[Heard]:
        """Return what came within a quarter of a second, or as much as a batch holds; nothing when nothing comes."""
        batch: list[Heard] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(RECOUNT_S) as waiting:
                batch.append(await self._waiting.get())
                waiting.reschedule(asyncio.get_running_loop().time() + GATHER_S)
                while len(batch) < MOST:
                    batch.append(await self._waiting.get())
        return batch

    async def _store(self, batch: list[Heard]) -> None:
        """Write a batch; one that is refused whole is written message by message, and what no database takes is left.

        It is refused when another process wrote the same, or a person or a live was erased meanwhile.
        """
        for _ in range(TRIES):
            if await self._written(batch):
                return
            await asyncio.sleep(GATHER_S)
        for heard in batch:
            if not await self._written([heard]):
                self.dropped += 1
                log.warning("chat_not_stored", live=heard.live_id, dropped=self.dropped)

    async def _written(self, batch: list[Heard]) -> bool:
        """Write a batch, however long the database is away; return whether it took it."""
        while True:
            try:
                wanted = await sync_to_async(chat.still_wanted)(batch)
                self.stored += await sync_to_async(chat.store_chat)(wanted, self._roll, clock.now())
            except (IntegrityError, DataError, ValueError, LookupError) as error:
                log.info("chat_refused", error=repr(error), messages=len(batch))
                self._roll.ids.clear()  # it may know people of a transaction that was undone
                return False
            except DatabaseTrouble as error:
                log.warning("chat_database", error=str(error), waiting=self._waiting.qsize())
                self._roll.ids.clear()
                await sync_to_async(close_old_connections)()
                await asyncio.sleep(PAUSE_S)
            else:
                for heard in wanted:
                    self._touched[heard.live_id].add(counts.stretch_of(heard.at_s))
                return True

    def _touch(self, touched: Touched) -> None:
        for live_id, begins in touched.items():
            self._touched[live_id].update(begins)

    async def _recount(self, touched: Touched) -> None:
        if not touched:
            return
        try:
            await sync_to_async(counts.recount)(touched)
        except (IntegrityError, DataError) as error:  # of a live that is gone: the others go on
            log.info("chat_not_counted", error=str(error), lives=len(touched))
            if len(touched) > 1:
                for live_id, begins in touched.items():
                    await self._recount({live_id: begins})
        except DatabaseTrouble as error:
            log.warning("chat_database", error=str(error))
            self._touch(touched)


_writer: ChatWriter | None = None


def current() -> ChatWriter:
    """Return the writer of this process. There is one while `writing` lasts."""
    if _writer is None:
        raise RuntimeError("no chat is written here: enter chatwriter.writing() first")
    return _writer


@asynccontextmanager
async def writing() -> AsyncIterator[ChatWriter]:
    """Write chats while the block runs; then write and count what is left."""
    global _writer  # noqa: PLW0603 -- one writer a process
    _writer = writer = ChatWriter()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        try:
            yield writer
            await writer.settle()
            await writer.tally()
        finally:
            _writer = None
            running.cancel()
