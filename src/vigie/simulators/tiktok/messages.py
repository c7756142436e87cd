"""Happenings as TikTok's messages, rich as real ones: avatars in three sizes, badges, about 3 kB a comment."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from vigie.simulators.tiktok import schemas
from vigie.simulators.tiktok.happenings import (
    Broken,
    Caption,
    Comment,
    Control,
    Follow,
    Gift,
    Happening,
    Join,
    Like,
    MessageKind,
    Removal,
    Role,
    Share,
    Unknown,
    Viewer,
    ViewerCount,
)
from vigie.simulators.tiktok.wire import Value, encode

CDN = "https://p16-sign-va.tiktokcdn.example"
SIGNATURE = "x-expires=1795305600&x-signature=" + "aVZpZ2llU2ltdWxhdG9yIQ" * 3 + "%3D"
SCENES = {Role.MODERATOR: 1, Role.SUBSCRIBER: 4, Role.FAN: 10}
"""BadgeSceneType ADMIN, SUBSCRIBER, FANS."""
JOINED = 1
STREAKABLE_TYPE = 1
IMAGE_DISPLAY = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a message is called, where it was said and when (milliseconds since 1970)."""

    message_id: int
    room_id: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Message:
    """An encoded happening."""

    message_id: int
    kind: MessageKind
    method: str
    payload: bytes

    def entry(self, *, is_history: bool = False) -> bytes:
        """Return it as one of the `messages` of a fetch result."""
        return encode(
            schemas.BASE, method=self.method, payload=self.payload, msg_id=self.message_id, is_history=is_history
        )


class Form(NamedTuple):
    """How a sort of happening is written."""

    kind: MessageKind
    method: str
    schema: dict[str, int]
    fields: Callable[[Any, Stamp], dict[str, Value]]
    display_key: str = ""


def write(happening: Happening, stamp: Stamp) -> Message:
    """Return the message of a happening."""
    if isinstance(happening, Unknown | Broken):
        kind = MessageKind.UNKNOWN if isinstance(happening, Unknown) else MessageKind.BROKEN
        return Message(stamp.message_id, kind, happening.method, happening.payload)
    form = FORMS[type(happening)]
    common = encode(
        schemas.COMMON,
        method=form.method,
        msg_id=stamp.message_id,
        room_id=stamp.room_id,
        create_time=stamp.at_ms,
        is_show_msg=True,
        display_text=encode(schemas.TEXT, key=form.display_key) if form.display_key else b"",
    )
    payload = encode(form.schema, common=common, **form.fields(happening, stamp))
    return Message(stamp.message_id, form.kind, form.method, payload)


@lru_cache(maxsize=4096)
def user(viewer: Viewer) -> bytes:
    """Return a viewer as a `User`."""
    roles = viewer.roles
    return encode(
        schemas.USER,
        id=viewer.user_id,
        nickname=viewer.nickname,
        bio_description="Just passing by.",
        avatar_thumb=_image(f"avatar/{viewer.user_id}", 100),
        avatar_medium=_image(f"avatar/{viewer.user_id}", 720),
        avatar_large=_image(f"avatar/{viewer.user_id}", 1080),
        follow_info=encode(schemas.FOLLOW_INFO, following_count=7, follow_status=int(Role.FOLLOWER in roles)),
        user_attr=encode(schemas.USER_ATTR, is_admin=Role.MODERATOR in roles),
        display_id=viewer.handle,
        sec_uid=sec_uid(viewer.user_id),
        subscribe_info=_subscription(roles),
        badge_list=[_badge(role) for role in sorted(roles & SCENES.keys()) or [Role.FAN]],
        id_str=str(viewer.user_id),
        is_follower=Role.FOLLOWER in roles,
    )


def sec_uid(user_id: int) -> str:
    """Return the second id that TikTok gives a user."""
    return f"MS4wLjABAAAA{user_id:064x}"


def _image(uri: str, size: int) -> bytes:
    urls = [f"{CDN}/{host}/{uri}~c5_{size}x{size}.webp?{SIGNATURE}" for host in ("a", "b", "c")]
    return encode(schemas.IMAGE, url_list=[url.encode() for url in urls], uri=uri, height=size, width=size)


def _badge(role: Role) -> bytes:
    return encode(
        schemas.BADGE,
        display_type=IMAGE_DISPLAY,
        scene_type=SCENES[role],
        display=True,
        privilege_log_extra=encode(schemas.PRIVILEGE, privilege_id=f"vigie_{role}", level="0"),
        image=encode(schemas.IMAGE_BADGE, display_type=IMAGE_DISPLAY, image=_image(f"badge/{role}", 64)),
    )


def _subscription(roles: frozenset[Role]) -> bytes:
    subscribes = Role.SUBSCRIBER in roles
    return encode(schemas.SUBSCRIBE_INFO, is_subscribe=subscribes, is_subscribed_to_anchor=subscribes)


def _identity(viewer: Viewer) -> bytes:
    return encode(
        schemas.IDENTITY,
        is_subscriber_of_anchor=Role.SUBSCRIBER in viewer.roles,
        is_follower_of_anchor=Role.FOLLOWER in viewer.roles,
        is_moderator_of_anchor=Role.MODERATOR in viewer.roles,
        is_anchor=Role.BROADCASTER in viewer.roles,
    )


def _comment(comment: Comment, _: Stamp) -> dict[str, Value]:
    return {
        "user": user(comment.viewer),
        "content": comment.text,
        "content_language": comment.language,
        "user_identity": _identity(comment.viewer),
    }


def _gift(gift: Gift, _: Stamp) -> dict[str, Value]:
    what = encode(
        schemas.GIFT,
        image=_image(f"gift/{gift.gift_id}", 128),
        describe=f"sent {gift.name}",
        id=gift.gift_id,
        combo=gift.is_streakable,
        type=STREAKABLE_TYPE if gift.is_streakable else STREAKABLE_TYPE + 1,
        diamond_count=gift.diamonds,
        name=gift.name,
    )
    return {
        "gift_id": gift.gift_id,
        "group_count": 1,
        "repeat_count": gift.count,
        "combo_count": gift.count,
        "user": user(gift.viewer),
        "repeat_end": int(gift.is_end),
        "group_id": gift.streak,
        "gift": what,
        "user_identity": _identity(gift.viewer),
    }


def _like(like: Like, _: Stamp) -> dict[str, Value]:
    return {"count": like.count, "total": like.total, "user": user(like.viewer)}


def _join(join: Join, _: Stamp) -> dict[str, Value]:
    return {
        "user": user(join.viewer),
        "member_count": join.present,
        "action": JOINED,
        "user_id": join.viewer.user_id,
    }


def _follow(follow: Follow, _: Stamp) -> dict[str, Value]:
    return {"user": user(follow.viewer), "action": 1, "follow_count": follow.followers}


def _share(share: Share, _: Stamp) -> dict[str, Value]:
    return {"user": user(share.viewer), "action": 3, "share_count": share.shares}


def _viewers(count: ViewerCount, _: Stamp) -> dict[str, Value]:
    return {"total": count.now, "pop_str": str(count.now), "total_user": count.total}


def _caption(caption: Caption, stamp: Stamp) -> dict[str, Value]:
    return {
        "timestamp_ms": stamp.at_ms,
        "duration_ms": caption.duration_ms,
        "content": [encode(schemas.CAPTION_CONTENT, lang=caption.language, content=caption.text)],
        "sentence_id": caption.sentence,
        "definite": caption.is_final,
    }


def _removal(removal: Removal, _: Stamp) -> dict[str, Value]:
    return {"delete_msg_ids": list(removal.message_ids), "delete_user_ids": list(removal.user_ids)}


def _control(control: Control, _: Stamp) -> dict[str, Value]:
    return {"action": int(control.action)}


SHARED, FOLLOWED = "pm_mt_guidance_share", "pm_main_follow_message_viewer_2"
"""Keys of the texts that clients tell shares and follows by."""
FORMS: dict[type, Form] = {
    Comment: Form(MessageKind.COMMENT, "WebcastChatMessage", schemas.CHAT, _comment),
    Gift: Form(MessageKind.GIFT, "WebcastGiftMessage", schemas.GIFT_MESSAGE, _gift),
    Like: Form(MessageKind.LIKE, "WebcastLikeMessage", schemas.LIKE, _like),
    Join: Form(MessageKind.JOIN, "WebcastMemberMessage", schemas.MEMBER, _join),
    Follow: Form(MessageKind.FOLLOW, "WebcastSocialMessage", schemas.SOCIAL, _follow, FOLLOWED),
    Share: Form(MessageKind.SHARE, "WebcastSocialMessage", schemas.SOCIAL, _share, SHARED),
    ViewerCount: Form(MessageKind.VIEWERS, "WebcastRoomUserSeqMessage", schemas.USER_SEQ, _viewers),
    Caption: Form(MessageKind.CAPTION, "WebcastCaptionMessage", schemas.CAPTION, _caption),
    Removal: Form(MessageKind.REMOVAL, "WebcastImDeleteMessage", schemas.IM_DELETE, _removal),
    Control: Form(MessageKind.CONTROL, "WebcastControlMessage", schemas.CONTROL, _control),
}
