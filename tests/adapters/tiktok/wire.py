"""Frames as TikTok sends them, written with TikTokLive's own classes."""

import gzip
from collections.abc import Sequence

from TikTokLive.proto import (
    CommonMessageData,
    ProtoMessageFetchResult,
    User,
    WebcastChatMessage,
    WebcastPushFrame,
)
from TikTokLiveProto.v3.webcast.im import PushHeader
from TikTokLiveProto.v3.webcast.shared.message import BaseProtoMessage

AT_MS = 1_790_000_000_000
METHODS = {
    "WebcastChatMessage",
    "WebcastGiftMessage",
    "WebcastLikeMessage",
    "WebcastMemberMessage",
    "WebcastSocialMessage",
    "WebcastSubNotifyMessage",
    "WebcastRoomUserSeqMessage",
    "WebcastCaptionMessage",
    "WebcastControlMessage",
    "WebcastImDeleteMessage",
}


def common(number: int = 1, *, at_ms: int = AT_MS) -> CommonMessageData:
    return CommonMessageData(msg_id=number, room_id=7, create_time=at_ms)


def user(number: int = 5) -> User:
    return User(id=number, display_id=f"login{number}", nickname=f"Name {number}")


def chat(text: str = "bonjour", number: int = 1) -> WebcastChatMessage:
    return WebcastChatMessage(common=common(number), user=user(), content=text)


def envelope(message: object, *, is_history: bool = False, number: int = 0) -> BaseProtoMessage:
    """Wrap a message of TikTokLive's; its class is named as its method."""
    method = type(message).__name__
    return BaseProtoMessage(method=method, payload=bytes(message), msg_id=number, is_history=is_history)  # type: ignore[call-overload]


def frame(messages: Sequence[BaseProtoMessage], *, is_zipped: bool = True, ack: str | None = None) -> bytes:
    """Return a push frame; `ack` is what an answer must repeat, None where none is wanted."""
    result = bytes(
        ProtoMessageFetchResult(messages=list(messages), need_ack=ack is not None, internal_ext=ack or "", cursor="c")
    )
    return push(gzip.compress(result) if is_zipped else result, "gzip" if is_zipped else "none")


def push(payload: bytes, compress_type: str = "none", kind: str = "msg") -> bytes:
    return bytes(
        WebcastPushFrame(
            log_id=99,
            payload_type=kind,
            payload_encoding="pb",
            headers=[PushHeader(key="compress_type", value=compress_type)],
            payload=payload,
        )
    )
