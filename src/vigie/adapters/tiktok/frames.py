"""Push frames: what the WebSocket to a room brings, and the three kinds that we send."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from vigie.adapters.tiktok.schema import Message, classes, decode_error

MOST_BYTES = 16 * 2**20
"""No frame unfolds to more: some hundred messages of 3 kB are usual at most."""
GZIP = zlib.MAX_WBITS | 16


class Broken(ValueError):
    """These bytes cannot be read."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a frame of messages holds."""

    messages: list[Message]
    """`Envelope`s, in order."""
    now: datetime | None
    """TikTok's clock, where it was told."""
    ack: bytes | None
    """The frame to send back, where one is wanted."""


NOTHING = Fetched([], None, None)


def read(data: bytes) -> Fetched:
    """Return what a frame holds: nothing where it is no frame of messages. Raises Broken."""
    frame = parsed("PushFrame", data)
    if frame.payload_type != "msg":
        return NOTHING
    result = parsed("FetchResult", _unpacked(frame))
    ack = _ack(frame.log_id, result.internal_ext) if result.need_ack else None
    return Fetched(result.messages, moment(result.now), ack)


def parsed(name: str, data: bytes) -> Message:
    """Return the message of that class. Raises Broken."""
    try:
        return classes()[name].FromString(data)
    except decode_error() as error:  # looked up only when there is one
        raise Broken(f"no {name}: {error}") from error


def moment(unix_ms: int) -> datetime | None:
    """Return the moment, UTC; None for 0 and for what is no time at all."""
    try:
        return datetime.fromtimestamp(unix_ms / 1000, UTC) if unix_ms > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _unpacked(frame: Message) -> bytes:
    payload: bytes = frame.payload
    if not any(header.key == "compress_type" and header.value == "gzip" for header in frame.headers):
        return payload
    unzip = zlib.decompressobj(GZIP)
    try:
        unpacked = unzip.decompress(payload, MOST_BYTES)
    except zlib.error as error:
        raise Broken(f"no gzip: {error}") from error
    if not unzip.eof:
        raise Broken("gzip that is cut off, or unfolds to more than 16 MiB")
    return unpacked


def _ack(log_id: int, internal_ext: str) -> bytes:
    return _frame("ack", (internal_ext or "-").encode(), log_id)


def enter_room(room_id: int) -> bytes:
    """Return the frame that asks for the messages of a room."""
    room = classes()["EnterRoom"](room_id=room_id, live_id=12, identity="audience", filter_welcome_msg="0")
    return _frame("im_enter_room", room.SerializeToString())


def heartbeat(room_id: int, number: int) -> bytes:
    """Return the frame that keeps a connection alive; `number` counts them from 1."""
    beat = classes()["HeartBeat"](room_id=room_id, send_packet_seq_id=number)
    return _frame("hb", beat.SerializeToString())


def _frame(kind: str, payload: bytes, log_id: int = 0) -> bytes:
    frame = classes()["PushFrame"](payload_type=kind, payload_encoding="pb", payload=payload, log_id=log_id)
    data: bytes = frame.SerializeToString()
    return data
