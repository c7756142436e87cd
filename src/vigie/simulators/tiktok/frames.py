"""The envelopes of the push server: messages in a fetch result, compressed, in a push frame."""

import gzip
from dataclasses import dataclass

from vigie.simulators.tiktok import schemas
from vigie.simulators.tiktok.messages import Message
from vigie.simulators.tiktok.wire import decode, encode

GZIP_LEVEL = 1
GARBAGE = b"\x08" + b"\xff" * 12
"""A number that does not end."""
HEARTBEAT = encode(schemas.PUSH_FRAME, payload_type="hb", payload_encoding="pb")


class Frame:
    """What is sent at once, and the messages that are in it; encoded when first sent, once for all connections."""

    def __init__(
        self, log_id: int, messages: tuple[Message, ...] = (), *, is_history: bool = False, is_plain: bool = False
    ) -> None:
        self.log_id = log_id
        self.messages = messages
        self.is_history = is_history
        self._is_plain = is_plain
        self._bodies: dict[bool, bytes] = {}

    def body(self, *, compressed: bool) -> bytes:
        """Return its bytes; a plain frame is never compressed."""
        is_packed = compressed and not self._is_plain
        if is_packed not in self._bodies:
            self._bodies[is_packed] = self._encoded(is_packed=is_packed)
        return self._bodies[is_packed]

    def _encoded(self, *, is_packed: bool) -> bytes:
        result = encode(
            schemas.FETCH_RESULT,
            messages=[message.entry(is_history=self.is_history) for message in self.messages],
            cursor=f"c{self.log_id}",
            internal_ext=f"fetch_id:{self.log_id}",
            need_ack=True,
        )
        if is_packed:
            return _envelope(gzip.compress(result, GZIP_LEVEL), self.log_id, "gzip")
        return _envelope(result, self.log_id, "none")


class RawFrame(Frame):
    """Bytes that are sent as they are, and bring no message."""

    def __init__(self, body: bytes) -> None:
        super().__init__(0)
        self._bodies = {False: body, True: body}


def corrupt_frame(log_id: int) -> Frame:
    """Return a frame that promises gzip and holds garbage."""
    return RawFrame(_envelope(GARBAGE, log_id, "gzip"))


def garbage_frame() -> Frame:
    """Return bytes that are no frame at all."""
    return RawFrame(GARBAGE)


def heartbeat_frame() -> Frame:
    """Return the answer to a heartbeat."""
    return RawFrame(HEARTBEAT)


def first_result(push_server: str, secret: str) -> bytes:
    """Return what the signing service hands out: where the push server is and how to be let in."""
    return encode(
        schemas.FETCH_RESULT,
        cursor="c0",
        fetch_interval=1000,
        internal_ext="fetch_id:0",
        route_params={"wrss": secret, "imprp": "vigie"},
        heartbeat_duration=10_000,
        push_server=push_server,
        is_first=True,
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """A frame of a client."""

    payload_type: str
    log_id: int


def read_client_frame(body: bytes) -> Heard:
    """Return what a client sends: `hb`, `ack`, `im_enter_room`. Raises ValueError for anything else than a frame."""
    fields = decode(body)
    log_id, payload_type = fields.get(schemas.PUSH_FRAME["log_id"], 0), fields.get(schemas.PUSH_FRAME["payload_type"])
    if isinstance(log_id, int) and isinstance(payload_type, bytes):
        return Heard(payload_type.decode(), log_id)
    raise ValueError("This frame has no type.")


def _envelope(payload: bytes, log_id: int, compression: str) -> bytes:
    return encode(
        schemas.PUSH_FRAME,
        seq_id=log_id,
        log_id=log_id,
        headers=[encode(schemas.PUSH_HEADER, key="compress_type", value=compression)],
        payload_encoding="pb",
        payload_type="msg",
        payload=payload,
    )
