"""Pulling HLS: playlists and segments in, one stream of bytes for each decoder out. FFmpeg never touches the network.

The loop is ours so that each segment is asked for once and by number: what was missed is seen, what was played is not
asked for again, and a new connection goes back to where the last one stopped.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from math import inf

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.containers import first_pts_s
from vigie.adapters.web.decode import Stretch, none_yet
from vigie.adapters.web.fetch import Fetcher, shown
from vigie.adapters.web.glimpses import Glimpses
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.picturetrack import PictureTrack
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.player import MOST_REFUSED, Player, steps
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Segment
from vigie.adapters.web.renditions import Renditions
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Origin, Subtitles
from vigie.ports import PortError


@dataclass(frozen=True, slots=True)
class Pull:
    """From where (the edge, or where an earlier connection to a live or a recording stopped), and how fast.

    A simulated live may run faster than the clock.
    """

    from_pts_s: float | None = None
    was_live: bool = False
    speed: float = 1.0
    pictures_url: str = ""
    with_packets: bool = False


async def pull(fetcher: Fetcher, outlet: Outlet, url: str, how: Pull) -> None:
    """Put the sound, the captions and a picture now and then into `outlet`; return at the end. Raises PortError."""
    segments = Segments(fetcher)
    chosen = await segments.playlist(url, with_packets=how.with_packets)
    renditions = chosen if isinstance(chosen, Renditions) else _alone(url, how)
    window = chosen if isinstance(chosen, MediaPlaylist) else await segments.window(renditions.sound_url)
    origin_s = await _origin_s(segments, window) if window.is_complete else 0.0
    is_live = how.was_live or not window.is_complete
    clock = MpegClock(how.from_pts_s if is_live else None)
    shift_s = 0.0 if is_live else -origin_s
    began_s = clock.unwrapped(origin_s + shift_s)
    known = none_yet(with_packets=how.with_packets)
    stretch = Stretch("hls", shown(url), is_live, shift_s=shift_s, clock=clock, encodings=known)
    stretch = replace(stretch, has_pictures=renditions.packets_url is None)
    reader = Reader(await _start(segments, window, how.from_pts_s, clock, began_s))
    track = PictureTrack(segments, outlet, renditions.packets_url, stretch)
    async with track.beside(how.speed, (how.from_pts_s or began_s) - began_s), AsyncExitStack() as stack:
        player = Player(stack, segments, outlet, stretch)
        origin = Origin(-shift_s, clock)
        subtitles = Subtitles(segments, outlet, renditions, origin)
        glimpses = Glimpses(segments, outlet, renditions, origin)
        async for step in steps(segments, renditions.sound_url, window, reader, how.speed):
            await player.play(step)
            await track.follow(step, player.played_s)
            await subtitles.follow(player.played_s)
            await glimpses.follow(step.segment, player.played_s)
    await subtitles.follow(inf)


def _alone(url: str, how: Pull) -> Renditions:
    """Return what to play of a playlist of media: it has sound, and its pictures may be known to be elsewhere."""
    pictures_url = how.pictures_url or None
    return Renditions(url, packets_url=pictures_url) if how.with_packets else Renditions(url, pictures_url=pictures_url)


async def _start(
    segments: Segments, window: MediaPlaylist, from_pts_s: float | None, clock: MpegClock, began_s: float
) -> int:
    """Return the number of the segment to begin with. What is complete began at `began_s`, told as `from_pts_s` is."""
    start = playlist.edge(window)
    if from_pts_s is None or not window.segments:
        return start
    if window.is_complete:
        return playlist.at(window, from_pts_s - began_s)
    first = next(segment for segment in window.segments if segment.sequence == start)
    first_s = await _pts_s(segments, first)
    return start if first_s is None else playlist.going_back(window, start, clock.unwrapped(first_s) - from_pts_s)


async def _origin_s(segments: Segments, window: MediaPlaylist) -> float:
    """Return when a recording begins on the stream's clock, seen from the first of its segments that is there."""
    before_s = 0.0
    for segment in window.segments[: MOST_REFUSED + 1]:
        pts_s = await _pts_s(segments, segment)
        if pts_s is not None:
            return pts_s - before_s
        before_s += segment.duration_s
    return 0.0


async def _pts_s(segments: Segments, segment: Segment) -> float | None:
    """Return when the sound of a segment begins on the stream's clock; None when the segment is not there."""
    if segment.is_missing:
        return None
    try:
        body = await segments.body(segment)
    except PortError as error:
        if error.permanent:
            return None
        raise
    packed_s = packed.starts_at_s(body)
    if packed_s is not None:
        return packed_s
    return await asyncio.to_thread(first_pts_s, await segments.header(segment) + body) or 0.0
