"""A server on loopback that answers what a test says."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Answer = Response | Callable[[Request], Response]
STOP_S = 10


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
    listener = socket.create_server(("127.0.0.1", 0))
    origin = Origin(f"http://127.0.0.1:{listener.getsockname()[1]}", answers)
    app = Starlette(routes=[Route("/{path:path}", origin.answer)])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join(STOP_S)


@contextmanager
def silence() -> Iterator[str]:
    """Yield an address that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
