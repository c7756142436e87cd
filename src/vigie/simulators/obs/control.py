"""The side door of an OBS: what is the case, what was asked and written, and everything it can be told."""

from collections.abc import Mapping
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vigie.simulators.control import Verb, do, side_door
from vigie.simulators.obs.faults import Faults
from vigie.simulators.obs.requests import Requests


class Control:
    """`/control` and `/control/log`. `verbs` are what it takes: `{"do": "turn", "is_active": false}`."""

    def __init__(self, requests: Requests, faults: Faults, *, verbs: Mapping[str, Verb]) -> None:
        self._requests = requests
        self._faults = faults
        self._verbs = verbs

    def routes(self) -> list[Route]:
        """Return where it answers."""
        return side_door(self._state, self._do, self._log)

    async def _state(self, _: Request) -> Response:
        """Answer how the replay buffer does, the settings, what goes wrong, and what can be done."""
        settings = {name: value for name, value in asdict(self._requests.settings).items() if name != "password"}
        return JSONResponse(
            {
                "is_active": self._requests.buffer.is_active,
                "settings": settings,
                "faults": [asdict(fault) for fault in self._faults.all()],
                "verbs": sorted(self._verbs),
            }
        )

    async def _do(self, request: Request) -> Response:
        return await do(request, self._verbs)

    async def _log(self, _: Request) -> Response:
        """Answer every request, and every file that was written."""
        written = [str(path) for path in list(self._requests.buffer.written)]
        return JSONResponse({"requests": [asdict(one) for one in list(self._requests.asked)], "written": written})
