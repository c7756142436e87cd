"""Stays connected with an OBS, and lets it save the replays that are asked for, one at a time.

OBS answers two saves in flight with one event, and names files by the second, overwriting: so a save waits for the one
before, at least a second and a bit, and its file is taken away before the next.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from vigie.clips import folders, operations, pathmaps, placing, queries
from vigie.clips.models import Clip, ObsInstance, ObsState
from vigie.clips.pathmaps import CannotMap
from vigie.clips.placing import CannotPlace, Look
from vigie.events import ClipChanged, ObsChanged
from vigie.ports import (
    Fence,
    ObsAddress,
    ObsConnector,
    ObsSession,
    ObsStatus,
    PortError,
    ReplayBufferTurned,
    ReplaySaved,
)
from vigie.runtime import clock, leases, registry
from vigie.runtime.sealing import CannotUnseal, unseal
from vigie.runtime.supervisor import pause_s

log = structlog.get_logger(__name__)

RESOURCE = "obs:"
POLL_S = 10.0
LOOK_S = 0.25
BETWEEN_SAVES_S = 1.1
"""File names tell seconds."""
SAVED_WITHIN_S = 20.0
"""OBS tells of the file in 0.4 s; a slow disk takes longer."""
LATE_S = 15.0
"""A replay that is asked for so long after its moment would show another one."""
SETTLES_WITHIN = 50
SETTLE_S = 0.1
LONGEST_PAUSE_S = 30.0
STOPPED = gettext_noop("The replay buffer was stopped.")
TOO_LATE = gettext_noop("OBS was not ready in time: its replay would show another moment.")

_news = asyncio.Event()
_loops: list[asyncio.AbstractEventLoop] = []


def wake(_: ClipChanged | ObsChanged) -> None:
    """Look at once: a replay was asked for by this process. From any thread."""
    for loop in _loops:
        loop.call_soon_threadsafe(_news.set)


def wanted() -> set[str]:
    """Return the OBS that somebody should stay connected with: `obs:<id>`. One that refused waits for a change."""
    return {f"{RESOURCE}{pk}" for pk in queries.obs_in_use()}


async def link(held: Fence) -> float:
    """Stay connected with an OBS until cancelled, or until it refuses. Return in how many seconds to look again."""
    _loops[:] = [asyncio.get_running_loop()]
    failures = 0
    while True:
        obs = await ObsInstance.objects.aget(pk=int(held.resource.removeprefix(RESOURCE)))
        note = Notes(obs, held)
        try:
            await note.state(ObsState.CONNECTING if not failures else obs.state, obs.reason if failures else "")
            async with registry.get(ObsConnector).connect(_address(obs)) as session:
                failures = 0
                await Link(obs, session, note).run()
        except PortError as trouble:
            if trouble.permanent:
                await note.state(ObsState.REFUSED, str(trouble))
                return 0.0
            failures += 1
            await note.state(ObsState.AWAY, str(trouble))
        except CannotUnseal:
            await note.state(ObsState.REFUSED, _("The password cannot be read any more: type it again."))
            return 0.0
        except leases.LeaseLost:
            return LONGEST_PAUSE_S
        await asyncio.sleep(min(pause_s(failures), LONGEST_PAUSE_S) if failures else LOOK_S)


def _address(obs: ObsInstance) -> ObsAddress:
    return ObsAddress(obs.host, obs.port, unseal(obs.sealed_password) if obs.sealed_password else "")


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes down how an OBS does, as long as it is ours."""

    obs: ObsInstance
    held: Fence | None

    async def state(self, state: str, reason: str = "", version: str | None = None) -> None:
        """Write it down; what stands there already is not told again. Raises LeaseLost."""
        await sync_to_async(self._state)(state, reason, version)

    def _state(self, state: str, reason: str, version: str | None) -> None:
        with leases.holding(self.held):
            operations.note_obs(self.obs, state, reason, version, now=clock.now())


@dataclass(slots=True)
class Link:
    """One connection to an OBS."""

    obs: ObsInstance
    session: ObsSession
    note: Notes
    _saved: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Where replays were written, as OBS tells."""
    _buffer: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the replay buffer runs."""

    async def run(self) -> None:
        """Look after the OBS until the connection is lost, or its row changes. Raises PortError."""
        status = await self._look()
        await self._take_up(status)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._hear()), group.create_task(self._save_all())]
                await self._poll()
                for task in tasks:
                    task.cancel()
        except* PortError as troubles:
            raise next(_leaves(troubles)) from None

    async def _poll(self) -> None:
        """Look every ten seconds; return when somebody changed the row."""
        while True:
            await asyncio.sleep(POLL_S)
            fresh = await ObsInstance.objects.aget(pk=self.obs.pk)
            if fresh.changed_at != self.obs.changed_at:
                return
            await self._look()

    async def _look(self) -> ObsStatus:
        """Ask how it does, start the replay buffer where that is wanted, and write it down."""
        status = await self.session.status()
        trouble = ""
        if not status.replay_is_active and self.obs.starts_buffer:
            trouble = await self._start()
        elif not status.replay_is_active:
            trouble = _("Start the replay buffer in OBS.")
        await self._turn(is_active=status.replay_is_active or not trouble, reason=trouble, version=status.version)
        return status

    async def _start(self) -> str:
        """Start the replay buffer; return why that cannot be done."""
        try:
            await self.session.start_replay_buffer()
        except PortError as trouble:
            if trouble.retryable:
                raise
            return str(trouble)
        return ""

    async def _turn(self, *, is_active: bool, reason: str = "", version: str | None = None) -> None:
        if is_active:
            self._buffer.set()
        else:
            self._buffer.clear()
        await self.note.state(ObsState.READY if is_active else ObsState.BUFFER_OFF, reason, version)

    async def _hear(self) -> None:
        async for told in self.session.events():
            match told:
                case ReplaySaved(path):
                    self._saved.put_nowait(path)
                case ReplayBufferTurned(is_active):
                    await self._turn(is_active=is_active, reason="" if is_active else _(STOPPED))

    # ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _save_all(self) -> None:
        loop = asyncio.get_running_loop()
        saved_at = loop.time() - BETWEEN_SAVES_S
        while True:
            clip = await self._next()
            await asyncio.sleep(max(0.0, saved_at + BETWEEN_SAVES_S - loop.time()))
            if await sync_to_async(operations.begin_saving)(clip, clock.now(), hold_s=2 * SAVED_WITHIN_S):
                await self._save(clip)
                saved_at = loop.time()

    async def _next(self) -> Clip:
        """Return the next clip whose moment is over; those that come too late are given up."""
        while True:
            _news.clear()
            clip = await sync_to_async(queries.next_replay)(self.obs.pk)
            left_s = (operations.over_at(clip) - clock.now()).total_seconds() if clip else LOOK_S
            if clip and left_s < -LATE_S:
                await sync_to_async(operations.fail)(clip, _(TOO_LATE))
            elif clip and left_s <= 0:
                return clip
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(max(left_s, 0.01), LOOK_S)):
                        await _news.wait()

    async def _save(self, clip: Clip) -> None:
        """Let OBS save, and take the file. Whatever goes wrong is the clip's reason; a lost connection is raised."""
        while not self._saved.empty():
            self._saved.get_nowait()  # what the streamer saved by hand is theirs
        try:
            await self._take(clip, await self._written(), clock.now())
        except TimeoutError:
            await sync_to_async(operations.fail)(clip, _("OBS did not tell that the replay was saved."))
        except (CannotMap, CannotPlace) as trouble:
            await sync_to_async(operations.fail)(clip, str(trouble))
        except PortError as trouble:
            await sync_to_async(operations.fail)(clip, str(trouble))
            if trouble.retryable:
                raise
        except asyncio.CancelledError:
            await asyncio.shield(sync_to_async(operations.fail)(clip, _("OBS was closed while it was saving.")))
            raise

    async def _written(self) -> str:
        """Let OBS save, and return where. Raises PortError, TimeoutError."""
        if not self._buffer.is_set():
            raise PortError(_("The replay buffer of OBS is off."), permanent=True)
        await self.session.save_replay()
        async with asyncio.timeout(SAVED_WITHIN_S):
            return await self._saved.get()

    async def _take(self, clip: Clip, reported: str, now: datetime) -> None:
        """Take the file away before the next replay may overwrite it. Raises CannotMap, CannotPlace."""
        source = pathmaps.local_path(reported, pathmaps.parse_mapping(self.obs.path_map))
        seen = await _settled(source)
        target = folders.incoming(clip)
        await asyncio.to_thread(target.unlink, missing_ok=True)
        await _moved(source, target, seen, placing.RETRY_DELAYS_S)
        live = clip.live
        to_s = (now - live.started_at).total_seconds() if live else clip.to_s
        await sync_to_async(operations.note_saved)(
            clip, seen, starts_s=None, now=now, original=reported, to_s=max(to_s, clip.from_s)
        )

    async def _take_up(self, status: ObsStatus) -> None:
        """Go on with a replay that was asked for before Vigie was stopped, where OBS saved it."""
        for clip in await sync_to_async(queries.left_by)(self.obs.pk):
            is_new = status.last_replay and not await sync_to_async(queries.is_known)(self.obs.pk, status.last_replay)
            if not is_new:
                await sync_to_async(operations.fail)(clip, operations.INTERRUPTED)
                continue
            try:
                await self._take(clip, status.last_replay, clock.now())
            except (CannotMap, CannotPlace) as trouble:
                await sync_to_async(operations.fail)(clip, str(trouble))


def _leaves(troubles: ExceptionGroup[PortError]) -> Iterator[PortError]:
    for trouble in troubles.exceptions:
        if isinstance(trouble, ExceptionGroup):
            yield from _leaves(trouble)
        else:
            yield trouble


async def _settled(path: Path) -> Look:
    """Return the look of a file that nobody writes any more. Raises CannotPlace."""
    before = await asyncio.to_thread(placing.look, path)
    for _turn in range(SETTLES_WITHIN):
        await asyncio.sleep(SETTLE_S)
        after = await asyncio.to_thread(placing.look, path)
        if placing.is_settled(before, after):
            return after
        before = after
    return before


async def _moved(source: Path, target: Path, seen: Look, delays_s: Sequence[float]) -> None:
    """Move a file, again and again while another program holds it. Raises CannotPlace."""
    for delay_s in (*delays_s, None):
        try:
            await asyncio.to_thread(placing.place, source, target.parent, target.name, seen=seen)
        except CannotPlace as trouble:
            if trouble.placed:  # it is here, whole; the original stays where it was
                return
            if delay_s is None or not trouble.is_retryable:
                raise
            await asyncio.sleep(delay_s)
        else:
            return
