"""A simulator on a port of this machine, in a thread with a loop of its own: its clients may block theirs."""

import asyncio
import socket
from abc import ABC, abstractmethod
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn

STOP_S = 10


class Hosted(ABC):
    """Serves what `config` describes. `with` and `async with` start and stop it."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._address = (host, port)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once started."""
        return self._address

    def url(self, path: str = "") -> str:
        """Return the address of a path."""
        host, port = self._address
        return f"http://{host}:{port}/{path}"

    @abstractmethod
    def config(self) -> uvicorn.Config:
        """Return how it is served; called once it is known where."""

    def closing(self) -> None:
        """Let endless answers end."""
        return

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        listener = socket.create_server(self._address, backlog=1024)
        self._address = listener.getsockname()[:2]
        self._server = uvicorn.Server(self.config())
        name = f"{type(self).__name__}:{self._address[1]}"
        self._thread = Thread(target=self._server.run, args=([listener],), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End all connections and wait until the port is free."""
        self.closing()
        self._server.should_exit = True
        self._thread.join(STOP_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
