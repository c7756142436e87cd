"""The two encodings of obs-websocket 5: a session has the one that was agreed upon in its handshake."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

JSON, MSGPACK = "obswebsocket.json", "obswebsocket.msgpack"
"""Names of subprotocols."""
MOST_BYTES = 123
"""Of a reason, by RFC 6455."""
NAMES = {JSON: "Json", MSGPACK: "MsgPack"}


class Closing(Exception):
    """OBS closes a connection with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason.encode()[:MOST_BYTES].decode(errors="ignore")


def agreed(offered: Sequence[str]) -> str | None:
    """Return the first of the subprotocols that OBS knows; JSON is spoken without one."""
    return next((one for one in offered if one in NAMES), None)


def encoded(message: Mapping[str, Any], protocol: str) -> str | bytes:
    """Return a message as it is sent."""
    if protocol == MSGPACK:
        return bytes(_msgpack().packb(message))
    return json.dumps(message, separators=(",", ":"), sort_keys=True)


def decoded(said: str | bytes, protocol: str) -> object:
    """Return what a client said. Raises Closing: it is in the other encoding, or in none."""
    is_text = isinstance(said, str)
    if is_text == (protocol == MSGPACK):
        came = "a text message" if is_text else "a binary message"
        raise Closing(4002, f"Your session encoding is set to {NAMES[protocol]}, but {came} was received.")
    try:
        return json.loads(said) if isinstance(said, str) else _msgpack().unpackb(said)
    except (ValueError, TypeError, RecursionError) as error:
        raise Closing(4002, f"Unable to decode {NAMES[protocol]}: {error}") from error


def _msgpack() -> Any:
    import msgpack  # type: ignore[import-untyped] # noqa: PLC0415 -- an extra

    return msgpack
