"""One connection to the push server."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from vigie.simulators.media.dropping import EXTENSION, drop
from vigie.simulators.tiktok.book import Book
from vigie.simulators.tiktok.faults import Fault, Kind
from vigie.simulators.tiktok.frames import Frame, heartbeat_frame, read_client_frame
from vigie.simulators.tiktok.room import Room

WAITING = 10_000
"""Frames that may wait for a slow client; it is dropped when there are more."""
NONSENSE = Fault(Kind.CLOSE, code=1002)
HANDSHAKE = [(b"handshake-options", b"ping-interval=5")]


class BreakableSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with the transport in the scope of every connection."""

    def handle_connect(self, event: Request) -> None:
        """Begin a connection."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = {"transport": self.transport}


class PushConnection:
    """Sends what its room offers, answers heartbeats, and writes down what was handed over."""

    def __init__(self, websocket: WebSocket, room: Room, book: Book) -> None:
        self._websocket = websocket
        self._room = room
        self._book = book
        self._name = f"{websocket.client.host}:{websocket.client.port}" if websocket.client else ""
        self._is_compressed = websocket.query_params.get("compress") == "gzip"
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Frame | Fault] = asyncio.Queue(WAITING)
        self._is_stalled = False
        self._unsettled: list[Frame] = []
        self._transport: asyncio.Transport = websocket.scope["extensions"][EXTENSION]["transport"]

    def offer(self, frame: Frame) -> None:
        """Send a frame in its turn. Safe to call from any thread."""
        self._loop.call_soon_threadsafe(self._put, frame)

    def strike(self, fault: Fault) -> None:
        """Break in the way of the fault, after what was offered before. Safe to call from any thread."""
        self._loop.call_soon_threadsafe(self._put, fault)

    async def run(self) -> None:
        """Talk until one side ends it. What happens from the client's first moment on is offered."""
        history = self._websocket.query_params.get("history_comment_count", "")
        self._room.enter(self, int(history) if history.isdecimal() else 0)
        try:
            await self._websocket.accept(subprotocol="echo-protocol", headers=HANDSHAKE)
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write())
                await self._read()
                writer.cancel()
        finally:
            self._room.leave(self)

    def _put(self, item: Frame | Fault) -> None:
        if self._waiting.full():
            drop(self._websocket.scope, reset=True)
        else:
            self._waiting.put_nowait(item)

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if not self._is_stalled:
                self._settle()
                self._hear(message.get("bytes") or b"")

    def _hear(self, body: bytes) -> None:
        try:
            heard = read_client_frame(body)
        except ValueError:
            self._put(NONSENSE)
            return
        if heard.payload_type == "ack":
            self._book.acknowledge(self._name, heard.log_id)
        elif heard.payload_type == "hb":
            self._put(heartbeat_frame())

    async def _write(self) -> None:
        try:
            while True:
                item = await self._waiting.get()
                if isinstance(item, Frame):
                    await self._send(item)
                elif item.kind is Kind.STALL:
                    self._is_stalled = True
                elif item.kind is Kind.CLOSE:
                    return await self._websocket.close(item.code)
                else:
                    return drop(self._websocket.scope, reset=True)
        except WebSocketDisconnect:
            return None  # the reader sees it too

    async def _send(self, frame: Frame) -> None:
        if self._is_stalled:
            return
        await self._websocket.send_bytes(frame.body(compressed=self._is_compressed))
        self._unsettled.append(frame)
        self._settle()

    def _settle(self) -> None:
        """Write down what has left this process: what still waits in it is lost with a RST."""
        if self._transport.get_write_buffer_size() == 0:
            for frame in self._unsettled:
                self._book.hand_over(self._room.account.user_id, self._name, frame)
            self._unsettled.clear()
