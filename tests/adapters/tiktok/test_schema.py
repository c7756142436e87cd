"""Our table of fields is TikTokLiveProto's."""

import pytest
from google.protobuf.internal import api_implementation
from TikTokLive import proto
from TikTokLiveProto.v3.webcast import im
from TikTokLiveProto.v3.webcast.model import Gift
from TikTokLiveProto.v3.webcast.model.base.user import BadgeStruct, FollowInfo, SubscribeInfo
from TikTokLiveProto.v3.webcast.model.data import BadgeSceneType, UserIdentity
from TikTokLiveProto.v3.webcast.model.message import CaptionContent, WebcastSubNotifyMessage
from TikTokLiveProto.v3.webcast.model.message.common import Text
from TikTokLiveProto.v3.webcast.shared.message import BaseProtoMessage

from vigie.adapters.tiktok import decode, schema
from vigie.events import Badge

THEIRS = {
    "PushFrame": proto.WebcastPushFrame,
    "Header": im.PushHeader,
    "FetchResult": proto.ProtoMessageFetchResult,
    "Envelope": BaseProtoMessage,
    "EnterRoom": proto.WebcastImEnterRoomMessage,
    "HeartBeat": proto.HeartBeatMessage,
    "Common": proto.CommonMessageData,
    "Text": Text,
    "User": proto.User,
    "FollowInfo": FollowInfo,
    "SubscribeInfo": SubscribeInfo,
    "Badge": BadgeStruct,
    "Identity": UserIdentity,
    "Chat": proto.WebcastChatMessage,
    "Gift": proto.WebcastGiftMessage,
    "GiftKind": Gift,
    "Like": proto.WebcastLikeMessage,
    "Member": proto.WebcastMemberMessage,
    "Social": proto.WebcastSocialMessage,
    "SubNotify": WebcastSubNotifyMessage,
    "RoomUserSeq": proto.WebcastRoomUserSeqMessage,
    "Caption": proto.WebcastCaptionMessage,
    "CaptionText": CaptionContent,
    "Control": proto.WebcastControlMessage,
    "ImDelete": proto.WebcastImDeleteMessage,
}


def described(name: str) -> list[tuple[int, str, str, bool]]:
    """Return the fields of theirs that ours has too, as our table writes them; an enumeration is its number."""
    known = THEIRS[name]()._betterproto.meta_by_field_name
    described = list[tuple[int, str, str, bool]]()
    for _, field, kind, _ in schema.fields(name):
        theirs = known[field]
        as_ours = {"enum": "int32", "message": kind}.get(theirs.proto_type, theirs.proto_type)
        described.append((theirs.number, field, as_ours, bool(theirs.repeated)))
    return described


def test_every_message_of_ours_is_compared() -> None:
    assert set(THEIRS) == set(schema.FIELDS)


@pytest.mark.parametrize("name", sorted(schema.FIELDS))
def test_fields_have_the_numbers_and_types_of_tiktok(name: str) -> None:
    assert schema.fields(name) == described(name)


@pytest.mark.parametrize("name", sorted(schema.FIELDS))
def test_nested_messages_are_theirs_too(name: str) -> None:
    known = THEIRS[name]()._betterproto.cls_by_field
    nested = {field: kind for _, field, kind, _ in schema.fields(name) if kind in schema.FIELDS}

    assert {field: THEIRS[kind] for field, kind in nested.items()} == {field: known[field] for field in nested}


def test_enumerations_mean_what_we_take_them_for() -> None:
    assert {BadgeSceneType(number).name: badge for number, badge in decode.SCENES.items()} == {
        "ADMIN": Badge.MODERATOR,
        "SUBSCRIBER": Badge.SUBSCRIBER,
        "NEW_SUBSCRIBER": Badge.SUBSCRIBER,
    }
    actions = {im.ControlAction(number).name for number in (decode.PAUSED, decode.UNPAUSED, *decode.ENDINGS)}
    assert actions == {"STREAM_PAUSED", "STREAM_UNPAUSED", "STREAM_ENDED", "STREAM_SUSPENDED"}
    assert im.MemberMessageAction(decode.JOINED_AS_SUBSCRIBER).name == "SUBSCRIBED"
    assert im.MessageType(decode.SUB_SUCCESS).name == "SUB_SUCCESS"


def test_classes_are_made_once_by_the_implementation_in_c() -> None:
    assert schema.classes() is schema.classes()
    assert api_implementation.Type() == "upb"
