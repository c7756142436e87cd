"""Pulling HLS: playlists and segments in, one stream of bytes for each decoder out. FFmpeg never touches the network.

The loop is ours so that each segment is asked for once and by number: what was missed is seen, what was played is not
asked for again, and a new connection goes back to where the last one stopped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from math import inf

import structlog

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.containers import first_pts_s
from vigie.adapters.web.decode import Decoding, Stretch, none_yet
from vigie.adapters.web.fetch import Fetcher, shown
from vigie.adapters.web.glimpses import Glimpses
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Renditions, Segment, Step
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Origin, Subtitles
from vigie.ports import PortError

log = structlog.get_logger(__name__)

MOST_REFUSED = 2
"""So many segments in a row may be gone: expired, lost by the origin. More are a refusal of the whole."""
STALL_TARGETS, STALL_S = 3, 5.0
"""A live without a new segment for three target durations and 5 s has stalled."""


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
    chosen = await segments.playlist(url)
    renditions = chosen if isinstance(chosen, Renditions) else Renditions(url, pictures_url=how.pictures_url or None)
    window = chosen if isinstance(chosen, MediaPlaylist) else await segments.window(renditions.sound_url)
    origin_s = await _origin_s(segments, window) if window.is_complete else 0.0
    is_live = how.was_live or not window.is_complete
    clock = MpegClock(how.from_pts_s if is_live else None)
    shift_s = 0.0 if is_live else -origin_s
    began_s = clock.unwrapped(origin_s + shift_s)
    reader = Reader(await _start(segments, window, how.from_pts_s, clock, began_s))
    async with AsyncExitStack() as stack:
        known = none_yet(with_packets=how.with_packets)
        stretch = Stretch("hls", shown(url), is_live, shift_s=shift_s, clock=clock, encodings=known)
        player = Player(stack, segments, outlet, stretch)
        origin = Origin(-shift_s, clock)
        subtitles = Subtitles(segments, outlet, renditions, origin)
        glimpses = Glimpses(segments, outlet, renditions, origin)
        async for step in steps(segments, renditions.sound_url, window, reader, how.speed):
            await player.play(step)
            await subtitles.follow(player.played_s)
            await glimpses.follow(step.segment, player.played_s)
    await subtitles.follow(inf)


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


async def steps(
    segments: Segments, url: str, window: MediaPlaylist, reader: Reader, speed: float
) -> AsyncIterator[Step]:
    """Yield the segments as the playlist names them, until it is complete.

    A playlist may fail to be had for a while. Raises PortError when it is refused, or nothing new comes.
    """
    clock = asyncio.get_running_loop().time
    trouble = PortError(f"{shown(url)}: no new segment, the live has stalled.", retryable=True)
    last_news_at = clock()
    while True:
        if reader.is_left_behind(window):
            raise PortError(f"{shown(url)}: the live numbers its segments anew.", retryable=True)
        news = reader.steps(window)
        for step in news:
            yield step
        if window.is_complete:
            return
        last_news_at = clock() if news else last_news_at
        if clock() - last_news_at > (STALL_TARGETS * window.target_s + STALL_S) / speed:
            raise trouble
        await asyncio.sleep(playlist.pause_s(window, has_news=bool(news)) / speed)
        try:
            window = await segments.window(url)
        except PortError as error:
            if not error.retryable or error.retry_after_s:
                raise


class Player:
    """Feeds segments to a decoder, and begins a new one where their bytes do not follow on."""

    def __init__(self, stack: AsyncExitStack, segments: Segments, outlet: Outlet, stretch: Stretch) -> None:
        """Keep the present decoder open on `stack`, so that leaving it delivers the rest."""
        self.played_s = 0.0
        self._stack = stack
        self._segments = segments
        self._outlet = outlet
        self._stretch = stretch
        self._decoding: Decoding | None = None
        self._refused = 0

    async def play(self, step: Step) -> None:
        """Decode the next segment; one that is refused is left out. Raises PortError, also when too many are."""
        try:
            body = await self._segments.body(step.segment)
        except PortError as error:
            self._refused += 1
            if not error.permanent or self._refused > MOST_REFUSED:
                raise
            log.info("hls.segment_refused", reason=str(error))
            return
        follows, self._refused = not self._refused, 0
        if self._decoding is None or step.needs_decoder or not follows:
            self._decoding = await self._begin(step, body, follows=follows)
        await self._decoding.write(body)
        self.played_s += step.segment.duration_s

    async def _begin(self, step: Step, body: bytes, *, follows: bool) -> Decoding:
        await self._stack.aclose()  # the decoder before delivers all it has
        if self._decoding and step.segment.starts_clock and self._stretch.clock:
            self._stretch.clock.forget()
        stretch = replace(
            self._stretch,
            is_announced=self._decoding is None or (step.starts_clock and follows),
            shift_s=(self._stretch.shift_s or 0.0) + (packed.starts_at_s(body) or 0.0),
        )
        decoding = await self._stack.enter_async_context(Decoding(self._outlet, stretch))
        await decoding.write(await self._segments.header(step.segment))
        return decoding
