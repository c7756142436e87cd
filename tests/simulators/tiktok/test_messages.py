from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.tiktok.happenings import (
    Action,
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
    viewer,
)
from vigie.simulators.tiktok.messages import Stamp, sec_uid, user, write

STAMP = Stamp(5, 101, 1_795_291_200_250)
SOMEBODY = viewer(4, Role.SUBSCRIBER, Role.FOLLOWER, Role.MODERATOR)
KINDS = [
    (Comment(SOMEBODY, "bonjour"), MessageKind.COMMENT, "WebcastChatMessage"),
    (Gift(SOMEBODY), MessageKind.GIFT, "WebcastGiftMessage"),
    (Like(SOMEBODY), MessageKind.LIKE, "WebcastLikeMessage"),
    (Join(SOMEBODY), MessageKind.JOIN, "WebcastMemberMessage"),
    (Follow(SOMEBODY), MessageKind.FOLLOW, "WebcastSocialMessage"),
    (Share(SOMEBODY), MessageKind.SHARE, "WebcastSocialMessage"),
    (ViewerCount(3), MessageKind.VIEWERS, "WebcastRoomUserSeqMessage"),
    (Caption("bonsoir"), MessageKind.CAPTION, "WebcastCaptionMessage"),
    (Removal((1, 2)), MessageKind.REMOVAL, "WebcastImDeleteMessage"),
    (Control(Action.ENDED), MessageKind.CONTROL, "WebcastControlMessage"),
]


def read(tiktoklive: Any, happening: Happening) -> Any:
    message = write(happening, STAMP)
    kinds = import_module("TikTokLiveProto.v3.webcast.model.message")
    return getattr(kinds, message.method)().parse(message.payload)


@pytest.mark.parametrize(("happening", "kind", "method"), KINDS)
def test_every_message_says_what_it_is(tiktoklive: Any, happening: Happening, kind: MessageKind, method: str) -> None:
    message = write(happening, STAMP)
    common = read(tiktoklive, happening).common

    assert (message.kind, message.method, message.message_id) == (kind, method, 5)
    assert (common.method, common.msg_id, common.room_id, common.create_time) == (method, 5, 101, 1_795_291_200_250)


def test_a_comment_is_as_rich_as_a_real_one(tiktoklive: Any) -> None:
    payload = write(Comment(SOMEBODY, "bonjour"), STAMP).payload
    comment = read(tiktoklive, Comment(SOMEBODY, "bonjour"))

    assert 2_500 < len(payload) < 4_000
    assert (comment.content, comment.user.nickname, comment.user.display_id) == ("bonjour", "Viewer 4", "viewer4")
    assert [badge.scene_type for badge in comment.user.badge_list] == [1, 4]
    assert all(image.url_list for image in (comment.user.avatar_thumb, comment.user.avatar_large))
    assert comment.user.sec_uid == sec_uid(SOMEBODY.user_id)


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.MODERATOR, "is_moderator_of_anchor"),
        (Role.SUBSCRIBER, "is_subscriber_of_anchor"),
        (Role.FOLLOWER, "is_follower_of_anchor"),
        (Role.BROADCASTER, "is_anchor"),
    ],
)
def test_what_a_viewer_is_to_the_broadcaster_is_told(tiktoklive: Any, role: Role, told: str) -> None:
    identity = read(tiktoklive, Comment(viewer(4, role), "bonjour")).user_identity

    assert getattr(identity, told)
    assert list(identity.to_dict()) == list(type(identity)(**{told: True}).to_dict())


def test_follows_and_shares_are_told_apart_by_their_text(tiktoklive: Any) -> None:
    keys = [read(tiktoklive, it(SOMEBODY)).common.display_text.key for it in (Follow, Share)]

    assert ["follow" in keys[0], "share" in keys[1]] == [True, True]
    assert "share" not in keys[0]


@pytest.mark.parametrize(("unusual", "kind"), [(Unknown(), MessageKind.UNKNOWN), (Broken(), MessageKind.BROKEN)])
def test_what_no_client_can_read_is_sent_as_it_is(unusual: Unknown | Broken, kind: MessageKind) -> None:
    message = write(unusual, STAMP)

    assert (message.kind, message.method, message.payload) == (kind, unusual.method, unusual.payload)


def test_a_broken_comment_cannot_be_read(tiktoklive: Any) -> None:
    with pytest.raises(Exception, match=r"."):
        read(tiktoklive, Broken())


@given(text=st.text(max_size=200), handle=st.text(max_size=20), nickname=st.text(max_size=20), likes=st.integers(0, 99))
def test_any_words_arrive_as_they_were(tiktoklive: Any, text: str, handle: str, nickname: str, likes: int) -> None:
    somebody = Viewer(7, handle, nickname)
    comment, like = read(tiktoklive, Comment(somebody, text)), read(tiktoklive, Like(somebody, likes, likes))

    assert (comment.content, comment.user.display_id, comment.user.nickname) == (text, handle, nickname)
    assert (like.count, like.total) == (likes, likes)


def test_a_viewer_is_encoded_once() -> None:
    assert user(SOMEBODY) is user(viewer(4, Role.SUBSCRIBER, Role.FOLLOWER, Role.MODERATOR))
