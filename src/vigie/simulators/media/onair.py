"""A live while it is on air: its script, its clock, and the faults added meanwhile."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from vigie.simulators.media.clock import Clock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.program import Program, Window, plan
from vigie.simulators.media.recording import Recording
from vigie.simulators.media.script import Live

SHOWN = frozenset({Kind.SKIP, Kind.RESTART, Kind.END})
"""Kinds that change what is shown; the others change how it is answered."""


class OnAir:
    """One live of a running server. Safe to read while another thread adds a fault."""

    def __init__(self, live: Live, media: Mapping[str, Recording], *, clock: Clock, now: datetime) -> None:
        self.live = live
        self.recording = media[live.name]
        self.began_at = now - timedelta(seconds=live.preroll_s)
        self._media = media
        self._clock = clock
        self._zero_s = clock() - live.preroll_s
        self.faults = live.faults
        self.program = self._planned()

    @property
    def now_s(self) -> float:
        """The live's own clock."""
        return self._clock() - self._zero_s

    def add(self, fault: Fault) -> None:
        """Let something more go wrong. Raises KeyError when the media of a restart is no live of the server."""
        self.faults, before = (*self.faults, fault), self.faults
        try:
            self.program = self._planned()
        except KeyError:
            self.faults = before
            raise

    def forget(self) -> None:
        """Drop all faults but those that have changed what is shown: what was lost stays lost."""
        now_s = self.now_s
        self.faults = tuple(f for f in self.faults if f.kind in SHOWN and f.at_s <= now_s)
        self.program = self._planned()

    def window(self) -> Window:
        """Return what the playlists list now; during a freeze, what they listed when it began."""
        now_s = self.now_s
        frozen_s = [fault.at_s for fault in self._on(now_s) if fault.kind in {Kind.FREEZE, Kind.SKIP}]
        return self.program.window(min([now_s, *frozen_s]), self.live.window)

    def is_stalled(self, resource: Resource) -> bool:
        """Tell whether answers wait."""
        return any(fault.kind is Kind.STALL and fault.touches(resource) for fault in self._on(self.now_s))

    def fault_on(self, resource: Resource) -> Fault | None:
        """Return what spoils answers now, if anything does."""
        return next((f for f in self._on(self.now_s) if f.kind is not Kind.STALL and f.touches(resource)), None)

    def cut_between(self, from_s: float, to_s: float) -> Fault | None:
        """Return what broke the FLV connections that were open from `from_s` to `to_s`, if anything did."""
        cuts = [fault for fault in self.faults if fault.kind in {Kind.CUT, Kind.RESET}]
        return next((f for f in cuts if f.touches(Resource.FLV) and f.strikes_between(from_s, to_s)), None)

    def _on(self, at_s: float) -> Iterable[Fault]:
        return (fault for fault in self.faults if fault.is_on(at_s))

    def _planned(self) -> Program:
        return plan(self._media, self.live.name, self.faults, loops=self.live.loops)
