"""Stays connected with an OBS, and lets it save the replays that are asked for, one at a time.

OBS answers two saves in flight with one event, and names files by the second, overwriting: so a save waits for the one
before, at least a second and a bit, and its file is taken away before the next.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from asgiref.sync import sync_to_async
from django.utils.translation import gettext_noop

from vigie.clips import operations, queries, replays
from vigie.clips.models import Clip, ObsInstance, ObsState
from vigie.clips.pathmaps import CannotMap
from vigie.clips.placing import CannotPlace
from vigie.clips.reasons import INTERRUPTED, NOT_MP4, OBS_AWAY, PLACING
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
"""How often it is looked for replays that other processes asked for."""
BETWEEN_SAVES_S = 1.1
"""File names tell seconds."""
SAVED_WITHIN_S = 20.0
"""OBS tells of the file in 0.4 s; a slow disk takes longer."""
HOLD_S = 2 * SAVED_WITHIN_S
LATE = timedelta(seconds=15)
"""A replay that is saved so long after its moment would show another one."""
STARTS = 5
BETWEEN_STARTS_S = 0.5
LONGEST_PAUSE_S = 30.0
PLAYS = (".mp4", ".m4v", ".mov")

STOPPED = gettext_noop("The replay buffer was stopped.")
START_IT = gettext_noop("Start the replay buffer in OBS.")
DOES_NOT_START = gettext_noop("OBS does not start its replay buffer: see what it asks on its screen.")
IS_OFF = gettext_noop("The replay buffer of OBS was off.")
CLOSED = gettext_noop("OBS was closed, or not reached any more, while it was saving.")
UNTOLD = gettext_noop("OBS did not tell that the replay was saved.")
UNREADABLE = gettext_noop("The password cannot be read any more: type it again.")


@dataclass(eq=False, slots=True)
class Bell:
    """Rings in the loop of one link. From any thread."""

    obs_id: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_due: bool = False
    """Somebody changed the OBS."""

    def ring(self, told: ClipChanged | ObsChanged) -> None:
        """Let the link look at once."""
        with suppress(RuntimeError):  # its loop is over
            self.loop.call_soon_threadsafe(self._hear, told)

    def _hear(self, told: ClipChanged | ObsChanged) -> None:
        if isinstance(told, ObsChanged) and told.obs_id == self.obs_id:
            self.is_due |= told.state in {ObsState.CONNECTING, ObsState.OFF}  # what people make of it
        self.news.set()

    async def rest(self, seconds: float) -> None:
        """Return after a while, at once where somebody changes the OBS."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_due:
                    self.news.clear()
                    await self.news.wait()


_bells: set[Bell] = set()


def wake(told: ClipChanged | ObsChanged) -> None:
    """Look at once: this process asked for a replay, or changed an OBS. From any thread."""
    for bell in tuple(_bells):
        bell.ring(told)


def wanted() -> set[str]:
    """Return the OBS that somebody should stay connected with: `obs:<id>`. One that refused waits for a change."""
    return {f"{RESOURCE}{pk}" for pk in queries.obs_in_use()}


async def link(held: Fence) -> float:
    """Stay connected with an OBS until cancelled, or until it refuses. Return in how many seconds to look again."""
    bell = Bell(int(held.resource.removeprefix(RESOURCE)))
    _bells.add(bell)
    try:
        return await _stay(held, bell)
    except leases.LeaseLost:
        return LONGEST_PAUSE_S
    finally:
        _bells.discard(bell)


async def _stay(held: Fence, bell: Bell) -> float:
    failures, why_left = 0, INTERRUPTED
    used = ObsInstance.objects.filter(pk=bell.obs_id, is_used=True, removed_at=None)
    while True:
        bell.is_due = False
        obs = await used.all().afirst()
        if obs is None:
            return 0.0
        notes, begun_s = Notes(obs, held), bell.loop.time()
        try:
            if not failures:
                await notes.state(ObsState.CONNECTING)
            async with registry.get(ObsConnector).connect(_address(obs)) as session:
                await Link(obs, session, notes, bell, why_left).run()
            failures = 0
        except CannotUnseal:
            await notes.state(ObsState.REFUSED, UNREADABLE)
            return 0.0
        except PortError as trouble:
            await notes.state(ObsState.REFUSED if trouble.permanent else ObsState.AWAY, str(trouble))
            if trouble.permanent:
                log.warning("obs_refused", obs=obs.pk, reason=str(trouble))
                return 0.0
            failures = 1 if bell.loop.time() - begun_s > LONGEST_PAUSE_S else failures + 1
            await sync_to_async(_next)(obs.pk)
            await bell.rest(min(pause_s(failures), LONGEST_PAUSE_S))
        why_left = CLOSED


def _address(obs: ObsInstance) -> ObsAddress:
    return ObsAddress(obs.host, obs.port, unseal(obs.sealed_password) if obs.sealed_password else "")


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes what only the one who holds an OBS may write. Everything raises LeaseLost."""

    obs: ObsInstance
    held: Fence | None

    async def state(self, state: str, reason: str = "", version: str | None = None) -> None:
        """Write down how the OBS does; what stands there already is not told again."""
        await sync_to_async(self._state)(state, reason, version)

    def _state(self, state: str, reason: str, version: str | None) -> None:
        with leases.holding(self.held):
            operations.note_obs(self.obs, state, reason, version, now=clock.now())

    async def begin(self, clip: Clip) -> bool:
        """Take a clip to save it; False where nobody wants it any more."""
        return await sync_to_async(self._begin)(clip)

    def _begin(self, clip: Clip) -> bool:
        with leases.holding(self.held):
            return operations.begin_saving(clip, clock.now(), hold_s=HOLD_S)


@dataclass(slots=True)
class Link:
    """One connection to an OBS."""

    obs: ObsInstance
    session: ObsSession
    notes: Notes
    bell: Bell
    why_left: str
    """Why a replay may be found that was asked for, and not fetched."""
    _is_on: bool = False
    """The replay buffer runs."""
    _saved: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Where replays were written, as OBS tells."""
    _untold: set[str] = field(default_factory=set)
    """Replays that were found without a word of OBS, which may come yet."""
    _free_s: float = 0.0
    """When the next one may be saved, by the loop's clock."""

    async def run(self) -> None:
        """Look after the OBS until the connection is lost, or its row changes. Raises PortError, LeaseLost."""
        try:
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(self._hear())
                await self._work()
                hearing.cancel()
        except ExceptionGroup as troubles:
            raise _first(troubles) from None

    async def _hear(self) -> None:
        """Take what OBS tells, without delay: what was told before a request is not about that."""
        async for told in self.session.events():
            match told:
                case ReplaySaved(path) if path in self._untold:
                    self._untold.remove(path)
                case ReplaySaved(path):
                    self._rest()  # it may be the streamer's, whose file the next one would overwrite
                    self._saved.put_nowait(path)
                case ReplayBufferTurned(is_active):
                    self._is_on = is_active
                    self.bell.news.set()

    async def _work(self) -> None:
        """Save what is asked for, and look every ten seconds; return once somebody changed the row."""
        while await self._is_as_before():
            status = await self._look()
            for clip in await sync_to_async(queries.left_by)(self.obs.pk):
                await self._take_left(clip, status, self.why_left)
            await self._save_until(self.bell.loop.time() + POLL_S)

    async def _is_as_before(self) -> bool:
        self.bell.is_due = False
        return await ObsInstance.objects.filter(pk=self.obs.pk, changed_at=self.obs.changed_at).aexists()

    async def _look(self) -> ObsStatus:
        """Ask how it does, start the replay buffer where that is wanted, and write it down."""
        status = await self.session.status()
        reason = ""
        if not status.replay_is_active:
            reason = await self._start() if self.obs.starts_buffer else START_IT
        self._is_on = not reason
        await self.notes.state(ObsState.BUFFER_OFF if reason else ObsState.READY, reason, status.version)
        return status

    async def _start(self) -> str:
        """Start the replay buffer; return why it does not run. Just after a stop OBS may take it, and do nothing."""
        for _ in range(STARTS):
            try:
                await self.session.start_replay_buffer()
            except PortError as trouble:
                if trouble.retryable:
                    raise
                return str(trouble)
            if (await self.session.status()).replay_is_active:
                return ""
            await asyncio.sleep(BETWEEN_STARTS_S)
        return DOES_NOT_START

    async def _note_turned(self) -> None:
        if self._is_on != (self.obs.state == ObsState.READY):
            state = (ObsState.READY, "") if self._is_on else (ObsState.BUFFER_OFF, STOPPED)
            await self.notes.state(*state)

    # ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _save_until(self, end_s: float) -> None:
        """Save each clip as soon as its moment is over."""
        while not self.bell.is_due and self.bell.loop.time() < end_s:
            self.bell.news.clear()
            await self._note_turned()
            clip, left_s = await sync_to_async(_next)(self.obs.pk)
            left_s = max(left_s, self._free_s - self.bell.loop.time())
            if clip and left_s <= 0:
                await self._begin(clip)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left_s, LOOK_S)):
                        await self.bell.news.wait()

    async def _begin(self, clip: Clip) -> None:
        if await self.notes.begin(clip):
            await (self._take(clip) if clip.original else self._save(clip))

    async def _save(self, clip: Clip) -> None:
        """Let OBS save, and take the file. Where the connection is lost meanwhile, the next one looks for it."""
        if not self._is_on:
            return await sync_to_async(operations.fail)(clip, IS_OFF)
        while not self._saved.empty():
            self._saved.get_nowait()  # what the streamer saved by hand is theirs
        try:
            await self.session.save_replay()
        except PortError as trouble:
            return await _put_off(clip, str(trouble), can_wait=trouble.retryable)
        try:
            async with asyncio.timeout(SAVED_WITHIN_S):
                path = await self._saved.get()
        except TimeoutError:
            await self._take_left(clip, await self.session.status(), UNTOLD)
            self._untold.add(clip.original)
        else:
            await sync_to_async(operations.note_written)(clip, path, now=clock.now())
            await self._take(clip)
        finally:
            self._rest()
        return None

    def _rest(self) -> None:
        self._free_s = self.bell.loop.time() + BETWEEN_SAVES_S

    async def _take_left(self, clip: Clip, status: ObsStatus, why_not: str) -> None:
        """Take a replay that OBS was asked for and that nobody fetched, where it saved it; else say why it is lost."""
        if not clip.original:
            last = status.last_replay
            if not last or not await self._is_its_own(clip, last):
                return await sync_to_async(operations.fail)(clip, why_not)
            await sync_to_async(operations.note_written)(clip, last, now=None)
        return await self._take(clip)

    async def _is_its_own(self, clip: Clip, last: str) -> bool:
        """Return whether the last replay of the OBS was saved for a clip, and not before it."""
        since = (clip.claimed_until or clock.now()) - timedelta(seconds=HOLD_S)
        taken = await sync_to_async(queries.looks_of)(self.obs.pk, last)
        return await asyncio.to_thread(replays.was_written, last, self.obs.path_map, since, taken=taken)

    async def _take(self, clip: Clip) -> None:
        """Take the file away before the next replay may overwrite it; one that cannot be taken now is tried again."""
        try:
            seen = await replays.take(clip, self.obs.path_map)
        except CannotMap as trouble:
            await _put_off(clip, str(trouble), can_wait=False)
        except CannotPlace as trouble:
            log.info("replay_not_taken", clip=clip.pk, reason=str(trouble))
            await _put_off(clip, PLACING[trouble.reason], can_wait=trouble.is_retryable)
        else:
            lacks = clip.lacks or ("" if clip.original.lower().endswith(PLAYS) else NOT_MP4)
            await sync_to_async(operations.note_saved)(clip, seen, starts_s=None, now=clock.now(), lacks=lacks)


async def _put_off(clip: Clip, reason: str, *, can_wait: bool) -> None:
    """Try again later, where that may help."""
    if can_wait:
        await sync_to_async(operations.postpone)(clip, reason, now=clock.now())
    else:
        await sync_to_async(operations.fail)(clip, reason)


def _next(obs_id: int) -> tuple[Clip | None, float]:
    """Return what is to be saved, or fetched, next, and in how many seconds; give up what comes too late."""
    now = clock.now()
    due: list[tuple[datetime, int, Clip]] = []
    for clip in queries.waiting_for_replay(obs_id):
        over_at = operations.over_at(clip)
        if not clip.original and over_at + LATE < now:
            operations.fail(clip, OBS_AWAY)
        else:
            due.append((max(over_at, clip.not_before or over_at), clip.pk, clip))
    if not due:
        return None, LOOK_S
    due_at, _, first = min(due)
    return first, (due_at - now).total_seconds()


def _first(troubles: ExceptionGroup[Exception]) -> Exception:
    """Return what went wrong first."""
    trouble = troubles.exceptions[0]
    return _first(trouble) if isinstance(trouble, ExceptionGroup) else trouble
