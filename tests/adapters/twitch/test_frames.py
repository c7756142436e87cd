"""The frames of EventSub, and what its close codes mean."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.twitch import frames
from vigie.adapters.twitch.frames import Keepalive, Move, Revocation, Welcome
from vigie.adapters.twitch.parse import Notice, Unreadable

SUBSCRIPTION = {
    "type": "channel.chat.message",
    "status": "authorization_revoked",
    "condition": {"broadcaster_user_id": "100", "user_id": "900"},
}


def frame(kind: str, **payload: Any) -> str:
    metadata = {"message_id": "f1", "message_type": kind, "message_timestamp": "2026-11-20T20:15:00.123456789Z"}
    return json.dumps({"metadata": metadata, "payload": payload})


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (frame("session_welcome", session={"id": "s1", "keepalive_timeout_seconds": 10}), Welcome("s1", 10.0)),
        (frame("session_keepalive"), Keepalive()),
        (frame("session_reconnect", session={"reconnect_url": "wss://x/"}), Move("wss://x/")),
        (
            frame("revocation", subscription=SUBSCRIPTION),
            Revocation("channel.chat.message", "100", "authorization_revoked"),
        ),
        (
            frame("notification", subscription=SUBSCRIPTION, event={"a": 1}),
            Notice("f1", datetime(2026, 11, 20, 20, 15, 0, 123456, UTC), "channel.chat.message", "100", {"a": 1}),
        ),
    ],
)
def test_frames_are_read(said: str, means: frames.Frame) -> None:
    assert frames.read(said) == means
    assert frames.read(said.encode()) == means


@pytest.mark.parametrize(
    "said",
    [
        "",
        "hello",
        "[]",
        "{}",
        frame("session_dance"),
        frame("session_welcome"),
        frame("session_welcome", session={"id": "s1"}),
        frame("session_welcome", session={"id": "s1", "keepalive_timeout_seconds": 0}),
        frame("session_welcome", session={"id": "s1", "keepalive_timeout_seconds": 1e9}),
        frame("session_reconnect", session={"reconnect_url": None}),
        frame("notification"),
        frame("notification", subscription={**SUBSCRIPTION, "condition": {}}, event={}),
        frame("revocation", subscription={"type": "x"}),
    ],
)
def test_frames_that_are_not_as_documented_are_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        frames.read(said)


@given(st.text() | st.binary())
def test_any_frame_is_read_or_refused(said: str | bytes) -> None:
    with pytest.raises(Unreadable):
        frames.read(said)


@pytest.mark.parametrize("code", [*range(4000, 4008), 1000, 1006, 1011, None])
def test_every_close_code_lets_the_connection_be_opened_again(code: int | None) -> None:
    trouble = frames.closed(code)

    assert (trouble.retryable, trouble.permanent) == (True, False)
    assert str(trouble).startswith("Twitch EventSub: ")
    assert str(trouble).count(".") == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("authorization_revoked", "connect the Twitch account again"),
        ("user_removed", "the account is gone"),
        ("chat_user_banned", "banned from this chat"),
        ("version_removed", "version_removed"),
    ],
)
def test_a_revocation_says_what_to_do(status: str, words: str) -> None:
    trouble = frames.revoked(Revocation("channel.chat.message", "100", status))

    assert trouble.permanent
    assert words in str(trouble)


def test_what_would_let_others_in_is_masked() -> None:
    assert "s1" not in repr(Welcome("s1", 10.0))
    assert "ticket" not in repr(Move("wss://x/?ticket"))
