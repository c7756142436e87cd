"""The replay buffer: it runs or not, and writes files as OBS does, with the traps of that."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from threading import RLock, Timer
from typing import Any

from vigie.simulators.obs.faults import OF_SAVES, Fault, Faults, Kind, among
from vigie.simulators.obs.film import replay
from vigie.simulators.obs.settings import Settings

Tell = Callable[[str, Mapping[str, Any]], None]
"""Takes an event and its data."""


class ReplayBuffer:
    """Whoever calls holds `lock`.

    Two saves before the first is written are one: both are taken, one file is written and told of. Two in the same
    second have the same name: the second file takes the place of the first. Both as measured with OBS 29.
    """

    def __init__(self, settings: Settings, faults: Faults, *, folder: Path, now: Callable[[], datetime]) -> None:
        self.lock = RLock()
        self.is_active = True
        self.last_path = ""
        """As it was told; empty before the first."""
        self.written: list[Path] = []
        """Every file in its order, those overwritten too."""
        self.tell: Tell = lambda _, __: None
        self.drop: Callable[[], object] = lambda: None
        self._settings = settings
        self._faults = faults
        self._folder = folder
        self._now = now
        self._name = ""
        self._timers: set[Timer] = set()
        self._is_saving = False

    def turn(self, *, is_active: bool) -> None:
        """Let it run or stop, and tell so."""
        self._change("STARTING" if is_active else "STOPPING", is_active=False)
        self._change("STARTED" if is_active else "STOPPED", is_active=is_active)

    def save(self) -> None:
        """Write what it holds in a while, unless that is about to be done."""
        if self._is_saving:
            return
        self._is_saving = True
        fault = self._faults.take(among(OF_SAVES))
        if not (fault and fault.kind is Kind.SAME and self._name):
            self._name = f"{self._now().strftime(self._settings.strftime())}.{self._settings.ending}"
        name = self._name
        self._later(self._settings.write_s, lambda: self._write(name, fault))

    def forget(self) -> None:
        """End what is under way, as a crash does; then it runs again."""
        for timer in list(self._timers):
            timer.cancel()
        self._timers.clear()
        self._is_saving, self.is_active, self.last_path = False, True, ""

    def _change(self, state: str, *, is_active: bool) -> None:
        self.is_active = is_active
        told = {"outputActive": is_active, "outputState": f"OBS_WEBSOCKET_OUTPUT_{state}"}
        self.tell("ReplayBufferStateChanged", told)

    def _write(self, name: str, fault: Fault | None) -> None:
        kind = fault.kind if fault else None
        path = self._folder / name
        self._is_saving = False
        if kind is not Kind.UNWRITTEN:
            path.write_bytes(replay(len(self.written) + 1))
            self.written.append(path)
        self.last_path = f"{self._settings.told_folder.rstrip('/')}/{name}" if self._settings.told_folder else str(path)
        told = self.last_path
        if kind is Kind.DROP:
            self.drop()
        elif fault and kind is Kind.LATE:
            self._later(fault.delay_s, lambda: self._tell_saved(told))
        elif kind is not Kind.SILENT:
            self._tell_saved(told)

    def _tell_saved(self, path: str) -> None:
        self.tell("ReplayBufferSaved", {"savedReplayPath": path})

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something after a while, with the lock, unless everything was forgotten meanwhile."""

        def do() -> None:
            with self.lock:
                if timer in self._timers:
                    self._timers.discard(timer)
                    act()

        timer = Timer(seconds, do)
        timer.daemon = True
        self._timers.add(timer)
        timer.start()
