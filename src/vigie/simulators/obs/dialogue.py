"""What OBS says to what one client says: pure but for what is asked of it.

Codes and reasons are those of OBS 29 (obs-websocket 5.1.0), as it gave them on 2026-11-22. Where it aborts, over an
`authentication` that is no text, it is refused here.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vigie.simulators.obs.encodings import Closing
from vigie.simulators.obs.requests import SUCCESS, Requests

HELLO, IDENTIFY, IDENTIFIED, REIDENTIFY, EVENT = 0, 1, 2, 3, 5
REQUEST, RESPONSE, BATCH, BATCH_RESPONSE = 6, 7, 8, 9
ALL_EVENTS = 0x7FF
"""What a client is told of that does not say: everything but what comes many times a second."""
OUTPUTS = 64
PARALLEL = 2

Message = Mapping[str, Any]


@dataclass(slots=True)
class Dialogue:
    """A session, from `hello` on."""

    requests: Requests
    password: str
    salt: str
    challenge: str
    is_identified: bool = False
    subscriptions: int = ALL_EVENTS

    def hello(self) -> Message:
        """Return what OBS says first."""
        told: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        if self.password:
            told["authentication"] = {"challenge": self.challenge, "salt": self.salt}
        return {"op": HELLO, "d": told}

    def hears(self, intent: int) -> bool:
        """Tell whether the client wants events of a sort."""
        return self.is_identified and bool(self.subscriptions & intent)

    def take(self, message: object) -> Message:
        """Return the answer to a message. Raises Closing for one that makes no sense."""
        op, data = _parts(message)
        if not self.is_identified and op != IDENTIFY:
            raise Closing(4007, "You attempted to send a non-Identify message while not identified.")
        acts = {
            IDENTIFY: self._identify,
            REIDENTIFY: self._reidentify,
            REQUEST: self._request,
            BATCH: self._batch,
        }
        if op not in acts:
            raise Closing(4006, f"Unknown OpCode: {op}")
        return acts[op](data)

    def _identify(self, data: Message) -> Message:
        if self.is_identified:
            raise Closing(4008, "You are already Identified with the obs-websocket server.")
        if self.password:
            self._authenticate(data)
        if "rpcVersion" not in data:
            raise Closing(4003, "Your payload's data is missing an `rpcVersion`.")
        if not _is_unsigned(data["rpcVersion"]):
            raise Closing(4004, "Your `rpcVersion` is not an unsigned number.")
        if data["rpcVersion"] != 1:
            raise Closing(4010, "Your requested RPC version is not supported by this server.")
        self._subscribe(data)
        self.is_identified = True
        return _identified()

    def _authenticate(self, data: Message) -> None:
        if "authentication" not in data:
            what = "an `authentication` string, however authentication is required"
            raise Closing(4009, f"Your payload's data is missing {what}.")
        given = data["authentication"]
        if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "replace"), self._proof()):
            raise Closing(4009, "Authentication failed.")

    def _proof(self) -> bytes:
        """Return what shows that a client knows the password."""
        secret = base64.b64encode(hashlib.sha256(f"{self.password}{self.salt}".encode()).digest())
        return base64.b64encode(hashlib.sha256(secret + self.challenge.encode()).digest())

    def _reidentify(self, data: Message) -> Message:
        self._subscribe(data)
        return _identified()

    def _subscribe(self, data: Message) -> None:
        wanted = data.get("eventSubscriptions", self.subscriptions)
        if not _is_unsigned(wanted):
            raise Closing(4004, "Your `eventSubscriptions` is not an unsigned number.")
        self.subscriptions = wanted

    def _request(self, data: Message) -> Message:
        _check_id(data)
        if not isinstance(data.get("requestType"), str):
            raise Closing(4003, "Your payload's data is missing an `requestType`.")
        return {"op": RESPONSE, "d": self._answer(data)}

    def _batch(self, data: Message) -> Message:
        """Answer several requests in their order, whatever the type of execution."""
        _check_id(data)
        _check_batch(data)
        results = list[Message]()
        for request in data["requests"]:
            results.append(self._answer(request))
            if data.get("haltOnFailure") and results[-1]["requestStatus"]["code"] != SUCCESS:
                break
        return {"op": BATCH_RESPONSE, "d": {"requestId": data["requestId"], "results": results}}

    def _answer(self, request: Message) -> Message:
        return self.requests.answer(request["requestType"], request.get("requestData")).told(request)


def event(kind: str, data: Message) -> Message:
    """Return the message that tells of something about outputs."""
    return {"op": EVENT, "d": {"eventType": kind, "eventIntent": OUTPUTS, "eventData": dict(data)}}


def _parts(message: object) -> tuple[int, Message]:
    if not isinstance(message, dict):
        raise Closing(4002, "You sent a non-object payload.")
    if "op" not in message:
        raise Closing(4006, "Your request is missing an `op`.")
    op, data = message["op"], message.get("d")
    if not isinstance(op, int) or isinstance(op, bool):
        raise Closing(4006, "Your `op` is not a number.")
    if data is None:
        raise Closing(4003, "Your payload is missing data (`d`).")
    if not isinstance(data, dict):
        raise Closing(4004, "Your payload's data (`d`) is not an object.")
    return op, data


def _check_id(data: Message) -> None:
    if "requestId" not in data:
        raise Closing(4003, "Your payload data is missing a `requestId`.")


def _check_batch(data: Message) -> None:
    if "requests" not in data:
        raise Closing(4003, "Your payload data is missing a `requests`.")
    wanted = data["requests"]
    if not isinstance(wanted, list) or not all(isinstance(one, dict) and _is_typed(one) for one in wanted):
        raise Closing(4004, "Your `requests` is not an array.")
    if not isinstance(data.get("haltOnFailure", False), bool):
        raise Closing(4004, "Your `haltOnFailure` is not a boolean.")
    execution = data.get("executionType", 0)
    if not _is_unsigned(execution):
        raise Closing(4004, "Your `executionType` is not a number.")
    if execution > PARALLEL:
        raise Closing(4005, "Your `executionType` has an invalid value.")
    if execution == PARALLEL and "variables" in data:
        raise Closing(4012, "Variables are not supported in Parallel mode.")


def _is_typed(request: Message) -> bool:
    return isinstance(request.get("requestType"), str)


def _is_unsigned(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _identified() -> Message:
    return {"op": IDENTIFIED, "d": {"negotiatedRpcVersion": 1}}
