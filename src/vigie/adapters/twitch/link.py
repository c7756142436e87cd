"""One WebSocket to EventSub, from its welcome to its end. The only importer of websockets."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from vigie.adapters.twitch import frames
from vigie.adapters.twitch.frames import Frame, Welcome
from vigie.adapters.twitch.parse import Unreadable
from vigie.ports import PortError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

OPEN_S = 10.0
CLOSE_S = 0.3
"""Who does not answer a goodbye is left standing."""
MOST_BYTES = 2**20


class Link:
    """A connection that was welcomed."""

    def __init__(self, connection: "ClientConnection", welcome: Welcome, patience: float) -> None:
        self.session_id = welcome.session_id
        self._connection = connection
        self._silence_s = welcome.keepalive_s * patience

    async def read(self) -> Frame | None:
        """Return the next frame; None for one that cannot be read. Raises PortError: closed, or stalled."""
        try:
            return await _read(self._connection, self._silence_s)
        except Unreadable:
            return None

    async def close(self) -> None:
        """Say goodbye."""
        await self._connection.close()


async def open_link(url: str, patience: float) -> Link:
    """Return a connection once it was welcomed; `patience` says how many keepalives may be missed. Raises PortError."""
    connection = await _connect(url)
    try:
        return Link(connection, await _welcome(connection), patience)
    except BaseException:
        await connection.close()
        raise


async def _welcome(connection: "ClientConnection") -> Welcome:
    with suppress(Unreadable):
        frame = await _read(connection, OPEN_S)
        if isinstance(frame, Welcome):
            return frame
    raise PortError("Twitch EventSub: no welcome came.", retryable=True)


async def _connect(url: str) -> "ClientConnection":
    from websockets.asyncio.client import connect  # noqa: PLC0415 -- an extra
    from websockets.exceptions import WebSocketException  # noqa: PLC0415 -- an extra

    try:
        # Twitch pings; a client that sends anything but a pong is closed with 4001
        return await connect(
            url, ping_interval=None, open_timeout=OPEN_S, close_timeout=CLOSE_S, max_size=MOST_BYTES, compression=None
        )
    except (WebSocketException, OSError, TimeoutError) as error:
        why = type(error).__name__
        raise PortError(f"Twitch EventSub cannot be reached ({why}).", retryable=True) from error


async def _read(connection: "ClientConnection", within_s: float) -> Frame:
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 -- an extra

    try:
        async with asyncio.timeout(within_s):
            said = await connection.recv()
    except TimeoutError as error:
        raise PortError(f"Twitch EventSub: no sign of life for {within_s:.0f} s.", retryable=True) from error
    except ConnectionClosed as error:
        raise frames.closed(error.rcvd.code if error.rcvd else None) from error
    return frames.read(said)
