"""The numbers of the fields that are sent: TikTokLiveProto 0.2.2, v3 (read 2026-11-21); tests hold them against it."""

FETCH_RESULT = {
    "messages": 1,
    "cursor": 2,
    "fetch_interval": 3,
    "now": 4,
    "internal_ext": 5,
    "route_params": 7,
    "heartbeat_duration": 8,
    "need_ack": 9,
    "push_server": 10,
    "is_first": 11,
}
BASE = {"method": 1, "payload": 2, "msg_id": 3, "msg_type": 4, "is_history": 6}
PUSH_FRAME = {
    "seq_id": 1,
    "log_id": 2,
    "service": 3,
    "method": 4,
    "headers": 5,
    "payload_encoding": 6,
    "payload_type": 7,
    "payload": 8,
}
PUSH_HEADER = {"key": 1, "value": 2}
COMMON = {"method": 1, "msg_id": 2, "room_id": 3, "create_time": 4, "is_show_msg": 6, "display_text": 8}
TEXT = {"key": 1, "default_pattern": 2}
IMAGE = {"url_list": 1, "uri": 2, "height": 3, "width": 4}
USER = {
    "id": 1,
    "nickname": 3,
    "bio_description": 5,
    "avatar_thumb": 9,
    "avatar_medium": 10,
    "avatar_large": 11,
    "follow_info": 22,
    "user_attr": 32,
    "display_id": 38,
    "sec_uid": 46,
    "subscribe_info": 63,
    "badge_list": 64,
    "id_str": 1028,
    "is_follower": 1029,
}
FOLLOW_INFO = {"following_count": 1, "follower_count": 2, "follow_status": 3}
USER_ATTR = {"is_admin": 2}
SUBSCRIBE_INFO = {"is_subscribe": 2, "is_subscribed_to_anchor": 7}
BADGE = {"display_type": 1, "scene_type": 3, "display": 11, "privilege_log_extra": 12, "image": 20}
PRIVILEGE = {"privilege_id": 2, "level": 5}
IMAGE_BADGE = {"display_type": 1, "image": 2}
IDENTITY = {"is_subscriber_of_anchor": 2, "is_follower_of_anchor": 4, "is_moderator_of_anchor": 5, "is_anchor": 6}
CHAT = {"common": 1, "user": 2, "content": 3, "content_language": 14, "user_identity": 18}
GIFT_MESSAGE = {
    "common": 1,
    "gift_id": 2,
    "group_count": 4,
    "repeat_count": 5,
    "combo_count": 6,
    "user": 7,
    "repeat_end": 9,
    "group_id": 11,
    "gift": 15,
    "user_identity": 32,
}
GIFT = {"image": 1, "describe": 2, "id": 5, "combo": 10, "type": 11, "diamond_count": 12, "name": 16}
LIKE = {"common": 1, "count": 2, "total": 3, "user": 5}
MEMBER = {"common": 1, "user": 2, "member_count": 3, "action": 10, "user_id": 12}
SOCIAL = {"common": 1, "user": 2, "action": 4, "follow_count": 6, "share_count": 8}
USER_SEQ = {"common": 1, "total": 3, "pop_str": 4, "total_user": 7}
CAPTION = {"common": 1, "timestamp_ms": 2, "duration_ms": 3, "content": 4, "sentence_id": 5, "definite": 7}
CAPTION_CONTENT = {"lang": 1, "content": 2}
IM_DELETE = {"common": 1, "delete_msg_ids": 2, "delete_user_ids": 3}
CONTROL = {"common": 1, "action": 2}
