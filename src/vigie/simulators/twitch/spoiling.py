"""What becomes of a good answer when something goes wrong."""

import asyncio
import json
import math
import time

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vigie.simulators.dropping import drop
from vigie.simulators.twitch.calls import Refusal
from vigie.simulators.twitch.faults import Fault, Faults, Kind

PAGE = "<!doctype html><title>Sorry</title><p>The page you asked for is having a nap.</p>"
EXPIRED = 'The parameter "after" was malformed: the cursor has expired'


def spoiled(app: ASGIApp, faults: Faults) -> ASGIApp:
    """Return the application, with what goes wrong; `/control` always goes well."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].lstrip("/")
        fault = None
        if not path.startswith("control"):
            query = scope["query_string"].decode()
            fault = faults.take(lambda one: one.touches(path, query))
        if fault is None:
            await app(scope, receive, send)
        elif fault.kind in {Kind.CUT, Kind.RESET}:
            drop(scope, reset=fault.kind is Kind.RESET)
        elif fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.delay_s)
            await app(scope, receive, send)
        elif fault.kind in {Kind.GARBAGE, Kind.DUPLICATE} and scope["type"] == "http":
            answer = _repeated if fault.kind is Kind.DUPLICATE else _halved
            await answer(await _answered(app, scope, receive))(scope, receive, send)
        else:
            await _instead(fault)(scope, receive, send)

    return asgi


def _instead(fault: Fault) -> Response:
    """Return what comes without asking the application."""
    if fault.kind is Kind.CURSOR:
        return _refused(Refusal(400, EXPIRED))
    if fault.kind is Kind.EMPTY:
        return Response(media_type="application/json")
    if fault.kind is Kind.REFUSE:
        reset = {"Ratelimit-Remaining": "0", "Ratelimit-Reset": str(math.ceil(time.time() + fault.delay_s))}
        headers = reset if fault.status == 429 else {}
        return _refused(Refusal(fault.status, "This was asked for.", headers=headers))
    return HTMLResponse(PAGE)


def _refused(refusal: Refusal) -> Response:
    return JSONResponse(refusal.body(), refusal.status, dict(refusal.headers))


async def _answered(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return the good answer."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, keep)
    body = b"".join(message.get("body", b"") for message in sent)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"] if name != b"content-length"}
    return Response(body, sent[0]["status"], headers)


def _halved(answer: Response) -> Response:
    body = bytes(answer.body)
    return _with(answer, body[: len(body) // 2])


def _repeated(answer: Response) -> Response:
    try:
        content = json.loads(bytes(answer.body))
        rows = content["data"]
    except (ValueError, KeyError):
        return answer
    return _with(answer, json.dumps({**content, "data": rows + rows[: math.ceil(len(rows) / 2)]}).encode())


def _with(answer: Response, body: bytes) -> Response:
    kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(body, answer.status_code, kept)
