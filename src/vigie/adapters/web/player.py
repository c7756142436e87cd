"""Playing one HLS playlist: its segments as they are named, and the decoders they go to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import structlog

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.decode import Decoding, Stretch
from vigie.adapters.web.fetch import shown
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import MediaPlaylist, Reader, Step
from vigie.adapters.web.segments import Segments
from vigie.ports import PortError

log = structlog.get_logger(__name__)

MOST_REFUSED = 2
"""So many segments in a row may be gone: expired, lost by the origin. More are a refusal of the whole."""
STALL_TARGETS, STALL_S = 3, 5.0
"""A live without a new segment for three target durations and 5 s has stalled."""


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
        if self._decoding and step.segment.starts_clock and self._stretch.clock and self._stretch.has_sound:
            self._stretch.clock.forget()
        stretch = replace(
            self._stretch,
            is_announced=self._stretch.has_sound and (self._decoding is None or (step.starts_clock and follows)),
            shift_s=(self._stretch.shift_s or 0.0) + (packed.starts_at_s(body) or 0.0),
        )
        decoding = await self._stack.enter_async_context(Decoding(self._outlet, stretch))
        await decoding.write(await self._segments.header(step.segment))
        return decoding
