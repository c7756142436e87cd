"""What becomes of an answer when something goes wrong."""

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, JSONResponse, Response

from vigie.simulators.tiktok.faults import Fault, Kind
from vigie.simulators.tiktok.pages import CAPTCHA, PAGE, restricted_info

if TYPE_CHECKING:
    from collections.abc import Callable

GIBBERISH = {"status": "ok", "data": [{"tea": "green"}]}


def spoil(fault: Fault) -> Response:
    """Return the answer of a fault."""
    spoiled: dict[Kind, Callable[[], Response]] = {
        Kind.REFUSE: lambda: _refusal(fault),
        Kind.CAPTCHA: lambda: HTMLResponse(CAPTCHA),
        Kind.HTML: lambda: HTMLResponse(PAGE),
        Kind.EMPTY: Response,
        Kind.GIBBERISH: lambda: JSONResponse(GIBBERISH, headers={"X-Set-TT-Cookie": "ttwid=vigie"}),
        Kind.RESTRICT: lambda: JSONResponse(restricted_info()),
    }
    return spoiled[fault.kind]()


async def waited(fault: Fault) -> None:
    """Return when a slow answer is due."""
    await asyncio.sleep(fault.delay_s)


def _refusal(fault: Fault) -> Response:
    if fault.status != HTTPStatus.TOO_MANY_REQUESTS:
        return Response(status_code=fault.status)
    content = {"code": 429, "message": "You are being rate limited.", "limit_label": "rate_limit_account_minute"}
    if fault.is_bare:
        return JSONResponse(content, fault.status)
    reset_at_s = int(time.time()) + fault.reset_s
    headers = {"RateLimit-Remaining": str(fault.reset_s), "RateLimit-Reset": str(reset_at_s)}
    return JSONResponse(content, fault.status, headers)
