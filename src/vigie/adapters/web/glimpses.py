"""A look at the pictures of an HLS live whose sound is offered alone: the beginning of one segment now and then.

It costs a few kilobytes a second of the smallest rendition, and trouble with it never stops the sound. A recording is
not looked at: it is read much faster than it is watched.
"""

import asyncio
from dataclasses import replace

import structlog

from vigie.adapters.web import playlist
from vigie.adapters.web.pictures import EVERY_S, first_picture
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import Renditions, Segment
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Origin
from vigie.events import KeyframeReceived
from vigie.ports import PortError

log = structlog.get_logger(__name__)

BEGINNING_BYTES = 256 * 1024
"""The keyframe that a segment begins with is seldom larger in a small rendition."""
MOST_BYTES = 4 * 2**20
"""A server that knows no ranges sends the whole segment; one that is encrypted is needed whole."""
ANSWER_S, REST_S = 2.0, 300.0
"""The sound waits so long for a picture; when none comes, none is asked for in the next five minutes."""


class Glimpses:
    """The pictures beside one rendition of sound."""

    def __init__(self, segments: Segments, outlet: Outlet, renditions: Renditions, origin: Origin) -> None:
        """Tell them in the time of the sound."""
        self._segments = segments
        self._outlet = outlet
        self._url = renditions.pictures_url
        self._origin = origin
        self._next_s = 0.0

    async def follow(self, played_s: float) -> None:
        """Put a picture out, if it is time for one: `played_s` seconds of sound were played."""
        if self._url is None or played_s < self._next_s:
            return
        self._next_s = played_s + EVERY_S
        try:
            async with asyncio.timeout(ANSWER_S):
                picture = await self._look(self._url)
        except (PortError, TimeoutError) as error:
            log.info("pictures.missing", error=str(error) or "no answer in time")
            self._next_s = played_s + REST_S
            return
        if picture:
            await self._outlet.put(replace(picture, pts_s=self._origin.time_of(picture.pts_s)))

    async def _look(self, url: str) -> KeyframeReceived | None:
        window = await self._segments.window(url)
        number = playlist.edge(window)  # the sound has just come so far
        found = next((segment for segment in window.segments if segment.sequence == number), None)
        if found is None or found.is_missing or window.is_complete:
            return None
        data = await self._segments.header(found) + await self._segments.body(_beginning(found), MOST_BYTES)
        return await asyncio.to_thread(first_picture, data)


def _beginning(segment: Segment) -> Segment:
    """Return what of a segment is enough for its first keyframe."""
    part = segment.part
    if segment.key:
        return segment
    return replace(segment, part=replace(part, size=min(part.size or BEGINNING_BYTES, BEGINNING_BYTES)))
