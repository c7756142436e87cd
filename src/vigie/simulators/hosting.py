"""A simulator on a port of this machine, in a thread with a loop of its own: its clients may block theirs."""

import asyncio
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self, TypedDict

import uvicorn
from starlette.types import ASGIApp

from vigie.simulators.dropping import BreakableProtocol, BreakableWebSocket

STOP_S = 10
TICK_S, GLANCE_S = 1.0, 0.002


class Address(TypedDict, total=False):
    """Where a simulator listens: this machine, on a free port, unless told otherwise."""

    host: str
    port: int


def breakable(app: ASGIApp, *, has_sockets: bool = False, deflates: bool = True) -> uvicorn.Config:
    """Return how to serve an application whose connections can be broken off at will, and are never pinged."""
    return uvicorn.Config(
        app,
        http=BreakableProtocol,
        ws=BreakableWebSocket if has_sockets else "none",
        ws_ping_interval=None,
        ws_per_message_deflate=deflates,
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


class _Server(uvicorn.Server):
    """Stops as soon as it is told to: uvicorn looks every 0.1 s only, and then waits for 0.1 s at least."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop = asyncio.new_event_loop()
        self._told = asyncio.Event()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve in this thread until told to stop."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self.serve(sockets))

    def tell(self) -> None:
        """Let it stop. Safe to call from any thread."""
        self.should_exit = True
        with suppress(RuntimeError):  # it has stopped already
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Write the date anew each second."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let those end that there are: within the time that the configuration gives them."""
        state = self.server_state
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:  # noqa: ASYNC110 -- uvicorn tells nobody when they are gone
                    await asyncio.sleep(GLANCE_S)
        for task in state.tasks:
            task.cancel()


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
        self._server = _Server(self.config())
        name = f"{type(self).__name__}:{self._address[1]}"
        self._thread = Thread(target=self._server.run, args=([listener],), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End all connections and wait until the port is free."""
        self.closing()
        self._server.tell()
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
