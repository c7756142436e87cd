"""The side door of an OBS: what is the case, what was asked and written, and everything it can be told."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vigie.simulators.obs.faults import Faults
from vigie.simulators.obs.requests import Requests

Verb = Callable[..., object]


class Control:
    """`/control` and `/control/log`. `verbs` are what it takes: `{"do": "turn", "is_active": false}`."""

    def __init__(self, requests: Requests, faults: Faults, *, verbs: Mapping[str, Verb]) -> None:
        self._requests = requests
        self._faults = faults
        self._verbs = verbs

    def routes(self) -> list[Route]:
        """Return where it answers."""
        return [
            Route("/control", self._state),
            Route("/control", self._do, methods=["POST"]),
            Route("/control/log", self._log),
        ]

    async def _state(self, _: Request) -> Response:
        """Answer how the replay buffer does, the settings, what goes wrong, and what can be done."""
        settings = {name: value for name, value in asdict(self._requests.settings).items() if name != "password"}
        return JSONResponse(
            {
                "is_active": self._requests.buffer.is_active,
                "settings": settings,
                "faults": self._faults.as_json(),
                "verbs": sorted(self._verbs),
            }
        )

    async def _do(self, request: Request) -> Response:
        """Do one thing and answer `{"result": ...}`; 400 with a line for what makes no sense."""
        try:
            entry = await request.json()
            verb = self._verbs[entry.pop("do")]
            result = verb(**entry)
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise HTTPException(400, f"{type(error).__name__}: {error}") from error
        return JSONResponse({"result": result if isinstance(result, str | int) else None})

    async def _log(self, _: Request) -> Response:
        """Answer every request, and every file that was written."""
        written = [str(path) for path in list(self._requests.buffer.written)]
        return JSONResponse({"requests": [asdict(one) for one in list(self._requests.asked)], "written": written})
