"""One WebSocket of EventSub: welcome, messages in order, keepalives, close codes."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.websockets import WebSocket, WebSocketDisconnect

from vigie.simulators.dropping import drop
from vigie.simulators.twitch.messages import Message, keepalive, reconnect, welcome
from vigie.simulators.twitch.sessions import Session, Sessions, precise
from vigie.simulators.twitch.world import World

REASONS = {
    4000: "internal server error",
    4001: "client sent inbound traffic",
    4002: "client failed ping-pong",
    4003: "connection unused",
    4004: "client reconnect grace time expired",
    4005: "network timeout",
    4006: "network error",
    4007: "invalid reconnect attempt",
}


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a socket: a close code, or 0 for a RST."""

    code: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was written to a socket."""

    session_id: str
    message_id: str
    """Of the message of EventSub; a duplicate has the same."""
    kind: str
    """The type of the subscription: `channel.chat.message`, ..."""
    broadcaster_id: str
    event: Mapping[str, Any]


class Socket:
    """A connection while it lasts."""

    def __init__(self, websocket: WebSocket, session: Session, house: "House") -> None:
        self.session = session
        self._websocket = websocket
        self._house = house
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message | Close] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._last: Message | None = None

    def put(self, message: Message | Close) -> None:
        """Write a message, or end, when its turn comes. Safe to call from any thread."""
        with suppress(RuntimeError):  # the server is gone, and its loop
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)

    def repeat(self) -> None:
        """Write the last notification again, if there was one. Safe to call from any thread."""
        if self._last:
            self.put(self._last)

    def stall(self, *, stalls: bool) -> None:
        """Write nothing, keepalives included, or go on with what was held back. Safe to call from any thread."""
        self._loop.call_soon_threadsafe(self._flowing.clear if stalls else self._flowing.set)

    def expect(self, seconds: float, code: int) -> None:
        """Close with `code` after so many seconds if the session is not in use, or still has this socket."""

        def check() -> None:
            is_late = self.session.outlet is self and (code != 4003 or not self.session.subscriptions)
            if is_late:
                self._queue.put_nowait(Close(code))

        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, check)

    async def run(self) -> None:
        """Serve until either side ends it."""
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._write())
            await self._read()
            writing.cancel()

    async def _read(self) -> None:
        while (await self._websocket.receive())["type"] == "websocket.receive":
            self.put(Close(4001))

    async def _write(self) -> None:
        while True:
            message = await self._next()
            await self._flowing.wait()
            if isinstance(message, Close):
                await self._close(message.code)
                return
            if message.kind == "notification":
                self._last = message
            if not await self._send(message):
                return

    async def _send(self, message: Message) -> bool:
        """Write a message; tell whether there was still a socket. It is in the book by the time it can be read."""
        delivery = self._house.note(self.session, message)
        try:
            await self._websocket.send_text(message.text())
        except WebSocketDisconnect:
            if delivery:
                self._house.deliveries.remove(delivery)
            return False
        return True

    async def _next(self) -> Message | Close:
        pause_s = self._house.world.settings.keepalive_s or self.session.keepalive_s
        try:
            return await asyncio.wait_for(self._queue.get(), pause_s)
        except TimeoutError:
            return keepalive(self._house.world.new_id(), self._house.world.now())

    async def _close(self, code: int) -> None:
        if code:
            await self._websocket.close(code, REASONS.get(code, ""))
        else:
            drop(self._websocket.scope, reset=True)


class House:
    """The endpoint `/ws`, and the book of what was delivered."""

    def __init__(self, world: World, sessions: Sessions) -> None:
        self.world = world
        self.deliveries: list[Delivery] = []
        self._sessions = sessions
        self._tickets: dict[str, Session] = {}

    async def serve(self, websocket: WebSocket) -> None:
        """Welcome a client and serve it until its socket ends."""
        await websocket.accept()
        ticket = websocket.query_params.get("reconnect_id")
        with self.world.lock:
            session = self._tickets.pop(ticket, None) if ticket else self._sessions.open(_keepalive_s(websocket))
        if session is None or (ticket and not session.is_connected):
            await websocket.close(4007, REASONS[4007])
            return
        socket = Socket(websocket, session, self)
        with self.world.lock:
            session.outlet = socket  # the old one gets what was put into it until now
            socket.put(welcome(self.world.new_id(), self.world.now(), session=_facts(session)))
        socket.expect(self.world.settings.subscribe_within_s, 4003)
        try:
            await socket.run()
        finally:
            with self.world.lock:
                if session.outlet is socket:
                    session.outlet = None

    def order_reconnect(self, session: Session, base_url: str) -> None:
        """Tell a client to come again by another address; the old socket is closed if it does not."""
        socket = session.outlet
        if not isinstance(socket, Socket):
            return
        ticket = self.world.new_id()
        self._tickets[ticket] = session
        address = f"{base_url}?{urlencode({'reconnect_id': ticket})}"
        told = {"id": session.session_id, "reconnect_url": address, "connected_at": precise(session.connected_at)}
        socket.put(reconnect(self.world.new_id(), self.world.now(), session=told))
        socket.expect(self.world.settings.reconnect_within_s, 4004)

    def note(self, session: Session, message: Message) -> Delivery | None:
        """Write down that a notification is written to a socket; other messages are not kept."""
        if message.kind != "notification":
            return None
        about, event = message.payload["subscription"], message.payload["event"]
        broadcaster_id = event.get("broadcaster_user_id") or event.get("to_broadcaster_user_id", "")
        delivery = Delivery(session.session_id, message.message_id, about["type"], broadcaster_id, event)
        self.deliveries.append(delivery)
        return delivery


def _facts(session: Session) -> dict[str, Any]:
    return {
        "id": session.session_id,
        "keepalive_timeout_seconds": session.keepalive_s,
        "connected_at": precise(session.connected_at),
    }


def _keepalive_s(websocket: WebSocket) -> int:
    text = websocket.query_params.get("keepalive_timeout_seconds", "10")
    return min(600, max(10, int(text))) if text.isascii() and text.isdecimal() else 10
