"""The envelopes of the push server: messages in a fetch result, compressed, in a push frame."""

import gzip
from dataclasses import dataclass

from vigie.simulators.tiktok import schemas
from vigie.simulators.tiktok.messages import Message
from vigie.simulators.tiktok.wire import decode, encode

GZIP_LEVEL = 1
GARBAGE = b"\xff\xfe not a frame \x00\x01"
HEARTBEAT = encode(schemas.PUSH_FRAME, payload_type="hb", payload_encoding="pb")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is sent at once, with the messages that are in it."""

    log_id: int
    body: bytes
    messages: tuple[Message, ...] = ()
    is_history: bool = False


def frame(messages: tuple[Message, ...], log_id: int, *, compressed: bool, is_history: bool = False) -> Frame:
    """Return the frame of some messages, which the client is asked to acknowledge."""
    return Frame(
        log_id, _push(_result(messages, log_id, is_history), log_id, compressed=compressed), messages, is_history
    )


def corrupt_frame(log_id: int) -> Frame:
    """Return a frame that promises gzip and holds garbage."""
    return Frame(log_id, _envelope(GARBAGE, log_id, "gzip"))


def garbage_frame() -> Frame:
    """Return bytes that are no frame at all."""
    return Frame(0, GARBAGE)


def heartbeat_frame() -> Frame:
    """Return the answer to a heartbeat."""
    return Frame(0, HEARTBEAT)


def first_result(push_server: str) -> bytes:
    """Return what the signing service hands out: where the push server is and how to be let in."""
    return encode(
        schemas.FETCH_RESULT,
        cursor="c0",
        fetch_interval=1000,
        internal_ext="fetch_id:0",
        route_params={"wrss": "signed", "imprp": "vigie"},
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


def _result(messages: tuple[Message, ...], log_id: int, is_history: bool) -> bytes:  # noqa: FBT001 (internal)
    return encode(
        schemas.FETCH_RESULT,
        messages=[message.entry(is_history=is_history) for message in messages],
        cursor=f"c{log_id}",
        internal_ext=f"fetch_id:{log_id}",
        need_ack=True,
    )


def _push(result: bytes, log_id: int, *, compressed: bool) -> bytes:
    if not compressed:
        return _envelope(result, log_id, "none")
    return _envelope(gzip.compress(result, GZIP_LEVEL), log_id, "gzip")


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
