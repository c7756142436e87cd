"""Push frames, against TikTokLive's classes."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from TikTokLive.proto import HeartBeatMessage, ProtoMessageFetchResult, WebcastImEnterRoomMessage, WebcastPushFrame

from tests.adapters.tiktok import wire
from vigie.adapters.tiktok import frames
from vigie.adapters.tiktok.frames import NOTHING, Broken, moment, read


@pytest.mark.parametrize("is_zipped", [True, False])
def test_read_unpacks_the_messages_of_a_frame(is_zipped: bool) -> None:  # noqa: FBT001 -- a column of the table
    fetched = read(wire.frame([wire.envelope(wire.chat("a")), wire.envelope(wire.chat("b"))], is_zipped=is_zipped))

    assert [envelope.method for envelope in fetched.messages] == ["WebcastChatMessage"] * 2
    assert [envelope.payload for envelope in fetched.messages] == [bytes(wire.chat("a")), bytes(wire.chat("b"))]
    assert (fetched.now, fetched.ack) == (None, None)


def test_read_tells_the_clock_of_tiktok() -> None:
    fetched = read(wire.push(bytes(ProtoMessageFetchResult(cursor="c", now=1_790_000_000_500))))

    assert fetched.now == datetime(2026, 9, 21, 14, 13, 20, 500_000, UTC)


@pytest.mark.parametrize(("internal_ext", "payload"), [("internal_src:dim", b"internal_src:dim"), ("", b"-")])
def test_ack_repeats_what_the_frame_asks_for(internal_ext: str, payload: bytes) -> None:
    fetched = read(wire.frame([], ack=internal_ext))

    assert fetched.ack is not None
    assert WebcastPushFrame().parse(fetched.ack) == WebcastPushFrame(
        log_id=99, payload_type="ack", payload_encoding="pb", payload=payload
    )


@pytest.mark.parametrize("kind", ["hb", "ack", "im_enter_room_resp", ""])
def test_read_makes_nothing_of_other_frames(kind: str) -> None:
    assert read(wire.push(b"\xff\xff", kind=kind)) == NOTHING


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff",
        wire.push(b"\xff\xff\xff"),
        wire.push(b"no gzip at all", "gzip"),
        wire.push(gzip.compress(b"whole")[:-4], "gzip"),
        wire.push(gzip.compress(b"\xff\xff\xff"), "gzip"),
        wire.push(gzip.compress(bytes(frames.MOST_BYTES + 1)), "gzip"),
    ],
    ids=["no frame", "no messages", "no gzip", "cut off", "garbage zipped", "a bomb"],
)
def test_read_refuses_what_cannot_be_read(data: bytes) -> None:
    with pytest.raises(Broken):
        read(data)


@given(st.binary(max_size=200))
def test_read_of_anything_is_messages_or_broken(data: bytes) -> None:
    try:
        fetched = read(data)
    except Broken:
        return
    assert isinstance(fetched, frames.Fetched)


def test_enter_room_is_what_tiktok_expects() -> None:
    sent = WebcastPushFrame().parse(frames.enter_room(7_123))

    assert (sent.payload_type, sent.payload_encoding) == ("im_enter_room", "pb")
    assert WebcastImEnterRoomMessage().parse(sent.payload) == WebcastImEnterRoomMessage(
        room_id=7_123, live_id=12, identity="audience", filter_welcome_msg="0"
    )


def test_heartbeat_counts() -> None:
    sent = WebcastPushFrame().parse(frames.heartbeat(7_123, 3))

    assert (sent.payload_type, sent.payload_encoding) == ("hb", "pb")
    assert HeartBeatMessage().parse(sent.payload) == HeartBeatMessage(room_id=7_123, send_packet_seq_id=3)


@pytest.mark.parametrize("unix_ms", [0, -1, 10**18, 2**63 - 1])
def test_moment_of_what_is_no_time_is_none(unix_ms: int) -> None:
    assert moment(unix_ms) is None
