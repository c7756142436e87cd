"""The WebSockets of an OBS: each client's own dialogue, and what all of them are told."""

import asyncio
import base64
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from vigie.simulators.dropping import drop
from vigie.simulators.obs import encodings
from vigie.simulators.obs.dialogue import OUTPUTS, Dialogue, Message, event
from vigie.simulators.obs.encodings import Closing
from vigie.simulators.obs.faults import OF_MESSAGES, Faults, Kind, among
from vigie.simulators.obs.requests import Requests
from vigie.simulators.obs.spoiling import frame


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a socket: a close code, or 0 for a RST."""

    code: int
    reason: str = ""


class Socket:
    """A connection while it lasts."""

    def __init__(self, websocket: WebSocket, protocol: str, dialogue: Dialogue, faults: Faults) -> None:
        self.dialogue = dialogue
        self._websocket = websocket
        self._protocol = protocol
        self._faults = faults
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message | Close] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()

    def put(self, message: Message | Close) -> None:
        """Write a message, or end, when its turn comes: after what is being answered. Safe to call from any thread."""
        with suppress(RuntimeError):  # the server is gone, and its loop
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)

    def stall(self, *, stalls: bool) -> None:
        """Write nothing, or go on with what was held back. Safe to call from any thread."""
        self._loop.call_soon_threadsafe(self._flowing.clear if stalls else self._flowing.set)

    async def run(self) -> None:
        """Serve until either side ends it."""
        self._queue.put_nowait(self.dialogue.hello())
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._write())
            await self._read()
            writing.cancel()

    async def _read(self) -> None:
        while (said := await self._websocket.receive())["type"] == "websocket.receive":
            text, fault = said.get("text"), self._faults.take(among({Kind.SLOW}))
            answer = self._answer(text if text is not None else said["bytes"])
            if fault:
                self._loop.call_later(fault.delay_s, self._queue.put_nowait, answer)
            else:
                self._queue.put_nowait(answer)

    def _answer(self, said: str | bytes) -> Message | Close:
        try:
            message = encodings.decoded(said, self._protocol)
            with self.dialogue.requests.buffer.lock:
                return self.dialogue.take(message)
        except Closing as closing:
            return Close(closing.code, closing.reason)

    async def _write(self) -> None:
        while True:
            message = await self._queue.get()
            await self._flowing.wait()
            if isinstance(message, Close):
                await self._close(message)
                return
            said = frame(message, self._protocol, self._faults.take(among(OF_MESSAGES)))
            try:
                await (self._websocket.send_text(said) if isinstance(said, str) else self._websocket.send_bytes(said))
            except WebSocketDisconnect:
                return

    async def _close(self, close: Close) -> None:
        if not close.code:
            drop(self._websocket.scope, reset=True)
            return
        with suppress(WebSocketDisconnect, RuntimeError):  # the client was faster
            await self._websocket.close(close.code, close.reason)


class House:
    """The endpoint, and all who are connected."""

    def __init__(self, requests: Requests, faults: Faults) -> None:
        self.sockets: list[Socket] = []
        self.greeted = 0
        """Connections that there were."""
        self._requests = requests
        self._faults = faults
        self._salt = _random()
        requests.buffer.tell = self.tell
        requests.buffer.drop = lambda: self.end(Close(0))

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one client until its socket ends."""
        protocol = encodings.agreed(websocket.scope["subprotocols"])
        await websocket.accept(protocol)
        lock = self._requests.buffer.lock
        dialogue = Dialogue(self._requests, self._requests.settings.password, self._salt, _random())
        socket = Socket(websocket, protocol or encodings.JSON, dialogue, self._faults)
        with lock:
            self.sockets.append(socket)
            self.greeted += 1
        try:
            await socket.run()
        finally:
            with lock:
                self.sockets.remove(socket)

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Tell whoever wants to hear of outputs. Whoever calls holds the lock."""
        for socket in self.sockets:
            if socket.dialogue.hears(OUTPUTS):
                socket.put(event(kind, data))

    def end(self, close: Close) -> int:
        """End every connection; return how many. Whoever calls holds the lock."""
        for socket in self.sockets:
            socket.put(close)
        return len(self.sockets)

    def stall(self, *, stalls: bool) -> int:
        """Let every connection fall silent, or go on; return how many. Whoever calls holds the lock."""
        for socket in self.sockets:
            socket.stall(stalls=stalls)
        return len(self.sockets)


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
