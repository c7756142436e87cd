"""A media server on a port of this machine, in a thread with a loop of its own: its clients may block theirs."""

import asyncio
import functools
import secrets
import socket
from datetime import UTC, datetime
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn

from vigie.simulators.media.app import MediaApp
from vigie.simulators.media.clock import Clock, RunningClock
from vigie.simulators.media.deliveries import Delivery
from vigie.simulators.media.dropping import BreakableProtocol
from vigie.simulators.media.faults import Fault
from vigie.simulators.media.onair import OnAir
from vigie.simulators.media.recording import load_recording
from vigie.simulators.media.script import Script

STOP_S = 10


class MediaServer:
    """Plays a script. `with` and `async with` start and stop it; the lives start when it does.

    `clock` paces everything: `RunningClock(4)` plays four times as fast, `HandClock()` goes when told to.
    """

    def __init__(self, script: Script, *, clock: Clock | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self._script = script
        self._clock = clock or RunningClock()
        self._address = (host, port)
        self._lives: dict[str, OnAir] = {}
        self._app = MediaApp(self._lives, script, secret=secrets.token_bytes(16))

    def url(self, path: str = "") -> str:
        """Return the address of a path: `fr.m3u8`, `fr.flv`, `fr/audio.flv`, `files/fr.mp4`, `resolve/fr`."""
        host, port = self._address
        return f"http://{host}:{port}/{path}"

    def now_s(self, live: str) -> float:
        """Return the second that a live is at, on its own clock."""
        return self._lives[live].now_s

    def break_live(self, live: str, fault: Fault) -> None:
        """Let something go wrong with a live while it runs. Safe to call from any thread."""
        self._lives[live].add(fault)

    def deliveries(self, live: str) -> list[Delivery]:
        """Return which seconds of sound were handed to which connection so far."""
        return self._app.deliveries.of(live)

    def start(self) -> None:
        """Read the media and listen. Raises OSError when the port is taken, ValueError for unplayable media."""
        load = functools.cache(load_recording)  # forty lives of one file take the memory of one
        media = {live.name: load(live.media, live.captions) for live in self._script.lives}
        listener = socket.create_server(self._address, backlog=128)
        self._address = listener.getsockname()[:2]
        now = datetime.now(UTC)
        for live in self._script.lives:
            self._lives[live.name] = OnAir(live, media, clock=self._clock, now=now)
        self._server = uvicorn.Server(_config(self._app))
        self._thread = Thread(target=self._server.run, args=([listener],), name="media-simulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End all connections and wait until the port is free."""
        self._app.is_closing = True
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


def _config(app: MediaApp) -> uvicorn.Config:
    return uvicorn.Config(
        app.asgi(),
        http=BreakableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
