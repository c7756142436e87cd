"""One connection to the push server."""

import asyncio
from datetime import UTC, datetime
from itertools import count

from starlette.websockets import WebSocket, WebSocketDisconnect

from vigie.simulators.dropping import EXTENSION, connection_of, drop
from vigie.simulators.tiktok.book import Book, Interrupted
from vigie.simulators.tiktok.faults import Fault, Kind
from vigie.simulators.tiktok.frames import Frame, heartbeat_frame, read_client_frame
from vigie.simulators.tiktok.room import Room

WAITING = 10_000
"""Frames that may wait for a slow client; it is dropped when there are more."""
PATIENCE_S = 1.0
"""How long a client that does not read can put off the end of its connection."""
NONSENSE = Fault(Kind.CLOSE, code=1002)
SUBPROTOCOL = "echo-protocol"
SERIALS = count(1)
"""Ports are given again: what one connection acknowledges says nothing of an earlier one from the same port."""
HANDSHAKE = [(b"handshake-options", b"ping-interval=5")]


class PushConnection:
    """Sends what its room offers, answers heartbeats, and writes down what was handed over."""

    def __init__(self, websocket: WebSocket, room: Room, book: Book) -> None:
        self._websocket = websocket
        self._room = room
        self._book = book
        self._user_id = room.account.user_id
        self._name = f"{connection_of(websocket)} #{next(SERIALS)}"
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
            asked = self._websocket.scope["subprotocols"]
            await self._websocket.accept(SUBPROTOCOL if SUBPROTOCOL in asked else None, headers=HANDSHAKE)
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write())
                await self._read()
                writer.cancel()
        finally:
            self._room.leave(self)
            self._book.take_back(self._user_id, self._name, self._unsettled)

    def _put(self, item: Frame | Fault) -> None:
        if self._waiting.full():
            self._drop()
            return
        self._waiting.put_nowait(item)
        if isinstance(item, Fault) and item.kind is not Kind.STALL:
            self._loop.call_later(PATIENCE_S, self._drop)

    def _drop(self) -> None:
        if not self._transport.is_closing():
            drop(self._websocket.scope, reset=True)

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
                    continue
                self._book.interrupt(self._user_id, Interrupted(item.kind, self._name, datetime.now(UTC)))
                if item.kind is Kind.STALL:
                    self._is_stalled = True
                elif item.kind is Kind.CLOSE:
                    await self._websocket.close(item.code)
                    self._unsettled.clear()  # a client answers this after all that came before
                    return
                else:
                    self._drop()
                    return
        except WebSocketDisconnect:
            return  # the reader sees it too

    async def _send(self, frame: Frame) -> None:
        if self._is_stalled:
            return
        self._unsettled.append(frame)
        self._book.hand_over(self._user_id, self._name, frame)  # before it is sent: who has read it finds it there
        await self._websocket.send_bytes(frame.body(compressed=self._is_compressed))
        self._settle()

    def _settle(self) -> None:
        """Take it that what has left this process arrives: what still waits in it can be lost."""
        if self._transport.get_write_buffer_size() == 0:
            self._unsettled.clear()
