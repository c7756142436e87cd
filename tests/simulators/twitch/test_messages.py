import json
from datetime import UTC, datetime

import pytest

from vigie.simulators.twitch.messages import Message, keepalive, notification, reconnect, revocation, welcome

AT = datetime(2026, 11, 21, 8, 9, 10, 11, tzinfo=UTC)
SESSION = {"id": "s1", "keepalive_timeout_seconds": 10, "connected_at": "x"}
SUBSCRIPTION = {"type": "stream.online", "version": "1"}


@pytest.mark.parametrize(
    ("message", "kind", "payload"),
    [
        (
            welcome("m1", AT, session=SESSION),
            "session_welcome",
            {"session": {"status": "connected", "reconnect_url": None, "recovery_url": None, **SESSION}},
        ),
        (keepalive("m1", AT), "session_keepalive", {}),
        (
            reconnect("m1", AT, session={"id": "s1", "reconnect_url": "ws://x"}),
            "session_reconnect",
            {
                "session": {
                    "status": "reconnecting",
                    "keepalive_timeout_seconds": None,
                    "id": "s1",
                    "reconnect_url": "ws://x",
                }
            },
        ),
    ],
)
def test_a_message_about_the_session(message: Message, kind: str, payload: object) -> None:
    metadata = {"message_id": "m1", "message_type": kind, "message_timestamp": "2026-11-21T08:09:10.000011Z"}

    assert json.loads(message.text()) == {"metadata": metadata, "payload": payload}


@pytest.mark.parametrize(
    ("message", "kind", "payload"),
    [
        (
            notification("m2", AT, subscription=SUBSCRIPTION, event={"id": "9"}),
            "notification",
            {"subscription": SUBSCRIPTION, "event": {"id": "9"}},
        ),
        (revocation("m2", AT, subscription=SUBSCRIPTION), "revocation", {"subscription": SUBSCRIPTION}),
    ],
)
def test_a_message_about_a_subscription_names_it_twice(message: Message, kind: str, payload: object) -> None:
    told = json.loads(message.text())

    assert (told["metadata"]["message_type"], told["payload"]) == (kind, payload)
    assert told["metadata"]["subscription_type"] == "stream.online"
    assert told["metadata"]["subscription_version"] == "1"
