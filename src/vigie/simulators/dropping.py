"""Connections broken on purpose, below HTTP: ASGI knows no way to do it, so the server's protocol lends its socket."""

import socket
import struct
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from asyncio import Transport

EXTENSION = "vigie.transport"
LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER: close at once, with a RST."""


class BreakableProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with the transport in the scope of every request."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


class BreakableWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with the transport in the scope of every connection."""

    async def run_asgi(self) -> None:
        """Serve a connection."""
        self.scope["extensions"][EXTENSION] = {"transport": self.transport}
        await super().run_asgi()


def connection_of(request: HTTPConnection) -> str:
    """Return the address and the port of the client: the name of its connection."""
    return f"{request.client.host}:{request.client.port}" if request.client else ""


def drop(scope: Scope, *, reset: bool) -> None:
    """Close the connection of a request: with FIN after what was written, or with RST and without it."""
    transport: Transport = scope["extensions"][EXTENSION]["transport"]
    if not reset:
        transport.close()
        return
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()


class BrokenResponse(Response):
    """An answer that stops in the middle: headers that promise everything, half of it, the end of the connection."""

    def __init__(self, body: bytes, media_type: str | None, *, reset: bool) -> None:
        super().__init__(body, media_type=media_type)
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI)
        """Answer, and break."""
        if self.body:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            half = bytes(self.body)[: len(self.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        drop(scope, reset=self._reset)
