"""Lives that go by themselves: a thread that lets the audiences act, each at its pace."""

import time
from random import Random
from threading import Event, Lock, Thread

from vigie.simulators.tiktok.accounts import State
from vigie.simulators.tiktok.crowd import Crowd
from vigie.simulators.tiktok.room import Room

TICK_S = 0.1
"""What happens in this time is told in one frame."""
STOP_S = 5


class Animation:
    """Paces the audiences of any number of lives. Safe to use from any thread."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = Lock()
        self._lives: dict[int, tuple[Room, Crowd, float]] = {}
        self._over = Event()
        self._thread = Thread(target=self._run, name="Animation", daemon=True)

    def set_pace(self, room: Room, pace: float, *, speaks: bool = True) -> None:
        """Let this much happen a second in a live, nothing with 0; where the broadcaster `speaks`, with captions."""
        user_id = room.account.user_id
        with self._lock:
            _, crowd, _ = self._lives.get(user_id, (room, Crowd(self._rng(user_id), speaks=speaks), 0.0))
            self._lives[user_id] = (room, crowd, pace)
            if not self._thread.is_alive() and not self._over.is_set():
                self._thread.start()

    def stop(self) -> None:
        """Let nothing happen any more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _rng(self, user_id: int) -> Random:
        return Random(f"{self._seed}:{user_id}")  # noqa: S311 (an audience is no secret)

    def _run(self) -> None:
        ticked_s = time.monotonic()
        while not self._over.wait(max(0.0, ticked_s + TICK_S - time.monotonic())):
            ticked_s += TICK_S
            self._tick()

    def _tick(self) -> None:
        with self._lock:
            lives = list(self._lives.values())
        for room, crowd, pace in lives:
            if pace and room.account.state is State.LIVE:
                happened = crowd.step(TICK_S, pace)
                if happened:
                    room.publish(happened)
