"""The OBS server: everything it can be told, from any thread."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Unpack

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from vigie.simulators.hosting import Address, Hosted, breakable
from vigie.simulators.obs.buffer import ReplayBuffer
from vigie.simulators.obs.control import Control
from vigie.simulators.obs.faults import Fault, Faults, Kind
from vigie.simulators.obs.requests import Asked, Requests
from vigie.simulators.obs.settings import Settings
from vigie.simulators.obs.sockets import Close, House
from vigie.simulators.obs.spoiling import spoiled


def local_time() -> datetime:
    """Return what time it is where OBS runs."""
    return datetime.now().astimezone()


class ObsServer(Hosted):
    """Plays an OBS whose replay buffer runs. `with` and `async with` start and stop it.

    Replays are written into `folder`. Everything may be called from any thread, before and after it was started.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = local_time, **address: Unpack[Address]) -> None:
        """Name replays by what `now` tells."""
        super().__init__(**address)
        self.settings = Settings()
        self._faults = Faults()
        self._buffer = ReplayBuffer(self.settings, self._faults, folder=folder, now=now)
        self._requests = Requests(self.settings, self._buffer, self._faults, folder)
        self._house = House(self._requests, self._faults)

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off at will."""
        control = Control(self._requests, self._faults, verbs=self._verbs())
        starlette = Starlette(routes=[*control.routes(), WebSocketRoute("/{path:path}", self._house.serve)])
        return breakable(spoiled(starlette, self._faults), has_sockets=True)

    def closing(self) -> None:
        """Go as a crash does: without a goodbye, and what was being written is lost."""
        with self._buffer.lock:
            self._buffer.forget()
            self._house.end(Close(0))

    @property
    def password(self) -> str:
        """What clients must know."""
        return self.settings.password

    @property
    def greeted(self) -> int:
        """How many connections there were."""
        return self._house.greeted

    @property
    def requests(self) -> list[Asked]:
        """What was asked, in the order in which it was answered."""
        return list(self._requests.asked)

    @property
    def written(self) -> list[Path]:
        """The files that were written, in that order; one that was overwritten is there twice."""
        return list(self._buffer.written)

    # ── what the streamer does ─────────────────────────────────────────────────────────────────────────────────────

    def turn(self, *, is_active: bool) -> None:
        """Start or stop the replay buffer."""
        with self._buffer.lock:
            self._buffer.turn(is_active=is_active)

    def save(self) -> None:
        """Press the key that saves a replay."""
        with self._buffer.lock:
            self._buffer.save()

    def restart(self) -> None:
        """Crash, and be started again at the same address: the replay buffer runs."""
        self.stop()
        self.start()

    # ── what goes wrong ────────────────────────────────────────────────────────────────────────────────────────────

    def fail(self, fault: Fault) -> None:
        """Let something go wrong with what comes next."""
        self._faults.add(fault)

    def heal(self) -> None:
        """Let everything go well."""
        self._faults.clear()

    def drop(self) -> int:
        """Reset every connection; return how many."""
        return self.close(0)

    def close(self, code: int) -> int:
        """Close every connection with one of OBS's codes, 4000 to 4012, or another; return how many."""
        with self._buffer.lock:
            return self._house.end(Close(code))

    def stall(self) -> int:
        """Say nothing on the connections that there are; return how many."""
        with self._buffer.lock:
            return self._house.stall(stalls=True)

    def resume(self) -> int:
        """Go on after a stall with what was held back; return how many connections do."""
        with self._buffer.lock:
            return self._house.stall(stalls=False)

    def _verbs(self) -> dict[str, Callable[..., object]]:
        """Return what `/control` takes, by name; words are those of the methods."""
        verbs = (self.turn, self.save, self.heal, self.drop, self.close, self.stall, self.resume)
        return {verb.__name__: verb for verb in verbs} | {"fail": self._fail, "set": self._set}

    def _fail(self, kind: str, **more: object) -> None:
        self.fail(Fault(Kind(kind), **more))  # type: ignore[arg-type] # what is wrong, `Fault` tells

    def _set(self, **changes: object) -> None:
        self.settings.change(changes)
