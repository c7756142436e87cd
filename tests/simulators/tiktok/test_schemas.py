"""The numbers that are sent, against the definitions that the library of the client was generated from."""

from importlib import import_module
from typing import Any

import pytest

from vigie.simulators.tiktok import schemas

ROOT = "TikTokLiveProto.v3.webcast"


@pytest.mark.parametrize(
    ("schema", "module", "name"),
    [
        (schemas.FETCH_RESULT, "shared.message", "ProtoMessageFetchResult"),
        (schemas.BASE, "shared.message", "BaseProtoMessage"),
        (schemas.COMMON, "shared.message", "CommonMessageData"),
        (schemas.PUSH_FRAME, "im", "WebcastPushFrame"),
        (schemas.PUSH_HEADER, "im", "PushHeader"),
        (schemas.TEXT, "model.message.common", "Text"),
        (schemas.IMAGE, "model.base", "ImageModel"),
        (schemas.USER, "model.base.user", "User"),
        (schemas.FOLLOW_INFO, "model.base.user", "FollowInfo"),
        (schemas.USER_ATTR, "model", "UserAttr"),
        (schemas.SUBSCRIBE_INFO, "model.base.user", "SubscribeInfo"),
        (schemas.BADGE, "model.base.user", "BadgeStruct"),
        (schemas.PRIVILEGE, "model.base.user", "PrivilegeLogExtra"),
        (schemas.IMAGE_BADGE, "model.base.user", "ImageBadge"),
        (schemas.IDENTITY, "model.data", "UserIdentity"),
        (schemas.CHAT, "model.message", "WebcastChatMessage"),
        (schemas.GIFT_MESSAGE, "model.message", "WebcastGiftMessage"),
        (schemas.GIFT, "model", "Gift"),
        (schemas.LIKE, "model.message", "WebcastLikeMessage"),
        (schemas.MEMBER, "model.message", "WebcastMemberMessage"),
        (schemas.SOCIAL, "model.message", "WebcastSocialMessage"),
        (schemas.USER_SEQ, "model.message", "WebcastRoomUserSeqMessage"),
        (schemas.CAPTION, "model.message", "WebcastCaptionMessage"),
        (schemas.CAPTION_CONTENT, "model.message", "CaptionContent"),
        (schemas.IM_DELETE, "model.message", "WebcastImDeleteMessage"),
        (schemas.CONTROL, "model.message", "WebcastControlMessage"),
    ],
)
def test_the_numbers_are_those_of_the_platform(tiktoklive: Any, schema: dict[str, int], module: str, name: str) -> None:
    fields = getattr(import_module(f"{ROOT}.{module}"), name)._betterproto.meta_by_field_name

    assert schema == {field: fields[field].number for field in schema}
