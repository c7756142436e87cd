"""An OBS that is played, the link with it, and how a test waits for what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async

from tests.clips.rows import fresh, make_chatter, make_obs, on_air, wish
from tests.factories import make_membership
from vigie.clips import folders, obslink, operations
from vigie.clips.models import Clip, ClipState, ObsInstance, ObsState
from vigie.events import ClipChanged, ObsChanged
from vigie.ports import Fence
from vigie.runtime import bus, clock, leases
from vigie.runtime.sealing import seal
from vigie.simulators.obs import ObsServer
from vigie.watch.models import Live

DEADLINE_S = 30
FETCHED = (ClipState.SAVED, ClipState.FAILED)


class News:
    """Looks again whenever something is told of clips or OBS."""

    def __init__(self) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        self.states: list[tuple[str, str]] = []
        """What was told of OBS, in its order."""

    def hear(self, told: ClipChanged | ObsChanged) -> None:
        if isinstance(told, ObsChanged):
            self.states.append((told.state, told.reason))
        self._loop.call_soon_threadsafe(self._told.set)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once something holds that rows tell."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                self._told.clear()
                if await sync_to_async(holds)():
                    return
                await self._told.wait()

    async def of(self, *clips: Clip, states: tuple[str, ...] = FETCHED) -> list[tuple[str, str]]:
        """Return where clips stand, and why, once each is in one of these states."""
        await self.until(lambda: all(fresh(clip).state in states for clip in clips))
        return [(row.state, row.reason) for row in [await sync_to_async(fresh)(clip) for clip in clips]]

    async def comes_to(self, obs: ObsInstance, state: str) -> ObsInstance:
        """Return an OBS once it is in a state."""
        await self.until(lambda: ObsInstance.objects.get(pk=obs.pk).state == state)
        return await ObsInstance.objects.aget(pk=obs.pk)


@asynccontextmanager
async def listening() -> AsyncIterator[News]:
    news = News()
    bus.follow(ClipChanged, news.hear)
    bus.follow(ObsChanged, news.hear)
    yield news
    bus.unfollow(ClipChanged, news.hear)
    bus.unfollow(ObsChanged, news.hear)


@sync_to_async
def added(server: ObsServer, live: Live, **fields: Any) -> ObsInstance:
    """Add an OBS to the team of a live."""
    host, port = server.address
    values = {"host": host, "port": port, "state": ObsState.CONNECTING, "sealed_password": seal(server.password)}
    return make_obs(live.channel.workspace, **{**values, **fields})


@sync_to_async
def live_since(seconds: float) -> Live:
    """Return a live that began so long ago."""
    return on_air(started_at=clock.now() - timedelta(seconds=seconds))


@sync_to_async
def changed(obs: ObsInstance, server: ObsServer, **fields: Any) -> None:
    """Let somebody say that an OBS is elsewhere, or something else of it."""
    host, port = server.address
    form = operations.ObsForm(obs.name, host, port, **{"password": server.password, **fields})
    actor = make_membership("supervisor", workspace=obs.workspace)
    operations.save_obs(form, actor=actor, now=clock.now(), obs=ObsInstance.objects.get(pk=obs.pk))


@sync_to_async
def removed(obs: ObsInstance) -> None:
    """Let somebody take an OBS off the list."""
    actor = make_membership("supervisor", workspace=obs.workspace)
    operations.remove_obs(ObsInstance.objects.get(pk=obs.pk), actor=actor, now=clock.now())


@sync_to_async
def asked(live: Live, obs: ObsInstance, chatter: str = "anna", *, in_s: float = 0.0, **fields: Any) -> Clip:
    """Ask for a replay of a moment that is over in so many seconds."""
    to_s = (clock.now() - live.started_at).total_seconds() + in_s
    author = make_chatter(live.channel.workspace, chatter)
    wanted = wish(live, obs=obs, at_s=to_s - 5, from_s=to_s - 30, to_s=to_s, author=author, **fields)
    return operations.request_clip(wanted, by=None, now=clock.now())


@sync_to_async
def held_by(owner: str, obs: ObsInstance) -> Fence:
    """Give the lease of an OBS to somebody; whoever had it lost it."""
    name = f"{obslink.RESOURCE}{obs.pk}"
    leases.release_everything()
    return Fence(name, leases.claim([name], owner, clock.now(), ttl_s=60, limit=1)[name])


@asynccontextmanager
async def linked(obs: ObsInstance, owner: str = "me") -> AsyncIterator["asyncio.Task[float]"]:
    """Stay connected with an OBS while the block runs."""
    task = asyncio.create_task(obslink.link(await held_by(owner, obs)))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        await task


def saves(server: ObsServer) -> int:
    """Return how often an OBS was asked to save."""
    return [asked.request for asked in server.requests].count("SaveReplayBuffer")


def content(clip: Clip) -> bytes:
    """Return the note of a replay that was fetched: which one of the OBS's it is."""
    return folders.incoming(clip).read_bytes().rpartition(b"free")[2]
