"""What Helix and EventSub say, and what they never should."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.twitch import parse
from vigie.adapters.twitch.parse import Account, Notice, OnAir, Unreadable
from vigie.events import (
    ActivityKind,
    ActivityReceived,
    Badge,
    Chatter,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
)

AT = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
MOKA = {"chatter_user_id": "7", "chatter_user_login": "moka", "chatter_user_name": "Moka"}
STREAM = {
    "id": "55",
    "user_id": "100",
    "user_login": "lapomme",
    "type": "live",
    "title": "Tarte",
    "viewer_count": 42,
    "started_at": "2026-11-20T20:15:00Z",
}
ROOM_ITEMS = (ActivityReceived, MessagesRemoved, ModeratorActed, RoomEnded)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
FIELDS = [
    *("message_id", "message", "cheer", "badges", "notice_type", "raid", "action", "user_login", "followed_at"),
    *("chatter_user_id", "chatter_user_login", "target_user_id", "moderator_user_login", "ban", "timeout"),
]


def notice(kind: str, **event: Any) -> Notice:
    return Notice("frame-1", AT, kind, "100", event)


def message(**event: Any) -> Notice:
    return notice("channel.chat.message", **{**MOKA, "message_id": "m1", "message": {"text": "salut"}, **event})


def notification(kind: str, text: str = "", **event: Any) -> Notice:
    told = {**MOKA, "message_id": "m1", "message": {"text": text}, "system_message": "Twitch says", "notice_type": kind}
    return notice("channel.chat.notification", **{**told, **event})


# ── Helix ──


def test_a_broadcast_is_read() -> None:
    assert parse.on_air(STREAM) == OnAir(Account("100", "lapomme"), "55", "Tarte", 42, AT)
    assert parse.on_air({**STREAM, "type": ""}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"user_id": 100},
        {"user_login": ""},
        {"viewer_count": -1},
        {"viewer_count": True},
        {"viewer_count": "42"},
        {"viewer_count": 10**12},
        {"started_at": "yesterday"},
        {"started_at": "9999-12-31T23:59:59-23:00"},
        {"started_at": 5},
    ],
)
def test_a_broadcast_that_is_not_as_documented_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        parse.on_air({**STREAM, **wrong})


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"data": null}', b'{"data": [1]}', b"<p>", b"\xff", b"[" * 9999]
)
def test_an_answer_without_rows_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse.rows(body)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(parse.rows(body), list)


@given(st.dictionaries(st.sampled_from(sorted(STREAM)), JSON))
def test_any_row_is_read_or_refused(changes: dict[str, Any]) -> None:
    for read in (parse.on_air, parse.account):
        with suppress(Unreadable):
            assert isinstance(read({**STREAM, **changes}), OnAir | Account | None)


@pytest.mark.parametrize("name", ["lapomme", "la_pomme_9", "x" * 25, "9"])
def test_names_that_there_may_be(name: str) -> None:
    assert parse.is_login(name)


@pytest.mark.parametrize("name", ["", "x" * 26, "é", "LaPomme", "a b", "a\n", "\u0661"])
def test_names_that_there_cannot_be(name: str) -> None:
    assert not parse.is_login(name)


@pytest.mark.parametrize(
    ("number", "holds"), [("1", True), ("", False), ("-1", False), ("\u0661", False), ("1" * 21, False)]
)
def test_numbers_that_there_may_be(number: str, *, holds: bool) -> None:
    assert parse.is_id(number) is holds


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("2026-11-20T20:15:00Z", AT),
        ("2026-11-20T21:15:00+01:00", AT),
        ("2026-11-20T20:15:00", AT),
        ("2026-11-20T20:15:00.634234626Z", AT + timedelta(microseconds=634234)),
    ],
)
def test_moments_are_utc(told: str, read: datetime) -> None:
    assert parse.moment({"at": told}, "at") == read


def test_words_hold_what_a_database_keeps() -> None:
    assert parse.words({"a": "un\0deux\ud800"}, "a") == "un\ufffddeux?"
    assert len(parse.words({"a": "x" * 9_999}, "a")) == parse.LONGEST_TEXT
    assert parse.words({"a": 5}, "a") == parse.words({"a": ["x"]}, "a") == parse.words({}, "a") == ""


# ── messages ──


def test_a_message_is_read_with_its_badges() -> None:
    badges = [{"set_id": name} for name in ("broadcaster", "moderator", "vip", "founder", "bits", 5)] + ["x"]

    said = ActivityReceived(
        ActivityKind.MESSAGE,
        "m1",
        AT,
        Chatter("7", "moka", "Moka", frozenset({Badge.BROADCASTER, Badge.MODERATOR, Badge.VIP, Badge.SUBSCRIBER})),
        text="salut",
    )
    assert parse.items(message(badges=badges)) == [said]


def test_bits_are_a_gift_beside_what_was_written() -> None:
    who = Chatter("7", "moka", "Moka")

    assert parse.items(message(cheer={"bits": 300})) == [
        ActivityReceived(ActivityKind.MESSAGE, "m1", AT, who, text="salut"),
        ActivityReceived(ActivityKind.GIFT, "m1.bits", AT, who, value=300),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_id": None},
        {"chatter_user_id": ""},
        {"chatter_user_login": 5},
        {"cheer": {"bits": "many"}},
        {"cheer": 5},
    ],
)
def test_a_message_that_is_not_as_documented_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        parse.items(message(**wrong))


@pytest.mark.parametrize(
    ("told", "kind", "count", "text"),
    [
        (notification("sub"), ActivityKind.SUBSCRIPTION, 1, ""),
        (notification("resub", "six mois"), ActivityKind.SUBSCRIPTION, 1, "six mois"),
        (notification("gift_paid_upgrade"), ActivityKind.SUBSCRIPTION, 1, ""),
        (notification("sub_gift", sub_gift={"community_gift_id": None}), ActivityKind.GIFT, 1, "sub"),
        (notification("community_sub_gift", community_sub_gift={"total": 5}), ActivityKind.GIFT, 5, "sub"),
        (notification("raid", raid={"viewer_count": 300}), ActivityKind.RAID, 300, ""),
        (notification("announcement", "règles"), ActivityKind.MESSAGE, 1, "règles"),
        (notification("shared_chat_resub", "ailleurs"), ActivityKind.MESSAGE, 1, "ailleurs"),
        (notification("what comes next", "nouveau"), ActivityKind.MESSAGE, 1, "nouveau"),
    ],
)
def test_notices_stand_for_what_people_did(told: Notice, kind: ActivityKind, count: int, text: str) -> None:
    [item] = parse.items(told)

    assert isinstance(item, ActivityReceived)
    assert (item.kind, item.count, item.text, item.message_id) == (kind, count, text, "m1")


@given(st.sampled_from(["sub", "resub", "sub_gift", "community_sub_gift", "raid", "announcement"]), st.text())
def test_third_persons_whom_twitch_names_are_not_kept(kind: str, written: str) -> None:
    """The display names of whom something was given to, or of who raids, stand in Twitch's own sentence."""
    third = {"recipient_user_name": "Zoé Martin", "user_name": "Zoé Martin", "total": 5, "viewer_count": 12}
    told = notification(kind, written, system_message="Moka gifted a sub to Zoé Martin!", **{kind: third})

    assert "Zoé" not in repr(parse.items(told))


@pytest.mark.parametrize(
    "told",
    [
        notification("sub_gift", sub_gift={"community_gift_id": "told already"}),
        notification("unraid"),
        notification("shared_chat_raid", shared_chat_raid={"viewer_count": 5}),
        notice("channel.update", title="x"),
    ],
)
def test_notices_that_tell_nothing_are_nothing(told: Notice) -> None:
    assert parse.items(told) == []


def test_who_gives_without_a_name_is_nobody() -> None:
    [item] = parse.items(notification("sub_gift", chatter_is_anonymous=True, chatter_user_id=None))

    assert isinstance(item, ActivityReceived)
    assert item.chatter == parse.ANONYMOUS


def test_a_follow_is_dated_by_twitch() -> None:
    told = notice("channel.follow", user_id="7", user_login="moka", user_name="", followed_at="2026-11-20T20:14:59Z")

    who = Chatter("7", "moka", "moka", frozenset({Badge.FOLLOWER}))
    assert parse.items(told) == [ActivityReceived(ActivityKind.FOLLOW, "frame-1", AT - timedelta(seconds=1), who)]


# ── moderators ──


def test_messages_are_removed_one_of_somebody_or_all() -> None:
    assert parse.items(notice("channel.chat.message_delete", message_id="m1", target_user_id="7")) == [
        MessagesRemoved(AT, message_id="m1")
    ]
    assert parse.items(notice("channel.chat.clear_user_messages", target_user_id="7")) == [
        MessagesRemoved(AT, chatter_id="7")
    ]
    assert parse.items(notice("channel.chat.clear")) == [MessagesRemoved(AT)]


@pytest.mark.parametrize("kind", ["channel.chat.message_delete", "channel.chat.clear_user_messages"])
def test_a_removal_of_nothing_is_never_taken_for_all(kind: str) -> None:
    with pytest.raises(Unreadable):
        parse.items(notice(kind))


WHOM = {"user_id": "7", "user_login": "moka"}


@pytest.mark.parametrize(
    ("action", "about", "target", "reason", "duration_s"),
    [
        ("ban", {**WHOM, "reason": "spam"}, "moka", "spam", None),
        ("timeout", {**WHOM, "reason": None, "expires_at": "2026-11-20T20:25:00Z"}, "moka", "", 600.0),
        ("timeout", {**WHOM, "expires_at": "2026-11-20T20:00:00Z"}, "moka", "", 0.0),
        ("slow", {"wait_time_seconds": 30}, "", "", 30.0),
        ("followers", {"follow_duration_minutes": 10}, "", "", 600.0),
        ("delete", {**WHOM, "message_id": "m1", "message_body": "mots"}, "moka", "", None),
        ("emoteonly", None, "", "", None),
    ],
)
def test_what_moderators_did_is_told(
    action: str, about: object, target: str, reason: str, duration_s: float | None
) -> None:
    told = notice("channel.moderate", action=action, moderator_user_login="chef", **{action: about})

    target_id = WHOM["user_id"] if target else ""
    acted = ModeratorActed("frame-1", AT, action, "chef", target, reason, duration_s, target_id)
    assert parse.items(told) == [acted]


def test_requests_and_terms_have_places_of_their_own() -> None:
    request = {**WHOM, "moderator_message": "d'accord"}
    told = notice(
        "channel.moderate", action="approve_unban_request", moderator_user_login="chef", unban_request=request
    )

    [acted] = parse.items(told)

    assert isinstance(acted, ModeratorActed)
    assert (acted.target, acted.target_id, acted.reason) == ("moka", "7", "d'accord")


def test_the_end_of_a_broadcast_ends_the_room() -> None:
    assert parse.items(notice("stream.offline")) == [RoomEnded(AT, "Twitch says that the broadcast is over.")]


@given(
    st.sampled_from(sorted(parse._READERS)),
    st.dictionaries(
        st.sampled_from(FIELDS),
        JSON,
    ),
)
def test_any_notice_is_read_or_refused(kind: str, event: dict[str, Any]) -> None:
    try:
        told = parse.items(notice(kind, **event))
    except Unreadable:
        return
    assert all(isinstance(item, ROOM_ITEMS) for item in told)
