"""Following the captions of an HLS live beside its sound. Trouble with them never stops the sound."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from vigie.adapters.web import captions, playlist
from vigie.adapters.web.captions import NewCaptions
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Step
from vigie.adapters.web.renditions import Renditions
from vigie.adapters.web.segments import Segments
from vigie.ports import PortError

log = structlog.get_logger(__name__)

LOOK_BACK_S = 60.0
"""Captions are written after the sound: those of the last minute before the edge may belong to what is played."""
ANSWER_S, REST_S = 2.0, 30.0
"""The sound waits so long for an answer about captions; when none comes, they are left alone for a while."""
MOST_BYTES = 2**20

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Origin:
    """What captions are dated by: the clock of the sound, told from `at_s` on."""

    at_s: float
    clock: MpegClock

    def time_of(self, pts_s: float) -> float:
        """Return when a moment of the captions' clock is, on the clock that the sound is told in."""
        return self.clock.unwrapped(pts_s - self.at_s)


class Subtitles:
    """The captions of one rendition, each of them once."""

    def __init__(self, segments: Segments, outlet: Outlet, renditions: Renditions, origin: Origin) -> None:
        """Tell them in the time of the sound."""
        self._segments = segments
        self._outlet = outlet
        self._url = renditions.captions_url
        self._language = renditions.captions_language
        self._origin = origin
        self._window: MediaPlaylist | None = None
        self._reader: Reader | None = None
        self._waiting: deque[Step] = deque()
        self._told_s = 0.0
        self._rests_until = 0.0
        self._new = NewCaptions()

    async def follow(self, played_s: float) -> None:
        """Put out the captions that are there; of a recording, those of the first `played_s` seconds."""
        if self._url is None or asyncio.get_running_loop().time() < self._rests_until:
            return
        try:
            await self._look(self._url)
            while self._waiting and (not self._is_complete or self._told_s <= played_s):
                await self._tell()
        except PortError as error:
            log.warning("captions.missing", error=str(error))

    @property
    def _is_complete(self) -> bool:
        return self._window is not None and self._window.is_complete

    async def _look(self, url: str) -> None:
        """Ask which captions there are; once for a recording."""
        if self._is_complete:
            return
        self._window = window = await self._answer(self._segments.window(url))
        if self._reader is None:
            self._reader = Reader(playlist.going_back(window, playlist.edge(window), LOOK_BACK_S))
        self._waiting.extend(self._reader.steps(window))

    async def _tell(self) -> None:
        segment = self._waiting.popleft().segment
        body = await self._answer(self._segments.body(segment, MOST_BYTES))
        self._told_s += segment.duration_s
        for caption in self._new.among(captions.parse(body.decode(errors="replace"), self._language)):
            start_s, end_s = map(self._origin.time_of, (caption.pts_s, caption.end_pts_s))
            await self._outlet.put(replace(caption, pts_s=start_s, end_pts_s=end_s))

    async def _answer(self, asked: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await asked
        except TimeoutError as error:
            self._rests_until = asyncio.get_running_loop().time() + REST_S
            raise PortError("The captions do not come.", retryable=True) from error
