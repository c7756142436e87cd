"""The side doors of simulators: what is the case, one thing done at a time, and what was asked."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Endpoint = Callable[[Request], Awaitable[Response]]
Verb = Callable[..., object]


def side_door(state: Endpoint, change: Endpoint, log: Endpoint) -> list[Route]:
    """Return `/control`, which is read and written, and `/control/log`."""
    return [
        Route("/control", state),
        Route("/control", change, methods=["POST"]),
        Route("/control/log", log),
    ]


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """Answer 400 with a line for what makes no sense."""
    try:
        yield
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise HTTPException(400, f"{type(error).__name__}: {error}") from error


async def do(request: Request, verbs: Mapping[str, Verb]) -> Response:
    """Do one thing, `{"do": VERB, ...}`, and answer `{"result": ...}`; 400 with a line for what makes no sense."""
    with refusing_nonsense():
        entry = await request.json()
        verb = verbs[entry.pop("do")]
        result = verb(**entry)
    return JSONResponse({"result": result if isinstance(result, str | int) else None})
