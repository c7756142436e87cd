"""Simulated lives that go on once they are listened to: who connects takes a while on a busy machine."""

import time
from collections.abc import Callable

from vigie.simulators.media import Live, MediaServer, Script


def stage(*lives: Live, pace: Callable[[float], float]) -> MediaServer:
    """Return a server whose clock stands still until something of each live was handed over.

    `pace` turns the seconds since then into seconds of the lives.
    """
    started_at: float | None = None

    def clock() -> float:
        nonlocal started_at
        if started_at is None:
            if not all(server.deliveries(live.name) for live in lives):
                return 0.0
            started_at = time.monotonic()
        return pace(time.monotonic() - started_at)

    server = MediaServer(Script(lives), clock=clock)
    return server
