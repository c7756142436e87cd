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
from vigie.adapters.web.playlist import Segment
from vigie.adapters.web.renditions import Renditions
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
        self._played_s = self._next_s = 0.0

    async def follow(self, segment: Segment, played_s: float) -> None:
        """Put a picture of `segment` out, if it was played and it is time for one: `played_s` seconds were played."""
        was_played, self._played_s = played_s > self._played_s, played_s
        if self._url is None or not was_played or played_s < self._next_s:
            return
        self._next_s = played_s + EVERY_S
        try:
            async with asyncio.timeout(ANSWER_S):
                picture = await self._look(self._url, segment.sequence)
        except (PortError, TimeoutError) as error:
            log.info("pictures.missing", error=str(error) or "no answer in time")
            self._next_s = played_s + REST_S
            return
        if picture:
            await self._outlet.put(replace(picture, pts_s=self._origin.time_of(picture.pts_s)))

    async def _look(self, url: str, number: int) -> KeyframeReceived | None:
        window = await self._segments.window(url)
        by_number = {segment.sequence: segment for segment in window.segments}
        found = by_number.get(number) or by_number.get(playlist.edge(window))  # renditions are seldom numbered apart
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
