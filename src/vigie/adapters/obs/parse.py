"""What OBS says, as values of `vigie.ports`. Pure.

Source: github.com/obsproject/obs-websocket, docs/generated/protocol.md, and what OBS 29.0.2 says (2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vigie.ports import ObsEvent, ObsStatus, PortError, ReplayBufferTurned, ReplaySaved

LONGEST_PATH = 32_767
"""Of Windows, in characters."""
LONGEST_COMMENT = 200
OUTPUT_RUNNING, OUTPUT_NOT_RUNNING, INVALID_STATE = 500, 501, 604
MAY_PASS = frozenset({205, 207, 700, 701, 702})
"""Codes of requests: OBS is busy, or failed this once."""
REFUSED = {
    204: "this OBS is too old for it.",
    OUTPUT_NOT_RUNNING: "the replay buffer is off: start it in OBS.",
    INVALID_STATE: "there is no replay buffer: enable it in the settings of OBS, under Output.",
}
TURNED = {"OBS_WEBSOCKET_OUTPUT_STARTED": True, "OBS_WEBSOCKET_OUTPUT_STOPPED": False}
WRONG_PASSWORD = 4009
CLOSED = {
    1001: "it was closed.",
    4010: "it speaks another version of the protocol.",
    4011: "somebody ended the session in OBS.",
}
AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Reply:
    """What OBS answers to a request."""

    request: str
    is_ok: bool
    code: int
    comment: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


def reply(request: str, *, is_ok: object, code: object, comment: object, data: object) -> Reply:
    """Return an answer. Raises TypeError when it makes no sense."""
    if not isinstance(is_ok, bool) or not isinstance(code, int):
        raise TypeError("no status")
    told = comment if isinstance(comment, str) else ""
    return Reply(request, is_ok, code, " ".join(told.split())[:LONGEST_COMMENT], data if isinstance(data, dict) else {})


def event(kind: object, data: object) -> ObsEvent | None:
    """Return what happened; None for what nobody here needs to know, and for nonsense."""
    if not isinstance(data, dict):
        return None
    if kind == "ReplayBufferSaved":
        path = data.get("savedReplayPath")
        return ReplaySaved(path) if isinstance(path, str) and _can_be(path) else None
    if kind == "ReplayBufferStateChanged":
        state = data.get("outputState")
        is_active = TURNED.get(state) if isinstance(state, str) else None
        return None if is_active is None else ReplayBufferTurned(is_active)
    return None


def _can_be(path: str) -> bool:
    return 0 < len(path) <= LONGEST_PATH and "\x00" not in path


def status(version: Reply, buffer: Reply, parameter: Reply, last: Reply) -> ObsStatus:
    """Return how an OBS does: an OBS without a replay buffer has none that runs, and one that is off no last replay."""
    path = _text(last, "savedReplayPath")
    return ObsStatus(
        version=_text(version, "obsVersion"),
        replay_is_active=buffer.is_ok and buffer.data.get("outputActive") is True,
        file_pattern=_text(parameter, "parameterValue") or _text(parameter, "defaultParameterValue"),
        last_replay=path if _can_be(path) else "",
    )


def _text(told: Reply, name: str) -> str:
    value = told.data.get(name)
    return value if told.is_ok and isinstance(value, str) else ""


def refused(told: Reply, place: str) -> PortError:
    """Return why OBS did not do what was asked."""
    reason = REFUSED.get(told.code) or f"{told.comment or 'it does not say why'} ({told.code})."
    may_pass = told.code in MAY_PASS
    return PortError(f"{place} refuses {told.request}: {reason}", retryable=may_pass, permanent=not may_pass)


def closed(code: int | None, place: str) -> PortError:
    """Return why a connection ended; everything but a wrong password may be tried again."""
    if code == WRONG_PASSWORD:
        return PortError(f"{place}: the password is wrong.", permanent=True)
    reason = CLOSED.get(code or 0, f"the connection broke ({code or 1006}).")
    return PortError(f"{place}: {reason}", retryable=True)


def answered(status: int, wait_s: float | None, place: str) -> PortError:
    """Return what it means that a handshake was answered by `status`: no OBS does that, but a proxy before it may."""
    may_pass = status in AGAIN or status >= 500
    words = "it is not there now" if may_pass else "what listens there is no OBS"
    return PortError(
        f"{place}: {words} (HTTP {status}).",
        retryable=may_pass,
        retry_after_s=wait_s if may_pass else None,
        permanent=not may_pass,
    )
