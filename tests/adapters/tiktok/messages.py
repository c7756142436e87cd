"""Messages of every kind that Vigie reads, drawn by hypothesis with what surrounds it in TikTok's."""

from typing import Any

from hypothesis import strategies as st
from TikTokLive import proto
from TikTokLiveProto.v3.webcast.im import ControlAction, MemberMessageAction, MessageType
from TikTokLiveProto.v3.webcast.model import Gift
from TikTokLiveProto.v3.webcast.model.base import ImageModel
from TikTokLiveProto.v3.webcast.model.base.user import BadgeStruct, FollowInfo, ImageBadge, SubscribeInfo
from TikTokLiveProto.v3.webcast.model.data import BadgeSceneType, UserIdentity
from TikTokLiveProto.v3.webcast.model.message import CaptionContent, WebcastSubNotifyMessage
from TikTokLiveProto.v3.webcast.model.message.common import Text

IDS = st.integers(1, 2**63 - 1)
COUNTS = st.integers(0, 2**31 - 1)
TIMES_MS = st.integers(1, 4_000_000_000_000)
WORDS = st.text(max_size=40)
IMAGES = st.builds(ImageModel, url_list=st.lists(WORDS, max_size=2), uri=WORDS)
BADGES = st.builds(
    BadgeStruct,
    scene_type=st.sampled_from(list(BadgeSceneType)),
    display=st.booleans(),
    image=st.none() | st.builds(ImageBadge, image=IMAGES),
)
IDENTITIES = st.builds(
    UserIdentity,
    is_anchor=st.booleans(),
    is_moderator_of_anchor=st.booleans(),
    is_subscriber_of_anchor=st.booleans(),
    is_follower_of_anchor=st.booleans(),
    is_gift_giver_of_anchor=st.booleans(),
)
USERS = st.builds(
    proto.User,
    id=IDS,
    display_id=WORDS,
    nickname=WORDS,
    bio_description=WORDS,
    avatar_thumb=st.none() | IMAGES,
    badge_list=st.lists(BADGES, max_size=3),
    follow_info=st.none() | st.builds(FollowInfo, follow_status=st.integers(0, 3), follower_count=COUNTS),
    subscribe_info=st.none() | st.builds(SubscribeInfo, is_subscribed_to_anchor=st.booleans()),
    sec_uid=WORDS,
)
KEYS = st.sampled_from(["pm_main_follow_message_viewer_2", "pm_mt_guidance_viewer_5_share", "pm_else", ""])
COMMON = st.builds(proto.CommonMessageData, msg_id=IDS, room_id=IDS, create_time=TIMES_MS, describe=WORDS)
SOCIAL = st.builds(
    proto.CommonMessageData, msg_id=IDS, create_time=TIMES_MS, display_text=st.none() | st.builds(Text, key=KEYS)
)
IDENTITY = st.none() | IDENTITIES
USER = st.none() | USERS
GIFTS = st.none() | st.builds(
    Gift, id=IDS, name=WORDS, diamond_count=st.integers(0, 50_000), type=st.integers(0, 3), describe=WORDS
)
LANGUAGES = WORDS | st.from_regex(r"[a-zA-Z]{1,3}(-[a-zA-Z0-9]{2,8})*", fullmatch=True)
CAPTIONS = st.lists(st.builds(CaptionContent, lang=LANGUAGES, content=WORDS), max_size=3)
MESSAGES: st.SearchStrategy[Any] = st.one_of(
    st.builds(proto.WebcastChatMessage, common=COMMON, user=USER, content=WORDS, user_identity=IDENTITY, at_user=USER),
    st.builds(
        proto.WebcastGiftMessage,
        common=COMMON,
        user=USER,
        gift=GIFTS,
        repeat_count=st.integers(0, 10_000),
        repeat_end=st.integers(0, 1),
        group_id=IDS,
        user_identity=IDENTITY,
        to_user=USER,
    ),
    st.builds(proto.WebcastLikeMessage, common=COMMON, user=USER, count=COUNTS, total=COUNTS),
    st.builds(proto.WebcastMemberMessage, common=COMMON, user=USER, action=st.sampled_from(list(MemberMessageAction))),
    st.builds(proto.WebcastSocialMessage, common=SOCIAL, user=USER, action=COUNTS, share_target=WORDS),
    st.builds(WebcastSubNotifyMessage, common=COMMON, user=USER, message_type=st.sampled_from(list(MessageType))),
    st.builds(proto.WebcastRoomUserSeqMessage, common=COMMON, total=COUNTS, total_user=COUNTS),
    st.builds(
        proto.WebcastCaptionMessage,
        common=COMMON,
        timestamp_ms=TIMES_MS | st.just(0),
        duration_ms=COUNTS,
        content=CAPTIONS,
        sentence_id=st.integers(0, 3),
        definite=st.booleans(),
    ),
    st.builds(proto.WebcastControlMessage, common=COMMON, action=st.sampled_from(list(ControlAction))),
    st.builds(
        proto.WebcastImDeleteMessage,
        common=COMMON,
        delete_msg_ids=st.lists(IDS, max_size=3),
        delete_user_ids=st.lists(IDS, max_size=3),
    ),
)
