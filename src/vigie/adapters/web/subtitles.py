"""Following the captions of an HLS live beside its sound. Trouble with them never stops the sound."""

from collections import deque
from dataclasses import replace

import structlog

from vigie.adapters.web import captions, playlist
from vigie.adapters.web.captions import NewCaptions
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Renditions, Step
from vigie.adapters.web.segments import Segments
from vigie.ports import PortError

log = structlog.get_logger(__name__)

LOOK_BACK_S = 60.0
"""Captions are written after the sound: those of the last minute before the edge may belong to what is played."""


class Subtitles:
    """The captions of one rendition, each of them once."""

    def __init__(self, segments: Segments, outlet: Outlet, renditions: Renditions, origin_s: float) -> None:
        """Tell times from `origin_s` on the stream's clock."""
        self._segments = segments
        self._outlet = outlet
        self._url = renditions.captions_url
        self._language = renditions.captions_language
        self._origin_s = origin_s
        self._window: MediaPlaylist | None = None
        self._reader: Reader | None = None
        self._waiting: deque[Step] = deque()
        self._told_s = 0.0
        self._new = NewCaptions()

    async def follow(self, played_s: float) -> None:
        """Put out the captions that are there; of a recording, those of the first `played_s` seconds."""
        if self._url is None:
            return
        try:
            await self._look(self._url)
            while self._waiting and (not self._is_complete or self._told_s <= played_s):
                await self._tell(self._waiting.popleft())
        except PortError as error:
            log.warning("captions.missing", error=str(error))

    @property
    def _is_complete(self) -> bool:
        return self._window is not None and self._window.is_complete

    async def _look(self, url: str) -> None:
        """Ask which captions there are; once for a recording."""
        if self._is_complete:
            return
        self._window = window = await self._segments.window(url)
        if self._reader is None:
            self._reader = Reader(playlist.going_back(window, playlist.edge(window), LOOK_BACK_S))
        self._waiting.extend(self._reader.steps(window))

    async def _tell(self, step: Step) -> None:
        text = (await self._segments.body(step.segment)).decode(errors="replace")
        self._told_s += step.segment.duration_s
        for caption in self._new.among(captions.parse(text, self._language)):
            moved = replace(caption, pts_s=caption.pts_s - self._origin_s, end_pts_s=caption.end_pts_s - self._origin_s)
            await self._outlet.put(moved)
