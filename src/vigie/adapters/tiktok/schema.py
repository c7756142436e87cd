"""What we read and write of TikTok's protocol buffers: a table of fields, and the classes made of it at run time.

Only the fields that Vigie uses; the others are skipped by protobuf's C implementation without being looked at, which is
most of why reading is cheap. Numbers and types are those of TikTokLiveProto 0.2.2, `v3`; a test compares them.
Enumerations are plain numbers here, so that a value nobody knows yet is no error.
"""

from functools import cache
from typing import Any, Final

FIELDS: Final = {
    # what travels over the WebSocket
    "PushFrame": "2 log_id int64, 5 headers Header*, 6 payload_encoding string, 7 payload_type string, 8 payload bytes",
    "Header": "1 key string, 2 value string",
    "FetchResult": "1 messages Envelope*, 4 now int64, 5 internal_ext string, 9 need_ack bool",
    "Envelope": "1 method string, 2 payload bytes, 3 msg_id int64, 6 is_history bool",
    "EnterRoom": "1 room_id int64, 4 live_id int64, 5 identity string, 9 filter_welcome_msg string",
    "HeartBeat": "1 room_id int64, 2 send_packet_seq_id int64",
    # what messages have in common
    "Common": "2 msg_id int64, 4 create_time int64, 8 display_text Text",
    "Text": "1 key string",
    "User": (
        "1 id int64, 3 nickname string, 22 follow_info FollowInfo, 38 display_id string,"
        " 63 subscribe_info SubscribeInfo, 64 badge_list Badge*"
    ),
    "FollowInfo": "3 follow_status int64",
    "SubscribeInfo": "7 is_subscribed_to_anchor bool",
    "Badge": "3 scene_type int32",
    "Identity": (
        "2 is_subscriber_of_anchor bool, 4 is_follower_of_anchor bool, 5 is_moderator_of_anchor bool, 6 is_anchor bool"
    ),
    # the messages
    "Chat": "1 common Common, 2 user User, 3 content string, 18 user_identity Identity",
    "Gift": (
        "1 common Common, 5 repeat_count int32, 7 user User, 9 repeat_end int32, 11 group_id int64,"
        " 15 gift GiftKind, 32 user_identity Identity"
    ),
    "GiftKind": "5 id int64, 11 type int32, 12 diamond_count int32, 16 name string",
    "Like": "1 common Common, 2 count int32, 3 total int64, 5 user User",
    "Member": "1 common Common, 2 user User, 10 action int32",
    "Social": "1 common Common, 2 user User, 4 action int64",
    "SubNotify": "1 common Common, 2 user User, 7 message_type int32",
    "RoomUserSeq": "1 common Common, 3 total int64",
    "Caption": (
        "1 common Common, 2 timestamp_ms int64, 3 duration_ms int64, 4 content CaptionText*, 5 sentence_id int64,"
        " 6 sequence_id int64, 7 definite bool"
    ),
    "CaptionText": "1 lang string, 2 content string",
    "Control": "1 common Common, 2 action int32",
    "ImDelete": "1 common Common, 2 delete_msg_ids int64*, 3 delete_user_ids int64*",
}
"""Message -> its fields: number, name, type; an asterisk where there may be several."""

Message = Any
"""What a class of `classes` makes: protobuf's have no types of their own before they are made."""


def fields(name: str) -> list[tuple[int, str, str, bool]]:
    """Return (number, name, type, whether there may be several) of each field of a message."""
    split = (field.split() for field in FIELDS[name].split(","))
    return [(int(number), field, kind.rstrip("*"), kind.endswith("*")) for number, field, kind in split]


@cache
def classes() -> dict[str, Any]:
    """Return the classes by name. Raises ImportError where protobuf is not installed."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415 -- of an extra

    file = descriptor_pb2.FileDescriptorProto(name="vigie/tiktok.proto", package="vigie.tiktok", syntax="proto3")
    for name in FIELDS:
        message = file.message_type.add(name=name)
        for number, field, kind, is_repeated in fields(name):
            added = message.field.add(name=field, number=number)
            added.label = added.LABEL_REPEATED if is_repeated else added.LABEL_OPTIONAL
            if kind in FIELDS:
                added.type, added.type_name = added.TYPE_MESSAGE, f".vigie.tiktok.{kind}"
            else:
                added.type = descriptor_pb2.FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"vigie.tiktok.{name}")) for name in FIELDS
    }


def decode_error() -> type[Exception]:
    """Return what protobuf raises for bytes that it cannot read."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 -- of an extra

    error: type[Exception] = DecodeError
    return error
