"""The media server: plays a script."""

import functools
import secrets
from datetime import UTC, datetime

import uvicorn

from vigie.simulators.hosting import Hosted, breakable
from vigie.simulators.media.app import MediaApp
from vigie.simulators.media.clock import Clock, RunningClock
from vigie.simulators.media.deliveries import Delivery
from vigie.simulators.media.faults import Fault
from vigie.simulators.media.onair import OnAir
from vigie.simulators.media.recording import load_recording
from vigie.simulators.media.script import Script


class MediaServer(Hosted):
    """Plays a script. `with` and `async with` start and stop it; the lives start when it does.

    Paths: `fr.m3u8`, `fr.flv`, `fr/audio.flv`, `files/fr.mp4`, `resolve/fr`.

    `clock` paces everything: `RunningClock(4)` plays four times as fast, `HandClock()` goes when told to.
    """

    def __init__(self, script: Script, *, clock: Clock | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host=host, port=port)
        self._script = script
        self._clock = clock or RunningClock()
        self._lives: dict[str, OnAir] = {}
        self._app = MediaApp(self._lives, script, secret=secrets.token_bytes(16))

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
        now = datetime.now(UTC)
        for live in self._script.lives:
            self._lives[live.name] = OnAir(live, media, clock=self._clock, now=now)
        super().start()

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off at will."""
        return breakable(self._app.asgi())

    def closing(self) -> None:
        """Let streams end."""
        self._app.is_closing = True
