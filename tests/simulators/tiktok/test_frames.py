import gzip
from importlib import import_module
from typing import Any

import pytest

from vigie.simulators.tiktok.frames import (
    GARBAGE,
    Frame,
    Heard,
    corrupt_frame,
    first_result,
    garbage_frame,
    heartbeat_frame,
    read_client_frame,
)
from vigie.simulators.tiktok.happenings import Comment, viewer
from vigie.simulators.tiktok.messages import Stamp, write

MESSAGES = tuple(write(Comment(viewer(n), f"{n}"), Stamp(n, 101, 0)) for n in (1, 2))


@pytest.fixture(scope="module")
def proto(tiktoklive: Any) -> Any:
    """Return the library's own definitions."""
    return import_module("TikTokLive.proto")


@pytest.mark.parametrize(("compressed", "told"), [(True, "gzip"), (False, "none")])
def test_a_frame_holds_its_messages(proto: Any, *, compressed: bool, told: str) -> None:
    sent = Frame(7, MESSAGES)
    envelope = proto.WebcastPushFrame().parse(sent.body(compressed=compressed))
    result = proto.ProtoMessageFetchResult().parse(
        gzip.decompress(envelope.payload) if compressed else envelope.payload
    )

    assert (envelope.payload_type, envelope.log_id, envelope.headers[0].value) == ("msg", 7, told)
    assert [(it.msg_id, it.method, it.is_history) for it in result.messages] == [
        (1, "WebcastChatMessage", False),
        (2, "WebcastChatMessage", False),
    ]
    assert (result.need_ack, result.internal_ext, result.is_first) == (True, "fetch_id:7", False)
    assert sent.body(compressed=compressed) is sent.body(compressed=compressed)


def test_a_plain_frame_is_never_compressed() -> None:
    sent = Frame(7, MESSAGES, is_plain=True)

    assert sent.body(compressed=True) == Frame(7, MESSAGES).body(compressed=False)


def test_history_is_told_to_be_history(proto: Any) -> None:
    body = Frame(7, MESSAGES, is_history=True).body(compressed=False)
    result = proto.ProtoMessageFetchResult().parse(proto.WebcastPushFrame().parse(body).payload)

    assert {it.is_history for it in result.messages} == {True}


def test_the_first_result_says_where_the_push_server_is(proto: Any) -> None:
    result = proto.ProtoMessageFetchResult().parse(first_result("ws://here/im/", "signed"))

    assert (result.push_server, result.cursor, result.is_first) == ("ws://here/im/", "c0", True)
    assert result.route_params["wrss"] == "signed"


def test_a_heartbeat_is_answered_by_one(proto: Any) -> None:
    assert proto.WebcastPushFrame().parse(heartbeat_frame().body(compressed=True)).payload_type == "hb"


def test_spoiled_frames_bring_nothing(proto: Any) -> None:
    envelope = proto.WebcastPushFrame().parse(corrupt_frame(3).body(compressed=True))

    assert (envelope.headers[0].value, envelope.payload) == ("gzip", GARBAGE)
    assert corrupt_frame(3).messages == garbage_frame().messages == ()
    with pytest.raises(ValueError, match="varint"):
        proto.WebcastPushFrame().parse(garbage_frame().body(compressed=True))


def test_what_clients_send_is_understood(proto: Any) -> None:
    sent = proto.WebcastPushFrame(payload_type="ack", payload_encoding="pb", log_id=7, payload=b"fetch_id:7")

    assert read_client_frame(bytes(sent)) == Heard("ack", 7)


@pytest.mark.parametrize("body", [b"", b"\x10\x07", b"\x3a\x01\xff", b"\x12\x00\x3a\x02hb", GARBAGE])
def test_what_no_client_sends_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"protobuf|no type|codec"):
        read_client_frame(body)
