"""Between the event loop, which owns the network, and the threads that decode. Both directions are bounded."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock

from vigie.events import MediaItem

PIPE_BYTES = 256 * 1024
OUTLET_ITEMS = 4


TURN = Lock()
"""Decoders that read pipes work in turn. Forty threads that fight for the interpreter at every packet cost two to three
times as much (measured: 300 context switches a second of stream instead of 20), and one at a time is fast enough."""


@contextmanager
def resting() -> Iterator[None]:
    """Let others have the turn while the block waits."""
    TURN.release()
    try:
        yield
    finally:
        TURN.acquire()


class Closed(Exception):
    """The other side wants nothing more."""


class Pipe:
    """Bytes from the loop to one decoding thread: a file whose reader waits until there is something to read."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._changed = Condition()
        self._chunks: deque[memoryview] = deque()
        self._held_bytes = 0
        self._is_ended = self._is_abandoned = False

    async def write(self, data: bytes) -> None:
        """Append bytes, waiting while the decoder has enough of them. Raises Closed when it reads no more."""
        await self._has_room.wait()
        with self._changed:
            if self._is_abandoned:
                raise Closed
            if not data:  # would be the end of the file
                return
            self._chunks.append(memoryview(data))
            self._held_bytes += len(data)
            if self._held_bytes >= PIPE_BYTES:
                self._has_room.clear()
            self._changed.notify()

    def end(self) -> None:
        """Let the reader find the end of the file after what was written."""
        with self._changed:
            self._is_ended = True
            self._changed.notify()

    def abandon(self) -> None:
        """Let the reader find the end at once, and the writer Closed. From any thread."""
        with self._changed:
            self._is_ended = self._is_abandoned = True
            self._chunks.clear()
            self._changed.notify()
        self._wake_writer()

    def read(self, size: int) -> bytes:
        """Return 1 to `size` bytes, or none at the end. Called by the decoding thread, whose turn it is."""
        if not (self._chunks or self._is_ended):
            with resting(), self._changed:
                self._changed.wait_for(lambda: self._chunks or self._is_ended)
        with self._changed:
            if not self._chunks:
                return b""
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            was_full = self._held_bytes >= PIPE_BYTES
            self._held_bytes -= len(chunk)
            has_room_again = was_full and self._held_bytes < PIPE_BYTES
        if has_room_again:
            self._wake_writer()
        return bytes(chunk)

    def _wake_writer(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._has_room.set)


class Outlet:
    """Media items from whoever makes them to the one reader, in order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[MediaItem | None] = asyncio.Queue(OUTLET_ITEMS)
        self._is_closed = False

    async def put(self, item: MediaItem | None) -> None:
        """Hand an item over, waiting for room; None is the end. Raises Closed when nobody reads any more."""
        if self._is_closed:
            raise Closed
        await self._items.put(item)

    def put_from_thread(self, item: MediaItem) -> None:
        """Do the same from a decoding thread."""
        if self._is_closed:
            raise Closed
        asyncio.run_coroutine_threadsafe(self.put(item), self._loop).result()

    async def get(self) -> MediaItem | None:
        """Return the next item, None at the end."""
        return await self._items.get()

    def close(self) -> None:
        """Read no more, and release whoever waits for room."""
        self._is_closed = True
        while not self._items.empty():
            self._items.get_nowait()
