"""The pictures of an HLS broadcast whose sound has a playlist of its own: pulled beside it for their packets.

The sound of a live never waits for them, and trouble with them never stops it. A recording is read in step: it comes
much faster than it is watched.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from math import inf

import structlog

from vigie.adapters.web import playlist
from vigie.adapters.web.decode import Stretch
from vigie.adapters.web.pipes import Closed, Outlet
from vigie.adapters.web.player import Player, steps
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Step
from vigie.adapters.web.segments import Segments
from vigie.ports import PortError

log = structlog.get_logger(__name__)

REST_S = 30.0
"""After trouble the pictures of a live are left alone for that time, and taken up where the sound is then."""
LAST_S = 2.0
"""How long the end of a broadcast waits for its last pictures."""


@dataclass(slots=True)
class _Sound:
    """How far the sound is."""

    number: int = -1
    """Of its segment."""
    turns: int = 0
    """How often its clock began anew."""
    played_s: float = 0.0


class PictureTrack:
    """The playlist of the pictures beside one of the sound."""

    def __init__(self, segments: Segments, outlet: Outlet, url: str | None, stretch: Stretch) -> None:
        """Put out the packets of the pictures at `url`, dated as the sound of `stretch` is; None: there are none."""
        self._segments = segments
        self._outlet = outlet
        self._url = url
        self._stretch = replace(stretch, has_sound=False, has_pictures=True)
        self._sound = _Sound()
        self._moved = asyncio.Condition()
        self._played_s = 0.0
        """How far the pictures are: infinitely, where nobody should wait for them."""

    @asynccontextmanager
    async def beside(self, speed: float, from_s: float | None) -> AsyncIterator[None]:
        """Pull the pictures while the block runs, from where its sound begins; of a recording, from `from_s` on."""
        if self._url is None:
            yield
            return
        # not in a task group, which would wrap the trouble of the sound
        pulling = asyncio.create_task(self._pull_again_and_again(self._url, speed, from_s))
        try:
            yield
            await self._tell(replace(self._sound, played_s=inf))
            await asyncio.wait([pulling], timeout=LAST_S)
        finally:
            pulling.cancel()
            await asyncio.wait([pulling])
        if not pulling.cancelled():
            pulling.result()

    async def follow(self, step: Step, played_s: float) -> None:
        """Note how far the sound is; of a recording, wait until its pictures are there too."""
        turns = self._sound.turns + step.segment.starts_clock
        await self._tell(_Sound(step.segment.sequence, turns, played_s))
        if self._url and not self._stretch.is_live:
            async with self._moved:
                await self._moved.wait_for(lambda: self._played_s >= played_s)

    async def _tell(self, sound: _Sound) -> None:
        async with self._moved:
            self._sound = sound
            self._moved.notify_all()

    async def _pull_again_and_again(self, url: str, speed: float, from_s: float | None) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self._sound.number >= 0)
        is_wanted = True
        while is_wanted:
            is_wanted = False
            try:
                with suppress(Closed):
                    await self._pull(url, speed, from_s)
            except PortError as error:
                log.info("pictures.interrupted", reason=str(error))
                is_wanted = self._stretch.is_live
            finally:
                await self._reach(inf)
            if is_wanted:
                await asyncio.sleep(REST_S / speed)

    async def _pull(self, url: str, speed: float, from_s: float | None) -> None:
        window = await self._segments.window(url)
        reader, turns = Reader(self._start(window, from_s)), self._sound.turns
        async with AsyncExitStack() as stack:
            player = Player(stack, self._segments, self._outlet, self._stretch)
            is_first = True
            async for step in steps(self._segments, url, window, reader, speed):
                turns += step.segment.starts_clock and not is_first
                is_first = False
                if await self._is_beside_the_sound(turns, player.played_s):
                    await player.play(step)
                await self._reach(player.played_s)

    def _start(self, window: MediaPlaylist, from_s: float | None) -> int:
        """Return the number of the segment to begin with: the sound's, as renditions are seldom numbered apart."""
        if window.is_complete and from_s is not None:
            return playlist.at(window, from_s) if window.segments else 0
        numbers = {segment.sequence for segment in window.segments}
        return self._sound.number if self._sound.number in numbers else playlist.edge(window)

    async def _is_beside_the_sound(self, turns: int, played_s: float) -> bool:
        """Wait while the sound is not so far; return whether it is not on another clock already."""
        if self._sound.turns < turns:
            await self._reach(inf)  # the sound must go on first
        async with self._moved:
            await self._moved.wait_for(lambda: self._sound.turns >= turns and self._may_go_on(played_s))
            return self._sound.turns == turns

    def _may_go_on(self, played_s: float) -> bool:
        return self._stretch.is_live or self._sound.played_s >= played_s

    async def _reach(self, played_s: float) -> None:
        async with self._moved:
            self._played_s = played_s
            self._moved.notify_all()
