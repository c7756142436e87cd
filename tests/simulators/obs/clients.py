"""How a test talks to an OBS, played or real: in either encoding, word by word."""

import asyncio
import base64
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgpack  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

JSON, MSGPACK = "obswebsocket.json", "obswebsocket.msgpack"
DEADLINE_S = 20.0
Address = tuple[str, int]


class Talk:
    """A connection, from its handshake on."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._events = deque[Any]()

    async def say(self, message: object) -> None:
        """Send something: a text and bytes as they are."""
        if not isinstance(message, str | bytes):
            is_packed = self.connection.subprotocol == MSGPACK
            message = msgpack.packb(message) if is_packed else json.dumps(message)
        await self.connection.send(message)

    async def hear(self) -> Any:
        """Return the next message, or fail in the end."""
        async with asyncio.timeout(DEADLINE_S):
            said = await self.connection.recv()
        return msgpack.unpackb(said) if isinstance(said, bytes) else json.loads(said)

    async def ended(self) -> tuple[int | None, str | None]:
        """Return how the other side ends the connection."""
        async with asyncio.timeout(DEADLINE_S):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason

    async def identify(self, password: str, **more: object) -> None:
        """Say who is there, after the hello, and be taken."""
        hello = (await self.hear())["d"]
        proof = {"authentication": proof_of(password, hello["authentication"])} if "authentication" in hello else {}
        await self.say({"op": 1, "d": {"rpcVersion": 1, **proof, **more}})
        assert await self.hear() == {"op": 2, "d": {"negotiatedRpcVersion": 1}}

    async def ask(self, request: str, data: object = None) -> Any:
        """Return what is answered to a request; events that come before it wait for `event`."""
        asked = {"requestType": request, "requestId": "1"} | ({} if data is None else {"requestData": data})
        await self.say({"op": 6, "d": asked})
        while (told := await self.hear())["op"] == 5:
            self._events.append(told["d"])
        return told["d"]

    async def event(self) -> Any:
        """Return the next event."""
        if self._events:
            return self._events.popleft()
        told = await self.hear()
        assert told["op"] == 5, told
        return told["d"]


def proof_of(password: str, authentication: dict[str, str]) -> str:
    """Return what shows that a password is known."""
    secret = digest(f"{password}{authentication['salt']}")
    return digest(f"{secret}{authentication['challenge']}")


def digest(text: str) -> str:
    """Return the SHA-256 of a text in base64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@asynccontextmanager
async def connected(address: Address, protocols: Sequence[str] = ()) -> AsyncIterator[Talk]:
    """Connect; the hello waits to be heard."""
    host, port = address
    offered = [Subprotocol(one) for one in protocols] or None
    async with connect(f"ws://{host}:{port}", subprotocols=offered, proxy=None, close_timeout=1) as connection:
        yield Talk(connection)


@asynccontextmanager
async def identified(
    address: Address, password: str, protocols: Sequence[str] = (), **more: object
) -> AsyncIterator[Talk]:
    """Connect, and be taken."""
    async with connected(address, protocols) as talk:
        await talk.identify(password, **more)
        yield talk
