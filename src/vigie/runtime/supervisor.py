"""Keeps one task running for each thing that is wanted: leased, restarted after trouble, never dragging others down."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections

from vigie.ports import Fence
from vigie.runtime import leases

log = structlog.get_logger(__name__)

LEASE_S = 15.0
TICK_S = 1.0
MARGIN_S = 2.0
"""An owner that could not renew stops this long before its leases end."""
LONGEST_PAUSE_S = 60.0

Result = TypeVar("Result")
Wanted = Callable[[], Awaitable[Collection[str]]]
Run = Callable[[Fence], Awaitable[float]]
"""Returns in how many seconds the resource should be run again."""


@dataclass(slots=True)
class Supervisor:
    """Runs `run(fence)` for every resource of `wanted()` that this owner can lease.

    A task that raises is logged with its trace and restarted after 1, 2, 4 ... 60 s; the others do not notice. One that
    returns makes room, and its lease is free again when it said: with more wanted than there is room for, here and on
    other machines, each has its turn. When a resource is no longer wanted, its lease is lost or `stop` is set, the task
    is cancelled and awaited.
    """

    wanted: Wanted
    run: Run
    owner: str
    capacity: int = 40
    """How many tasks run at a time."""
    database_now: Callable[[], datetime] = leases.database_now
    _tasks: dict[str, asyncio.Task[float]] = field(default_factory=dict)
    _renewed_at: float = 0.0

    @property
    def running(self) -> frozenset[str]:
        """The resources whose tasks are under way."""
        return frozenset(name for name, task in self._tasks.items() if not task.done())

    async def supervise(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then cancel every task, wait for them and release the leases."""
        self._renewed_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.TaskGroup() as group:
                while not stop.is_set():
                    await self._tick(group)
                    await _wait(stop, TICK_S)
                self._cancel(set(self._tasks))
        finally:
            await sync_to_async(leases.release_all_of)(self.owner)
            self._tasks.clear()

    async def _tick(self, group: asyncio.TaskGroup) -> None:
        try:
            await self._renew_and_claim(group)
        except DatabaseTrouble as error:
            log.warning("supervisor.database", error=str(error))
            await sync_to_async(close_old_connections)()  # what the server dropped would never work again
            if asyncio.get_running_loop().time() - self._renewed_at > LEASE_S - MARGIN_S:
                self._cancel(set(self._tasks))

    async def _renew_and_claim(self, group: asyncio.TaskGroup) -> None:
        now = await sync_to_async(self.database_now)()
        await self._let_go_of_ended(now)
        await sync_to_async(leases.attend)(self.owner, now, ttl_s=LEASE_S)
        held = await sync_to_async(leases.renew)(self.owner, now, ttl_s=LEASE_S)
        self._renewed_at = asyncio.get_running_loop().time()
        wanted = set(await self.wanted())
        unwanted = set(self._tasks) - (wanted & held.keys())
        await self._drop(unwanted)
        room = self.capacity - len(self._tasks)
        free = wanted - held.keys()
        if free:
            held |= await sync_to_async(leases.claim)(free, self.owner, now, ttl_s=LEASE_S, limit=room)
        for name in (wanted & held.keys()) - set(self._tasks):
            self._tasks[name] = group.create_task(self._keep_running(Fence(name, held[name])), name=name)

    async def _let_go_of_ended(self, now: datetime) -> None:
        for name, task in list(self._tasks.items()):
            if task.done():
                due_at = now if task.cancelled() else now + timedelta(seconds=task.result())
                await sync_to_async(leases.release)(self.owner, [name], due_at=due_at)
                del self._tasks[name]

    def _cancel(self, names: set[str]) -> None:
        for name in names:
            self._tasks[name].cancel()

    async def _drop(self, names: set[str]) -> None:
        """Cancel tasks, wait for their end, then let others have the leases."""
        self._cancel(names)
        tasks = [self._tasks.pop(name) for name in names]
        if tasks:
            await asyncio.wait(tasks)
            await sync_to_async(leases.release)(self.owner, names)

    async def _keep_running(self, held: Fence) -> float:
        return await persist(lambda: self.run(held), held.resource)


def reraise_cancelled() -> None:
    """Raise CancelledError where this task was cancelled, and an error that came at the same time hid it."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


async def persist(run: Callable[[], Awaitable[Result]], name: str) -> Result:
    """Return what `run()` returns; where it raises, log the trace and run it again after 1, 2, 4 ... 60 s."""
    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        started = loop.time()
        try:
            return await run()
        except Exception:  # the one broad except: one live never kills another, nor its chat its sound
            log.exception("supervisor.task_failed", resource=name)
        reraise_cancelled()  # it failed at its end: no reason to begin anew
        failures = 1 if loop.time() - started > LONGEST_PAUSE_S else failures + 1
        await asyncio.sleep(pause_s(failures))


def pause_s(failures: int) -> float:
    """Return for how long to rest after that many failures in a row, 1 at least: 1, 2, 4 ... 60 s, however many."""
    return min(2.0 ** min(failures - 1, 32), LONGEST_PAUSE_S)


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    """Return when `event` is set or the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()
