"""From TikTok's messages to events: case by case, and against TikTokLive's own parser."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from TikTokLive import proto
from TikTokLive.client.ws.ws_utils import extract_webcast_push_frame, extract_webcast_response_message
from TikTokLiveProto.v3.webcast.im import ControlAction, MemberMessageAction, MessageType
from TikTokLiveProto.v3.webcast.model import Gift
from TikTokLiveProto.v3.webcast.model.base.user import BadgeStruct, FollowInfo, SubscribeInfo
from TikTokLiveProto.v3.webcast.model.data import BadgeSceneType, UserIdentity
from TikTokLiveProto.v3.webcast.model.message import CaptionContent, WebcastSubNotifyMessage
from TikTokLiveProto.v3.webcast.model.message.common import Text

from tests.adapters.tiktok import wire
from tests.adapters.tiktok.library import told_by_library
from tests.adapters.tiktok.messages import MESSAGES
from vigie.adapters.tiktok import decode
from vigie.adapters.tiktok.decode import Decoder
from vigie.adapters.tiktok.streaks import Streaks
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

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AT = datetime.fromtimestamp(wire.AT_MS / 1000, UTC)
SOMEBODY = Chatter("5", "login5", "Name 5")


def decoded(*messages: Any) -> list[RoomItem]:
    items, _ = Decoder().frame(wire.frame([wire.envelope(message) for message in messages]), NOW)
    return items


def did(kind: ActivityKind, **told: Any) -> ActivityReceived:
    return ActivityReceived(kind, "1", AT, SOMEBODY, **told)


def gift(**told: Any) -> proto.WebcastGiftMessage:
    of_kind = Gift(id=5655, name="Rose", diamond_count=10, type=told.pop("type", 1))
    return proto.WebcastGiftMessage(common=wire.common(), user=wire.user(), gift=of_kind, **told)


def social(key: str) -> proto.WebcastSocialMessage:
    shared = wire.common()
    shared.display_text = Text(key=key)
    return proto.WebcastSocialMessage(common=shared, user=wire.user())


def caption(*words: tuple[str, str], **told: Any) -> proto.WebcastCaptionMessage:
    content = [CaptionContent(lang=lang, content=text) for lang, text in words]
    return proto.WebcastCaptionMessage(
        common=wire.common(), timestamp_ms=wire.AT_MS, duration_ms=1500, content=content, **told
    )


@pytest.mark.parametrize(
    ("message", "items"),
    [
        (wire.chat("bonjour à tous 🎉"), [did(ActivityKind.MESSAGE, text="bonjour à tous 🎉")]),
        (wire.chat(""), [did(ActivityKind.MESSAGE)]),
        (gift(repeat_count=3), []),
        (gift(repeat_count=3, repeat_end=1), [did(ActivityKind.GIFT, text="Rose", count=3, value=30)]),
        (gift(repeat_count=2, type=2), [did(ActivityKind.GIFT, text="Rose", count=2, value=20)]),
        (gift(repeat_count=0, type=2), [did(ActivityKind.GIFT, text="Rose", count=1, value=10)]),
        (
            proto.WebcastLikeMessage(common=wire.common(), user=wire.user(), count=15, total=900),
            [did(ActivityKind.LIKE, count=15), AudienceCounted(AT, likes=900)],
        ),
        (
            proto.WebcastLikeMessage(common=wire.common(), user=wire.user()),
            [did(ActivityKind.LIKE)],
        ),
        (proto.WebcastMemberMessage(common=wire.common(), user=wire.user()), [did(ActivityKind.JOIN)]),
        (
            proto.WebcastMemberMessage(common=wire.common(), user=wire.user(), action=MemberMessageAction.SUBSCRIBED),
            [did(ActivityKind.SUBSCRIPTION)],
        ),
        (social("pm_main_follow_message_viewer_2"), [did(ActivityKind.FOLLOW)]),
        (social("pm_mt_guidance_viewer_5_share"), [did(ActivityKind.SHARE)]),
        (social("pm_something_else"), []),
        (WebcastSubNotifyMessage(common=wire.common(), user=wire.user()), [did(ActivityKind.SUBSCRIPTION)]),
        (
            WebcastSubNotifyMessage(
                common=wire.common(), user=wire.user(), message_type=MessageType.SUB_GOAL_CREATE_TO_ANCHOR
            ),
            [],
        ),
        (proto.WebcastRoomUserSeqMessage(common=wire.common(), total=321), [AudienceCounted(AT, viewers=321)]),
        (proto.WebcastRoomUserSeqMessage(common=wire.common()), [AudienceCounted(AT, viewers=0)]),
        (caption(("fr", "Bonsoir")), [CaptionSpoken(AT, 1.5, "Bonsoir", "fr")]),
        (caption(("", " "), ("en", "Good evening")), [CaptionSpoken(AT, 1.5, "Good evening", "en")]),
        (caption(("zh-Hant-TW", "晚安")), [CaptionSpoken(AT, 1.5, "晚安", "zh")]),
        (caption(("x" * 90, "Bonsoir")), [CaptionSpoken(AT, 1.5, "Bonsoir", None)]),
        (caption(("", "Bonsoir"), definite=True, sentence_id=4), [CaptionSpoken(AT, 1.5, "Bonsoir", None)]),
        (caption(("fr", "Bons"), sentence_id=4, sequence_id=2), []),
        (caption(), []),
        (
            proto.WebcastControlMessage(common=wire.common(), action=ControlAction.STREAM_PAUSED),
            [RoomPaused(AT, is_paused=True)],
        ),
        (
            proto.WebcastControlMessage(common=wire.common(), action=ControlAction.STREAM_UNPAUSED),
            [RoomPaused(AT, is_paused=False)],
        ),
        (
            proto.WebcastControlMessage(common=wire.common(), action=ControlAction.STREAM_ENDED),
            [RoomEnded(AT, "The live was ended.")],
        ),
        (
            proto.WebcastControlMessage(common=wire.common(), action=ControlAction.STREAM_SUSPENDED),
            [RoomEnded(AT, "TikTok suspended the live.")],
        ),
        (proto.WebcastControlMessage(common=wire.common()), []),
        (
            proto.WebcastImDeleteMessage(common=wire.common(), delete_msg_ids=[8, 9], delete_user_ids=[5]),
            [
                MessagesRemoved(AT, message_id="8"),
                MessagesRemoved(AT, message_id="9"),
                MessagesRemoved(AT, chatter_id="5"),
            ],
        ),
    ],
)
async def test_message_becomes_events_as_in_the_library(message: Any, items: list[RoomItem]) -> None:
    frame = wire.frame([wire.envelope(message)])

    assert Decoder().frame(frame, NOW)[0] == items == await told_by_library(frame)


@pytest.mark.parametrize(
    ("user", "identity", "badges"),
    [
        ({}, {}, set()),
        ({"badge_list": [BadgeStruct(scene_type=BadgeSceneType.ADMIN)]}, {}, {Badge.MODERATOR}),
        ({"badge_list": [BadgeStruct(scene_type=BadgeSceneType.SUBSCRIBER)]}, {}, {Badge.SUBSCRIBER}),
        ({"badge_list": [BadgeStruct(scene_type=BadgeSceneType.FANS)]}, {}, set()),
        ({"subscribe_info": SubscribeInfo(is_subscribed_to_anchor=True)}, {}, {Badge.SUBSCRIBER}),
        ({"follow_info": FollowInfo(follow_status=1)}, {}, {Badge.FOLLOWER}),
        ({"follow_info": FollowInfo(follower_count=9)}, {}, set()),
        ({}, {"is_anchor": True}, {Badge.BROADCASTER}),
        ({}, {"is_moderator_of_anchor": True, "is_follower_of_anchor": True}, {Badge.MODERATOR, Badge.FOLLOWER}),
        ({}, {"is_subscriber_of_anchor": True}, {Badge.SUBSCRIBER}),
        ({}, {"is_gift_giver_of_anchor": True}, set()),
    ],
)
def test_badges_come_from_wherever_tiktok_tells_them(
    user: dict[str, Any], identity: dict[str, Any], badges: set[Badge]
) -> None:
    message = wire.chat()
    message.user = proto.User(id=5, display_id="somebody", **user)
    message.user_identity = UserIdentity(**identity)

    (item,) = decoded(message)

    assert isinstance(item, ActivityReceived)
    assert item.chatter == Chatter("5", "somebody", "somebody", frozenset(badges))


def test_message_without_a_user_is_told_all_the_same() -> None:
    (item,) = decoded(proto.WebcastChatMessage(common=wire.common(), content="?"))

    assert isinstance(item, ActivityReceived)
    assert item.chatter == Chatter("", "", "")


def test_end_is_an_end_however_late_it_is_told() -> None:
    over = proto.WebcastControlMessage(common=wire.common(), action=ControlAction.STREAM_ENDED)

    items, _ = Decoder().frame(wire.frame([wire.envelope(over, is_history=True)]), NOW)

    assert items == [RoomEnded(AT, "The live was ended.")]


def test_history_is_told_as_such_and_moves_no_counter() -> None:
    messages = [
        wire.chat(number=1),
        proto.WebcastLikeMessage(common=wire.common(2), user=wire.user(), count=5, total=70),
        proto.WebcastRoomUserSeqMessage(common=wire.common(3), total=300),
        proto.WebcastControlMessage(common=wire.common(4), action=ControlAction.STREAM_PAUSED),
    ]

    items, _ = Decoder().frame(wire.frame([wire.envelope(message, is_history=True) for message in messages]), NOW)

    assert [(type(item), getattr(item, "is_history", None)) for item in items] == [(ActivityReceived, True)] * 2


def test_messages_from_before_the_connection_are_history() -> None:
    fetched = extract_webcast_response_message(
        extract_webcast_push_frame(wire.frame([wire.envelope(wire.chat(number=3))]))
    )

    (item,) = Decoder().items(fetched.messages, NOW, is_history=True)

    assert isinstance(item, ActivityReceived)
    assert (item.message_id, item.is_history) == ("3", True)


def test_same_message_is_told_once_a_connection() -> None:
    decoder = Decoder()
    first = wire.frame([wire.envelope(wire.chat("a", 1)), wire.envelope(wire.chat("b", 2))])
    second = wire.frame([wire.envelope(wire.chat("b", 2)), wire.envelope(wire.chat("c", 3))])

    texts = [getattr(item, "text", "") for frame in (first, second) for item in decoder.frame(frame, NOW)[0]]

    assert texts == ["a", "b", "c"]
    assert (decoder.tally.read, decoder.tally.repeated) == (3, 1)


@dataclass
class Sent:
    """An envelope that costs nothing to make."""

    msg_id: int
    method: str = "WebcastLikeMessage"
    payload: bytes = b""
    is_history: bool = False


def test_messages_that_are_remembered_are_bounded() -> None:
    decoder = Decoder()

    decoder.items([Sent(number + 1) for number in range(2 * decode.MOST_REMEMBERED)], NOW)

    assert len(decoder._seen) == decode.MOST_REMEMBERED
    assert decoder.tally.read == 2 * decode.MOST_REMEMBERED


@pytest.mark.parametrize(("age_s", "is_history"), [(3600, True), (61, True), (59, False), (-5, False)])
def test_message_from_long_before_the_connection_is_history(age_s: int, is_history: bool) -> None:  # noqa: FBT001 -- a column of the table
    decoder = Decoder(opened_at=AT + timedelta(seconds=age_s))

    (item,), _ = decoder.frame(wire.frame([wire.envelope(wire.chat())]), NOW)

    assert isinstance(item, ActivityReceived)
    assert item.is_history == is_history


def test_message_without_a_number_has_one_made_of_its_bytes() -> None:
    nameless = proto.WebcastChatMessage(user=wire.user(), content="a")
    other = proto.WebcastChatMessage(user=wire.user(), content="b")

    first, second, again = decoded(nameless)[0], decoded(other)[0], decoded(nameless)[0]

    assert isinstance(first, ActivityReceived)
    assert isinstance(second, ActivityReceived)
    assert first == again
    assert first.message_id.startswith("#")
    assert first.message_id != second.message_id


def test_message_that_tells_no_time_is_dated_by_the_frame_or_by_us() -> None:
    undated = wire.envelope(proto.WebcastChatMessage(common=proto.CommonMessageData(msg_id=1), user=wire.user()))
    dated_frame = wire.push(bytes(proto.ProtoMessageFetchResult(messages=[undated], cursor="c", now=wire.AT_MS)))

    (by_us,) = Decoder().frame(wire.frame([undated]), NOW)[0]
    (by_frame,) = Decoder().frame(dated_frame, NOW)[0]

    assert (getattr(by_us, "at", None), getattr(by_frame, "at", None)) == (NOW, AT)


def test_unknown_and_broken_messages_are_counted_and_spoil_nothing() -> None:
    decoder = Decoder()
    broken = wire.envelope(wire.chat())
    broken.payload = b"\xff\xff\xff\xff"
    unknown = wire.envelope(wire.chat())
    unknown.method = "WebcastNobodyKnowsMessage"
    whole = wire.envelope(wire.chat("still here", 3))

    items, ack = decoder.frame(wire.frame([unknown, broken, whole], ack="ext"), NOW)

    assert [getattr(item, "text", "") for item in items] == ["still here"]
    assert ack is not None
    assert (decoder.tally.broken, dict(decoder.tally.unused)) == (1, {"WebcastNobodyKnowsMessage": 1})


def test_broken_frame_is_counted() -> None:
    decoder = Decoder()

    assert decoder.frame(b"\xff\xff\xff", NOW) == ([], None)
    assert decoder.tally.broken == 1


def test_names_of_unknown_messages_are_bounded() -> None:
    decoder = Decoder()
    envelopes = [wire.envelope(wire.chat()) for _ in range(200)]
    for number, envelope in enumerate(envelopes):
        envelope.method = f"WebcastInvented{number}Message"

    decoder.frame(wire.frame(envelopes), NOW)

    assert len(decoder.tally.unused) == decode.MOST_NAMES + 1
    assert decoder.tally.unused["others"] == 200 - decode.MOST_NAMES


# ── streaks of gifts ──


def step(count: int, *, number: int, group_id: int = 9, **told: Any) -> bytes:
    message = gift(repeat_count=count, group_id=group_id, **told)
    message.common = wire.common(number)
    return wire.frame([wire.envelope(message)])


def given_as(items: list[RoomItem]) -> list[tuple[str, int, int]]:
    return [(item.message_id, item.count, item.value) for item in items if isinstance(item, ActivityReceived)]


def test_streak_is_told_once_at_its_end() -> None:
    decoder = Decoder()
    steps = [step(1, number=1), step(2, number=2), step(2, number=3, repeat_end=1)]

    told = [given_as(decoder.frame(frame, NOW)[0]) for frame in steps]

    assert told == [[], [], [("5.5655.9", 2, 20)]]
    assert decoder.items([], NOW + timedelta(hours=1)) == []


def test_streak_whose_end_does_not_come_is_told_as_it_stood() -> None:
    decoder = Decoder()
    decoder.frame(step(1, number=1), NOW)
    decoder.frame(step(3, number=2), NOW + timedelta(seconds=10))

    told = [given_as(decoder.items([], NOW + timedelta(seconds=seconds))) for seconds in (39, 40, 41)]

    assert told == [[], [("5.5655.9", 3, 30)], []]


def test_streak_goes_on_after_a_connection_broke() -> None:
    streaks = Streaks()
    Decoder(streaks=streaks).frame(step(3, number=1), NOW)

    items, _ = Decoder(streaks=streaks).frame(step(7, number=2, repeat_end=1), NOW)

    assert given_as(items) == [("5.5655.9", 7, 70)]
    assert len(streaks) == 0


def test_streak_that_tiktok_does_not_number_is_named_by_its_last_message() -> None:
    decoder = Decoder()
    decoder.frame(step(1, number=1, group_id=0), NOW)
    decoder.frame(step(2, number=2, group_id=0), NOW)

    assert given_as(decoder.items([], NOW + timedelta(minutes=1))) == [("2", 2, 20)]


def test_step_from_before_the_connection_opens_no_streak() -> None:
    decoder = Decoder(opened_at=AT + timedelta(hours=1))
    decoder.frame(step(3, number=1), NOW)

    assert decoder.items([], NOW + timedelta(minutes=1)) == []


def test_gift_that_is_no_streak_keeps_the_number_of_its_message() -> None:
    assert given_as(decoded(gift(repeat_count=2, type=2, group_id=9))) == [("1", 2, 20)]


# ── the same as the library, whatever comes ──


def test_property_test_covers_every_message_we_read() -> None:
    assert set(decode.READERS) == wire.METHODS


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MESSAGES, max_size=4, unique_by=lambda message: message.common.msg_id), st.booleans())
async def test_every_frame_says_what_the_library_says(messages: list[Any], is_zipped: bool) -> None:  # noqa: FBT001 -- drawn
    frame = wire.frame([wire.envelope(message) for message in messages], is_zipped=is_zipped)

    assert Decoder().frame(frame, NOW)[0] == await told_by_library(frame)


@given(st.binary(max_size=300), st.sampled_from(sorted(wire.METHODS)))
def test_any_bytes_are_read_or_counted(payload: bytes, method: str) -> None:
    decoder = Decoder()
    envelope = wire.envelope(wire.chat())
    envelope.method, envelope.payload = method, payload

    decoder.frame(wire.frame([envelope]), NOW)

    tally = decoder.tally
    assert tally.read + tally.broken + tally.unused.total() == 1
