"""What becomes of a good answer when something goes wrong."""

import math
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vigie.simulators.dropping import BrokenResponse
from vigie.simulators.media.faults import Fault, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = "<!doctype html><title>Sorry</title><p>This live needs a cup of coffee first.</p>"


def spoil(response: Response, fault: Fault, request: Request) -> Response:
    """Return the answer that the fault makes of `response`."""
    body, kind = bytes(getattr(response, "body", b"")), response.media_type  # a stream has no body yet
    spoiled: dict[Kind, Callable[[], Response]] = {
        Kind.CUT: lambda: BrokenResponse(body, kind, reset=False),
        Kind.RESET: lambda: BrokenResponse(body, kind, reset=True),
        Kind.REFUSE: lambda: Response(status_code=fault.status, headers=_retry_after(fault)),
        Kind.HTML: lambda: HTMLResponse(PAGE),
        Kind.EMPTY: lambda: Response(media_type=kind),
        Kind.REDIRECT: lambda: RedirectResponse(request.url, 302),
        Kind.MISLABEL: lambda: Response(body, media_type="text/html"),
        Kind.TRUNCATE: lambda: Response(body[: len(body) // 2], media_type=kind),
    }
    return spoiled[fault.kind]()


def _retry_after(fault: Fault) -> dict[str, str]:
    """Return what a server says that is asked too often."""
    is_busy = fault.status == HTTPStatus.TOO_MANY_REQUESTS
    return {"Retry-After": f"{math.ceil(fault.for_s)}"} if is_busy else {}
