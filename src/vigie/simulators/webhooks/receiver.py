"""The receiver: keeps what it was sent, answers as it is told to."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from threading import Condition

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from vigie.simulators.dropping import BrokenResponse
from vigie.simulators.hosting import Hosted, breakable
from vigie.simulators.webhooks.verifying import Forged, verify

HUGE_PIECES = 4096
PIECE = b"much too much of it\n" * 64


class Fault(StrEnum):
    """A way to misbehave."""

    ERROR = "error"
    """500, with words."""
    GONE = "gone"
    """410."""
    BUSY = "busy"
    """429, with Retry-After: 120."""
    SLOW = "slow"
    """No answer for as long as somebody waits."""
    REDIRECT = "redirect"
    """302 to /elsewhere."""
    HUGE = "huge"
    """200, and five megabytes."""
    RESET = "reset"
    """The connection is broken off without an answer."""
    HALF = "half"
    """200, and half of what was promised."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request that reached the receiver."""

    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_genuine: bool
    """Its signature was checked, and fits."""

    @property
    def message_id(self) -> str:
        """What the sender calls it, at each try."""
        return self.headers.get("webhook-id", "")

    @property
    def payload(self) -> dict[str, object]:
        """The JSON it holds."""
        return dict(json.loads(self.body))


class WebhookReceiver(Hosted):
    """Takes webhooks at any path. `with` and `async with` start and stop it; everything may be called from any thread.

    `secret` is what signatures are checked with; without one nothing is genuine.
    """

    def __init__(self, secret: str = "", *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host=host, port=port)
        self.secret = secret
        self.received: list[Received] = []
        """In order of arrival."""
        self._faults: list[Fault] = []
        self._arrived = Condition()

    def misbehave(self, *faults: Fault) -> None:
        """Answer the next requests like this, one fault each."""
        self._faults += faults

    def wait_for(self, count: int, *, within_s: float = 20.0) -> list[Received]:
        """Return what was received once there is that much of it. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= count, within_s):
                raise TimeoutError(f"{len(self.received)} of {count} deliveries within {within_s} s")
            return list(self.received)

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off."""
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST", "GET"])])
        return breakable(app)

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        headers = dict(request.headers)
        with self._arrived:
            self.received.append(Received(request.url.path, headers, body, self._is_genuine(headers, body)))
            self._arrived.notify_all()
            fault = self._faults.pop(0) if self._faults else None
        if fault is Fault.SLOW:
            while (await request.receive())["type"] != "http.disconnect":
                continue
        return ANSWERS[fault]() if fault in ANSWERS else PlainTextResponse("Thank you.")

    def _is_genuine(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            verify(self.secret, headers, body, now_s=time.time())
        except (Forged, IndexError):
            return False
        return True


async def _much() -> AsyncIterator[bytes]:
    for _ in range(HUGE_PIECES):
        yield PIECE


ANSWERS: Mapping[Fault | None, Callable[[], Response]] = {
    Fault.ERROR: partial(PlainTextResponse, "The database is on fire.", 500),
    Fault.GONE: partial(PlainTextResponse, "Nobody lives here any more.", 410),
    Fault.BUSY: partial(PlainTextResponse, "Later.", 429, {"Retry-After": "120"}),
    Fault.REDIRECT: partial(RedirectResponse, "/elsewhere", 302),
    Fault.HUGE: lambda: StreamingResponse(_much(), media_type="text/plain"),
    Fault.RESET: partial(BrokenResponse, b"", None, reset=True),
    Fault.HALF: partial(BrokenResponse, b"half of it" * 20, "text/plain", reset=False),
}
