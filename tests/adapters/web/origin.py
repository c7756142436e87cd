"""A server on loopback that answers what a test says."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vigie.simulators.hosting import Hosted

Answer = Response | Callable[[Request], Response]


class Origin:
    """Answers by path; what is not known is 404."""

    def __init__(self, url: str, answers: Mapping[str, Answer]) -> None:
        self.url = url
        self.answers = dict(answers)
        self.requests: list[tuple[str, dict[str, str]]] = []
        """Path with query, and headers, of everything that was asked."""

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.requests.append((path + (f"?{request.url.query}" if request.url.query else ""), dict(request.headers)))
        answer = self.answers.get(path, PlainTextResponse("not here", 404))
        return answer if isinstance(answer, Response) else answer(request)


@contextmanager
def serving(answers: Mapping[str, Answer]) -> Iterator[Origin]:
    """Serve while the block runs."""
    origin = Origin("", answers)
    with _Server(Starlette(routes=[Route("/{path:path}", origin.answer)])) as server:
        origin.url = server.url().rstrip("/")
        yield origin


class _Server(Hosted):
    def __init__(self, app: Starlette) -> None:
        super().__init__()
        self._app = app

    def config(self) -> uvicorn.Config:
        return uvicorn.Config(self._app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)


@contextmanager
def silence() -> Iterator[str]:
    """Yield an address that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
