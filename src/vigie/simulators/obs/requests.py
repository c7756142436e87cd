"""What OBS answers to requests: those of the replay buffer, and a few about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vigie.simulators.obs.buffer import ReplayBuffer
from vigie.simulators.obs.faults import Fault, Faults, Kind, among
from vigie.simulators.obs.settings import Settings

SUCCESS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; `SUCCESS`, or a code that says why not."""

    code: int = SUCCESS
    comment: str = ""
    data: Mapping[str, Any] | None = None

    def told(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return it as a message has it."""
        status: dict[str, Any] = {"result": self.code == SUCCESS, "code": self.code}
        told = {"requestType": request["requestType"], "requestStatus": status}
        if self.comment:
            status["comment"] = self.comment
        if "requestId" in request:
            told["requestId"] = request["requestId"]
        if self.data is not None:
            told["responseData"] = dict(self.data)
        return told


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was answered."""

    request: str
    code: int


RUNNING, NOT_RUNNING = Answer(500), Answer(501)
UNAVAILABLE = Answer(604, "Replay buffer is not available.")
UNKNOWN = Answer(204, "Your request type is not valid.")
NAMELESS = Answer(203, "Your request's `requestType` may not be empty.")
NO_DATA = Answer(301, "Your request data is missing or invalid (non-object)")


@dataclass(slots=True)
class Requests:
    """Answers requests. Whoever calls holds the lock of the replay buffer."""

    settings: Settings
    buffer: ReplayBuffer
    faults: Faults
    folder: Path
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: str, data: object) -> Answer:
        """Return the answer, and write it down."""
        fault = self.faults.take(among({Kind.CODE, Kind.DEAF}, request))
        answer = _spoiled(fault) if fault else self._answer(request, data)
        self.asked.append(Asked(request, answer.code))
        return answer

    def _answer(self, request: str, data: object) -> Answer:
        if request == "GetProfileParameter":
            return self._parameter(data)
        known = {**self._of_itself(), **self._of_the_buffer()}
        if request not in known:
            return UNKNOWN if request else NAMELESS
        if request in self._of_the_buffer() and not self.settings.has_replay_buffer:
            return UNAVAILABLE
        return known[request]()

    def _of_itself(self) -> Mapping[str, Callable[[], Answer]]:
        return {
            "GetVersion": self._version,
            "GetRecordDirectory": lambda: Answer(data={"recordDirectory": self._told_folder()}),
        }

    def _of_the_buffer(self) -> Mapping[str, Callable[[], Answer]]:
        return {
            "GetReplayBufferStatus": lambda: Answer(data={"outputActive": self.buffer.is_active}),
            "StartReplayBuffer": self._start,
            "StopReplayBuffer": self._stop,
            "ToggleReplayBuffer": self._toggle,
            "SaveReplayBuffer": self._save,
            "GetLastReplayBufferReplay": self._last,
        }

    def _version(self) -> Answer:
        names = ["GetProfileParameter", *self._of_itself(), *self._of_the_buffer()]
        told = {"obsVersion": self.settings.version, "obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        return Answer(data={**told, "availableRequests": names, "platform": "simulator"})

    def _start(self) -> Answer:
        if self.buffer.is_active:
            return RUNNING
        self.buffer.turn(is_active=True)
        return Answer()

    def _stop(self) -> Answer:
        if not self.buffer.is_active:
            return NOT_RUNNING
        self.buffer.turn(is_active=False)
        return Answer()

    def _toggle(self) -> Answer:
        self.buffer.turn(is_active=not self.buffer.is_active)
        return Answer(data={"outputActive": self.buffer.is_active})

    def _save(self) -> Answer:
        if not self.buffer.is_active:
            return NOT_RUNNING
        self.buffer.save()
        return Answer()

    def _last(self) -> Answer:
        return Answer(data={"savedReplayPath": self.buffer.last_path}) if self.buffer.is_active else NOT_RUNNING

    def _parameter(self, data: object) -> Answer:
        if not isinstance(data, dict) or not data:
            return NO_DATA
        for name in ("parameterCategory", "parameterName"):
            if trouble := _without_text(data, name):
                return trouble
        is_pattern = (data["parameterCategory"], data["parameterName"]) == ("Output", "FilenameFormatting")
        value = self.settings.file_pattern if is_pattern else None
        default = Settings().file_pattern if is_pattern else None
        return Answer(data={"parameterValue": value, "defaultParameterValue": default})

    def _told_folder(self) -> str:
        return self.settings.told_folder or str(self.folder)


def _spoiled(fault: Fault) -> Answer:
    return Answer(fault.code, "This was asked for.") if fault.kind is Kind.CODE else Answer()


def _without_text(data: Mapping[str, Any], name: str) -> Answer | None:
    """Return what is wrong with a field that must hold a text."""
    if name not in data:
        return Answer(300, f"Your request is missing the `{name}` field.")
    if not isinstance(data[name], str):
        return Answer(401, f"The field value of `{name}` must be a string.")
    return None if data[name] else Answer(403, f"The field value of `{name}` must not be empty.")
