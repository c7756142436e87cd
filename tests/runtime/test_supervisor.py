"""The supervisor: one task a resource, isolated, restarted, cancelled."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from vigie.ports import Fence
from vigie.runtime import clock, leases
from vigie.runtime import supervisor as supervisor_module
from vigie.runtime.supervisor import Supervisor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick")]

DEADLINE_S = 20


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "TICK_S", 0.02)
    monkeypatch.setattr(supervisor_module, "LONGEST_PAUSE_S", 0.02)


class Lives:
    """What is wanted, and a note of everything that happens to it."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.log: list[tuple[str, str]] = []
        self.changed = asyncio.Condition()
        self.failing: set[str] = set()

    async def wanted(self) -> set[str]:
        return self.names

    async def note(self, what: str, name: str) -> None:
        async with self.changed:
            self.log.append((what, name))
            self.changed.notify_all()

    async def run(self, held: Fence) -> float:
        name = held.resource
        await self.note("start", name)
        if name in self.failing:
            raise RuntimeError(name)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.shield(self.note("end", name))
        return 0.0

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S), self.changed:
            await self.changed.wait_for(condition)


class Running:
    """A supervisor under way."""

    def __init__(self, lives: Lives, owner: str = "me", capacity: int = 40) -> None:
        self.supervisor = Supervisor(wanted=lives.wanted, run=lives.run, owner=owner, capacity=capacity)
        self.stop = asyncio.Event()

    async def __aenter__(self) -> Supervisor:
        self.task = asyncio.create_task(self.supervisor.supervise(self.stop))
        return self.supervisor

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(DEADLINE_S):
            await self.task


async def test_supervisor_runs_what_is_wanted_and_ends_it_when_stopped() -> None:
    lives = Lives("live:1", "live:2")
    async with Running(lives):
        await lives.until(lambda: {("start", "live:1"), ("start", "live:2")} <= set(lives.log))

    assert sorted(lives.log[2:]) == [("end", "live:1"), ("end", "live:2")]


async def test_supervisor_restarts_what_failed_and_spares_the_others() -> None:
    lives = Lives("live:1", "live:2")
    lives.failing = {"live:1"}
    async with Running(lives) as supervisor:
        await lives.until(lambda: lives.log.count(("start", "live:1")) >= 3)
        assert "live:2" in supervisor.running

    assert lives.log.count(("start", "live:2")) == 1


@pytest.mark.parametrize(
    ("failures", "rest_s"), [(1, 1.0), (2, 2.0), (3, 4.0), (6, 32.0), (7, 60.0), (8, 60.0), (5000, 60.0)]
)
def test_the_rest_after_failures_doubles_up_to_a_minute_however_many_there_were(
    monkeypatch: pytest.MonkeyPatch, failures: int, rest_s: float
) -> None:
    monkeypatch.setattr(supervisor_module, "LONGEST_PAUSE_S", 60.0)

    assert supervisor_module.pause_s(failures) == rest_s


class FailingAtItsEnd(Lives):
    """Each raises when it is told to end for the first time, as where the database is gone by then."""

    async def run(self, held: Fence) -> float:
        try:
            return await super().run(held)
        except asyncio.CancelledError:
            if self.log.count(("start", held.resource)) > 1:
                raise
            raise OSError(held.resource) from None


async def test_supervisor_ends_what_fails_at_its_end() -> None:
    lives = FailingAtItsEnd("live:1")
    async with Running(lives):
        await lives.until(lambda: len(lives.log) == 1)
        lives.names = set()
        await lives.until(lambda: ("end", "live:1") in lives.log)

    assert lives.log == [("start", "live:1"), ("end", "live:1")]


async def test_supervisor_drops_what_is_no_longer_wanted_and_frees_its_lease() -> None:
    lives = Lives("live:1", "live:2")
    async with Running(lives) as supervisor:
        await lives.until(lambda: len(lives.log) == 2)
        lives.names = {"live:2"}
        await lives.until(lambda: ("end", "live:1") in lives.log)
        assert supervisor.running == {"live:2"}
        other = Lives("live:1")
        async with Running(other, owner="other"):
            await other.until(lambda: other.log == [("start", "live:1")])


async def test_supervisor_stops_a_task_whose_lease_was_lost() -> None:
    lives = Lives("live:1")
    async with Running(lives):
        await lives.until(lambda: len(lives.log) == 1)
        await _steal("live:1")
        await lives.until(lambda: ("end", "live:1") in lives.log)


async def _steal(resource: str) -> None:
    later = clock.now() + timedelta(hours=1)
    await sync_to_async(leases.claim)([resource], "thief", later, ttl_s=3600, limit=1)


class Brief(Lives):
    """Each is over at once, and wants to be run again after an hour."""

    async def run(self, held: Fence) -> float:
        await self.note("start", held.resource)
        return 3600.0


async def test_supervisor_gives_the_place_of_what_returned_to_what_waits() -> None:
    lives = Brief(*(f"live:{n}" for n in range(5)))
    async with Running(lives, capacity=2):
        await lives.until(lambda: len(lives.log) == 5)

    assert sorted(lives.log) == [("start", f"live:{n}") for n in range(5)]


async def test_supervisor_runs_again_what_returned_with_a_newer_token() -> None:
    tokens: asyncio.Queue[int] = asyncio.Queue()

    async def run(held: Fence) -> float:
        tokens.put_nowait(held.token)
        return 0.0

    lives = Lives("live:1")
    lives.run = run  # type: ignore[method-assign]
    async with Running(lives), asyncio.timeout(DEADLINE_S):
        assert [await tokens.get() for _ in range(3)] == [1, 2, 3]


async def test_supervisor_takes_no_more_than_its_capacity() -> None:
    lives = Lives(*(f"live:{n}" for n in range(5)))
    async with Running(lives, capacity=3) as supervisor:
        await lives.until(lambda: len(lives.log) == 3)
        other = Running(lives, owner="other")
        async with other:
            await lives.until(lambda: len(lives.log) == 5)
            assert len(supervisor.running) == 3
            assert len(other.supervisor.running) == 2


class Asked(Lives):
    """Notes each time it is asked what is wanted, too."""

    async def wanted(self) -> set[str]:
        await self.note("asked", "")
        return self.names


class Clock:
    """What the database says that the time is, until there is no database."""

    def __init__(self) -> None:
        self.is_gone = False
        self._now = clock.now()

    def __call__(self) -> datetime:
        if self.is_gone:
            raise OperationalError("the server closed the connection")
        return self._now


async def test_supervisor_stops_its_tasks_before_leases_end_that_it_cannot_renew_and_takes_them_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor_module, "LEASE_S", supervisor_module.MARGIN_S + 0.05)
    lives, database = Lives("live:1"), Clock()
    async with Running(lives) as supervisor:
        supervisor.database_now = database
        await lives.until(lambda: lives.log == [("start", "live:1")])

        database.is_gone = True
        await lives.until(lambda: lives.log[1:] == [("end", "live:1")])
        database.is_gone = False
        await lives.until(lambda: lives.log[2:] == [("start", "live:1")])


@sync_to_async
def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the trouble is a trigger of SQLite")
async def test_supervisor_outlives_trouble_with_the_database_while_claiming() -> None:
    lives = Asked("live:1")
    async with Running(lives):
        await lives.until(lambda: ("start", "live:1") in lives.log)
        await _execute(
            "CREATE TRIGGER trouble BEFORE INSERT ON runtime_lease BEGIN SELECT RAISE(ABORT, 'no disk'); END"
        )
        try:
            lives.names = {"live:1", "live:2"}
            asked = lives.log.count(("asked", ""))
            await lives.until(lambda: lives.log.count(("asked", "")) > asked + 2)
        finally:
            await _execute("DROP TRIGGER trouble")
        await lives.until(lambda: ("start", "live:2") in lives.log)
        assert ("end", "live:1") not in lives.log
