"""One paced HTTP-FLV connection: what is due, when it is due, until something breaks it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from starlette.requests import Request

from vigie.simulators.dropping import connection_of, drop
from vigie.simulators.media.deliveries import Deliveries, Delivery
from vigie.simulators.media.faults import Kind, Resource
from vigie.simulators.media.feed import FlvFeed
from vigie.simulators.media.onair import OnAir

TICK_S = 0.04
"""How often a connection looks for what is due, in seconds on the wall."""


class Book(Protocol):
    """The server's side of a connection."""

    deliveries: Deliveries
    is_closing: bool


async def ticks(book: Book) -> AsyncIterator[None]:
    """Yield again and again until the server closes: a clock is a function, so there is no event to wait for."""
    while not book.is_closing:
        yield
        await asyncio.sleep(TICK_S)


class FlvConnection:
    """A client of a live's FLV: it starts a little before the live edge of the moment of its request."""

    def __init__(self, book: Book, request: Request, air: OnAir) -> None:
        self._book = book
        self._request = request
        self._air = air
        self._looked_s = air.now_s
        self._rendition = "audio.flv" if request.url.path.endswith("/audio.flv") else "flv"
        first = air.program.segment_at(self._looked_s - air.live.burst_s)
        self._feed = FlvFeed(first, audio_only=self._rendition == "audio.flv")

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield what is due, as it comes, until the live ends or something breaks."""
        async for _ in ticks(self._book):
            now_s = self._air.now_s
            cut = self._air.cut_between(self._looked_s, now_s)
            due = b"" if self._air.is_stalled(Resource.FLV) else self._take(min(now_s, cut.at_s) if cut else now_s)
            if due:
                yield due
            if cut:
                drop(self._request.scope, reset=cut.kind is Kind.RESET)
            if cut or self._feed.is_over(self._air.program):
                return
            self._looked_s = now_s

    def _take(self, until_s: float) -> bytes:
        body, sounds = self._feed.take(self._air.program, until_s)
        connection, live = connection_of(self._request), self._air.live.name
        self._book.deliveries.extend(Delivery(connection, live, self._rendition, sound) for sound in sounds)
        return body
