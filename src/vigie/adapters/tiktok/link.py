"""One WebSocket to TikTok's push server: opened, kept alive, watched over, closed within a second.

Everything happens in the task of whoever receives, so that nothing can be left behind. TikTok answers no pings: what
keeps the connection is a frame of its own kind, and what tells that it is alive are its frames.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from vigie.adapters.gated import AGAIN, tls, wait_s
from vigie.adapters.tiktok.decode import Envelope
from vigie.adapters.tiktok.frames import enter_room, heartbeat
from vigie.ports import PortError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed
    from websockets.http11 import Response

OPEN_S, SEND_S, CLOSE_S = 10.0, 10.0, 0.5
BEAT_S = 5.0
"""Where the push server does not say how often it wants to hear from us."""
BEATS_S = (0.05, 20.0)
STALL_S = 30.0
MOST_BYTES = 4 * 2**20
STATUS = re.compile(r"[45][0-9][0-9]")
INTERVAL = re.compile(r"ping-interval=([0-9]{1,3}(?:\.[0-9]{1,3})?)")
SCHEMES = ("wss://", "ws://")


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to open one connection to a room, for about 30 s: what the signing service hands out."""

    uri: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    """Cookies, and the browser that we were signed for."""
    messages: Sequence[Envelope] = field(default=(), repr=False)
    """From before the connection."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may be silent, and how often we say that we are there."""

    stall_s: float = STALL_S
    beat_s: float = BEAT_S


class Link:
    """An open connection. Whoever opened it closes it."""

    def __init__(self, socket: "ClientConnection", room_id: int, patience: Patience) -> None:
        self._socket = socket
        self._room_id = room_id
        self._patience = patience
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 -- of an extra

        self._closed = ConnectionClosed
        self._now = asyncio.get_running_loop().time
        self._beat_at = self._now()
        self._beats = 0

    async def receive(self) -> bytes:
        """Return the next frame. Raises PortError, retryable, when the connection broke or is silent for too long."""
        stalls_at = self._now() + self._patience.stall_s
        while (now := self._now()) < stalls_at:
            if now >= self._beat_at:
                await self._beat()
            try:
                async with asyncio.timeout_at(min(self._beat_at, stalls_at)):
                    return await self._socket.recv(decode=False)
            except TimeoutError:
                continue
            except self._closed as error:
                raise _closed(error) from error
        raise PortError(f"TikTok's chat was silent for {self._patience.stall_s:.0f} s.", retryable=True)

    async def send(self, frame: bytes) -> None:
        """Send a frame. Raises PortError, retryable."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._socket.send(frame)
        except TimeoutError as error:
            raise PortError(f"TikTok's chat takes nothing for {SEND_S:.0f} s.", retryable=True) from error
        except self._closed as error:
            raise _closed(error) from error

    async def close(self) -> None:
        """Close the connection, within a second; at once when the other side does not answer."""
        await self._socket.close()

    async def _beat(self) -> None:
        self._beats += 1
        self._beat_at = self._now() + self._patience.beat_s
        await self.send(heartbeat(self._room_id, self._beats))


async def open_link(ticket: Ticket, room_id: int, stall_s: float = STALL_S) -> Link:
    """Return a connection that has asked for the messages of a room. Raises PortError."""
    socket = await _open_socket(ticket)
    told = INTERVAL.search(_headers(socket.response).get("Handshake-Options", "") if socket.response else "")
    least, most = BEATS_S
    beat_s = min(max(float(told[1]), least), most) if told else BEAT_S
    link = Link(socket, room_id, Patience(stall_s, beat_s))
    try:
        await link.send(enter_room(room_id))
    except BaseException:
        await link.close()
        raise
    return link


async def _open_socket(ticket: Ticket) -> "ClientConnection":
    try:
        from websockets.asyncio.client import connect  # noqa: PLC0415 -- of an extra
        from websockets.typing import Subprotocol  # noqa: PLC0415 -- of an extra
    except ImportError as error:
        raise PortError("TikTok's chat is not installed: pip install 'vigie[tiktok]'.", permanent=True) from error
    if not ticket.uri.startswith(SCHEMES):
        raise PortError("The signing service names no push server.", retryable=True)
    with port_errors():
        return await connect(
            ticket.uri,
            subprotocols=[Subprotocol("echo-protocol")],
            additional_headers=ticket.headers,
            user_agent_header=None,
            compression=None,
            proxy=None,
            ssl=tls() if ticket.uri.startswith("wss://") else None,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            ping_interval=None,
            max_size=MOST_BYTES,
            max_queue=8,
        )


@contextmanager
def port_errors() -> Iterator[None]:
    """Turn what opening a WebSocket may raise into PortErrors, which never tell its address: it is signed."""
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException  # noqa: PLC0415 -- of an extra

    try:
        yield
    except TimeoutError as error:
        raise PortError(f"TikTok's chat did not answer within {OPEN_S:.0f} s.", retryable=True) from error
    except InvalidStatus as error:
        raise _refused(error.response) from error
    except (InvalidURI, ValueError):  # the latter from the standard library, for what is hardly an address
        raise PortError("The signing service names no push server.", retryable=True) from None
    except (WebSocketException, OSError) as error:
        raise PortError(f"TikTok's chat cannot be reached ({type(error).__name__}).", retryable=True) from error


def _refused(response: "Response") -> PortError:
    """Return what it means that the push server lets us not in, whose own status stands in a header of a plain 200.

    Each try costs a signature, and who was recognized as no browser, or as nobody of 18, is not let in by asking
    again: only who is told to wait, or that the server is down, asks again soon. (415 DEVICE_BLOCKED, 417 illegal
    app_id: TikTok-Live-Connector #187 and #329; TikTokLive 7.0.1 takes 200 and 400 for a block.)
    """
    headers = _headers(response)
    own = headers.get("Handshake-Status", "")
    status = int(own) if STATUS.fullmatch(own) else response.status_code
    may_pass = status in AGAIN or status >= 500
    return PortError(
        f"TikTok's chat refuses the connection (HTTP {status}: {headers.get('Handshake-Msg', 'no reason')[:200]}).",
        retryable=may_pass,
        retry_after_s=wait_s(headers) if may_pass else None,
        permanent=not may_pass,
    )


def _headers(response: "Response") -> httpx.Headers:
    """Return them as httpx does: websockets' raise where one comes twice."""
    return httpx.Headers(list(response.headers.raw_items()))


def _closed(error: "ConnectionClosed") -> PortError:
    code = error.rcvd.code if error.rcvd else "none"
    return PortError(f"TikTok's chat closed the connection (code {code}).", retryable=True)
