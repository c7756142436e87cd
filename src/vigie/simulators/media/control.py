"""The side door of a media server: what is on air, what was served, and faults switched by hand."""

from collections.abc import Mapping
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vigie.simulators.control import refusing_nonsense
from vigie.simulators.media.deliveries import Deliveries
from vigie.simulators.media.onair import OnAir
from vigie.simulators.media.script import read_fault


class Control:
    """Endpoints of `/control` and `/control/log`."""

    def __init__(self, lives: Mapping[str, OnAir], deliveries: Deliveries) -> None:
        self._lives = lives
        self._deliveries = deliveries

    async def state(self, _: Request) -> Response:
        """Answer what is on air: the clock, the segment and the faults of every live."""
        return JSONResponse({name: _state(air) for name, air in self._lives.items()})

    async def change(self, request: Request) -> Response:
        """Take `{"live": NAME, "kind": KIND, ...}`, a fault from now on, or `{"live": NAME, "clear": true}`."""
        with refusing_nonsense():
            entry = await request.json()
            air = self._lives[entry.pop("live")]
            if entry.pop("clear", False):
                air.forget()
            else:
                air.add(read_fault({"at_s": air.now_s, **entry}))
        return JSONResponse(_state(air))

    async def log(self, _: Request) -> Response:
        """Answer every stretch of sound that was handed over, and to whom."""
        return JSONResponse(self._deliveries.as_json())


def _state(air: OnAir) -> dict[str, object]:
    now_s = air.now_s
    faults = [{**asdict(fault), "resources": sorted(fault.resources)} for fault in air.faults]
    return {"now_s": round(now_s, 3), "segment": air.program.segment_at(now_s).number, "faults": faults}
