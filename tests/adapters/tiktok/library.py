"""What TikTokLive's unmodified client makes of a frame, told in our words: what ours is compared with."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from TikTokLive import TikTokLiveClient
from TikTokLive.client.ws.ws_utils import extract_webcast_push_frame, extract_webcast_response_message
from TikTokLive.events import (
    CaptionEvent,
    CommentEvent,
    FollowEvent,
    GiftEvent,
    ImDeleteEvent,
    JoinEvent,
    LikeEvent,
    LiveEndEvent,
    LivePauseEvent,
    LiveUnpauseEvent,
    RoomUserSeqEvent,
    ShareEvent,
    SubNotifyEvent,
)
from TikTokLive.proto import User
from TikTokLiveProto.v3.webcast.im import ControlAction, MemberMessageAction, MessageType
from TikTokLiveProto.v3.webcast.model.data import BadgeSceneType

from vigie.events import (
    ActivityKind,
    ActivityReceived,
    AudienceCounted,
    Badge,
    CaptionSpoken,
    Chatter,
    MessagesRemoved,
    RoomEnded,
    RoomItem,
    RoomPaused,
)

SUBSCRIBERS = {BadgeSceneType.SUBSCRIBER, BadgeSceneType.NEW_SUBSCRIBER}


async def told_by_library(frame: bytes) -> list[RoomItem]:
    """Return what the client's own parsing says of a frame."""
    return [item async for event in library_events(frame) for item in translated(event)]


async def library_events(frame: bytes) -> AsyncIterator[Any]:
    """Yield the events that the client would hand to its listeners."""
    response = extract_webcast_response_message(extract_webcast_push_frame(frame))
    async for event in TikTokLiveClient("somebody")._parse_webcast_response(response):
        yield event


def translated(event: Any) -> list[RoomItem]:
    """Return an event of the library in our words; nothing where Vigie makes nothing of it."""
    translate = TRANSLATIONS.get(type(event))
    return translate(event) if translate else []


def at(event: Any, ms: int = 0) -> datetime:
    return datetime.fromtimestamp((ms or event.common.create_time) / 1000, UTC)


def chatter(event: Any) -> Chatter:
    user, badges = event.user or User(), set[Badge]()
    scenes = {badge.scene_type for badge in user.badge_list}
    identity = getattr(event, "user_identity", None)
    if BadgeSceneType.ADMIN in scenes or (identity and identity.is_moderator_of_anchor):
        badges.add(Badge.MODERATOR)
    subscribes = user.subscribe_info and user.subscribe_info.is_subscribed_to_anchor
    if scenes & SUBSCRIBERS or subscribes or (identity and identity.is_subscriber_of_anchor):
        badges.add(Badge.SUBSCRIBER)
    follows = user.follow_info and user.follow_info.follow_status > 0
    if follows or (identity and identity.is_follower_of_anchor):
        badges.add(Badge.FOLLOWER)
    if identity and identity.is_anchor:
        badges.add(Badge.BROADCASTER)
    return Chatter(str(user.id or ""), user.display_id, user.nickname or user.display_id, frozenset(badges))


def activity(kind: ActivityKind, event: Any, text: str = "", count: int = 1, value: int = 0) -> ActivityReceived:
    return ActivityReceived(kind, str(event.common.msg_id), at(event), chatter(event), text, count, value)


def gift(event: Any) -> list[RoomItem]:
    if event.streaking:
        return []
    count = max(event.repeat_count, 1)
    name, diamonds = (event.gift.name, event.gift.diamond_count) if event.gift else ("", 0)
    told = activity(ActivityKind.GIFT, event, name, count, diamonds * count)
    if event.gift and event.gift.type == 1 and event.group_id:
        user_id = event.user.id if event.user else 0
        return [replace(told, message_id=f"{user_id}.{event.gift.id}.{event.group_id}")]
    return [told]


def like(event: Any) -> list[RoomItem]:
    liked = activity(ActivityKind.LIKE, event, count=max(event.count, 1))
    return [liked, AudienceCounted(at(event), likes=event.total)] if event.total > 0 else [liked]


def join(event: Any) -> list[RoomItem]:
    subscribed = event.action == MemberMessageAction.SUBSCRIBED
    return [activity(ActivityKind.SUBSCRIPTION if subscribed else ActivityKind.JOIN, event)]


def subscription(event: Any) -> list[RoomItem]:
    made = event.message_type == MessageType.SUB_SUCCESS
    return [activity(ActivityKind.SUBSCRIPTION, event)] if made else []


def caption(event: Any) -> list[RoomItem]:
    spoken = [words for words in event.content if words.content.strip()]
    if not spoken or ((event.sentence_id or event.sequence_id) and not event.definite):
        return []
    begun = at(event, event.timestamp_ms)
    code = re.match(r"[A-Za-z]{2}(?=-|\Z)", spoken[0].lang)
    return [CaptionSpoken(begun, event.duration_ms / 1000, spoken[0].content, code[0].lower() if code else None)]


def ended(event: Any) -> list[RoomItem]:
    by_tiktok = event.action == ControlAction.STREAM_SUSPENDED
    return [RoomEnded(at(event), "TikTok suspended the live." if by_tiktok else "The live was ended.")]


def removed(event: Any) -> list[RoomItem]:
    return [
        *(MessagesRemoved(at(event), message_id=str(number)) for number in event.delete_msg_ids),
        *(MessagesRemoved(at(event), chatter_id=str(number)) for number in event.delete_user_ids),
    ]


TRANSLATIONS: dict[type, Callable[[Any], list[RoomItem]]] = {
    CommentEvent: lambda event: [activity(ActivityKind.MESSAGE, event, event.content)],
    GiftEvent: gift,
    LikeEvent: like,
    JoinEvent: join,
    FollowEvent: lambda event: [activity(ActivityKind.FOLLOW, event)],
    ShareEvent: lambda event: [activity(ActivityKind.SHARE, event)],
    SubNotifyEvent: subscription,
    RoomUserSeqEvent: lambda event: [AudienceCounted(at(event), viewers=event.total)],
    CaptionEvent: caption,
    LivePauseEvent: lambda event: [RoomPaused(at(event), is_paused=True)],
    LiveUnpauseEvent: lambda event: [RoomPaused(at(event), is_paused=False)],
    LiveEndEvent: ended,
    ImDeleteEvent: removed,
}
