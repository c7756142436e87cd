"""Pulling HLS: playlists and segments in, one stream of bytes for each decoder out. FFmpeg never touches the network.

The loop is ours so that each segment is asked for once and by number: what was missed is seen, what was played is not
asked for again, and a new connection goes back to where the last one stopped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from math import inf

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.containers import first_pts_s
from vigie.adapters.web.decode import Decoding, Stretch
from vigie.adapters.web.fetch import Fetcher, shown
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Renditions, Segment, Step
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Subtitles
from vigie.ports import PortError

STALL_TARGETS, STALL_S = 3, 5.0
"""A live without a new segment for three target durations and 5 s has stalled."""


@dataclass(frozen=True, slots=True)
class Pull:
    """From where (the edge, or where an earlier connection stopped), and how much faster a simulated live runs."""

    from_pts_s: float | None = None
    speed: float = 1.0


async def pull(fetcher: Fetcher, outlet: Outlet, url: str, how: Pull) -> None:
    """Put the sound and the captions of an HLS address into `outlet`; return at its end. Raises PortError."""
    segments = Segments(fetcher)
    chosen = await segments.playlist(url)
    renditions = chosen if isinstance(chosen, Renditions) else Renditions(url)
    window = chosen if isinstance(chosen, MediaPlaylist) else await segments.window(renditions.sound_url)
    origin_s = await _pts_s(segments, window.segments[0]) if window.is_complete and window.segments else 0.0
    reader = Reader(await _start(segments, window, how, origin_s))
    async with AsyncExitStack() as stack:
        player = Player(stack, segments, outlet, Stretch("hls", shown(url), not window.is_complete, shift_s=-origin_s))
        subtitles = Subtitles(segments, outlet, renditions, origin_s)
        async for step in steps(segments, renditions.sound_url, window, reader, how.speed):
            await player.play(step)
            await subtitles.follow(player.played_s)
    await subtitles.follow(inf)


async def _start(segments: Segments, window: MediaPlaylist, how: Pull, origin_s: float) -> int:
    """Return the number of the segment to begin with."""
    start = playlist.edge(window)
    if how.from_pts_s is None or not window.segments:
        return start
    if window.is_complete:
        return playlist.at(window, how.from_pts_s)
    first = next(segment for segment in window.segments if segment.sequence == start)
    return playlist.going_back(window, start, await _pts_s(segments, first) - origin_s - how.from_pts_s)


async def _pts_s(segments: Segments, segment: Segment) -> float:
    """Return when the sound of a segment begins on the stream's clock."""
    body = await segments.body(segment)
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

    async def play(self, step: Step) -> None:
        """Decode the next segment. Raises PortError."""
        body = await self._segments.body(step.segment)
        if self._decoding is None or step.needs_decoder:
            self._decoding = await self._begin(step, body)
        await self._decoding.write(body)
        self.played_s += step.segment.duration_s

    async def _begin(self, step: Step, body: bytes) -> Decoding:
        await self._stack.aclose()  # the decoder before delivers all it has
        stretch = replace(
            self._stretch,
            is_announced=self._decoding is None or step.starts_clock,
            shift_s=(self._stretch.shift_s or 0.0) + (packed.starts_at_s(body) or 0.0),
        )
        decoding = await self._stack.enter_async_context(Decoding(self._outlet, stretch))
        await decoding.write(await self._segments.header(step.segment))
        return decoding
