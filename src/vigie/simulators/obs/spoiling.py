"""What becomes of a good handshake, or of a good message, when something goes wrong."""

import math
from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vigie.simulators.dropping import drop
from vigie.simulators.obs.encodings import encoded
from vigie.simulators.obs.faults import OF_HANDSHAKES, Fault, Faults, Kind, among

PAGE = "<!doctype html><title>A printer</title><p>Out of paper.</p>"
GARBAGE = b"\xc1\xff\x00\x13garbage"
"""0xc1 is what MessagePack never uses."""
HUGE = bytes(2 * 2**20)
KEPT = {"op", "requestId"}
"""Without these nobody could tell whom a message is for."""


def spoiled(app: ASGIApp, faults: Faults) -> ASGIApp:
    """Return the application, with what goes wrong with handshakes; `/control` always goes well."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        fault = faults.take(among(OF_HANDSHAKES)) if scope["type"] == "websocket" else None
        if fault is None:
            await app(scope, receive, send)
        elif fault.kind is Kind.RESET:
            drop(scope, reset=True)
        else:
            await receive()
            await _instead(fault)(scope, receive, send)

    return asgi


def _instead(fault: Fault) -> Response:
    if fault.kind is Kind.HTML:
        return HTMLResponse(PAGE)
    wait = {"Retry-After": str(math.ceil(fault.delay_s))} if fault.delay_s else {}
    return PlainTextResponse("This was asked for.", fault.status, wait)


def frame(message: Mapping[str, Any], protocol: str, fault: Fault | None) -> str | bytes:
    """Return a message as it is sent, or what comes instead."""
    kind = fault.kind if fault else None
    if kind is Kind.GARBAGE:
        return GARBAGE
    if kind is Kind.TEXT:
        return "Out of paper."
    if kind is Kind.HUGE:
        return HUGE
    if kind is Kind.HOLLOW:
        return encoded({"op": message["op"], "d": {}}, protocol)
    return encoded(_twisted(message) if kind is Kind.TWISTED else message, protocol)


def _twisted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: inner if name in KEPT else _twisted(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_twisted(inner) for inner in value]
    return 7 if isinstance(value, str) else str(value)
