"""Everything that can happen on a channel is heard by who subscribed to it, and changes what Helix tells."""

from typing import Any

import pytest

from tests.simulators.twitch.clients import CHAT, Caller, listening, told
from vigie.simulators.twitch import TwitchServer

ACTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("ban", {"target": "lea", "reason": "spam"}, ["channel.chat.clear_user_messages", "channel.moderate"]),
    ("timeout", {"target": "lea", "duration_s": 60}, ["channel.chat.clear_user_messages", "channel.moderate"]),
    ("unban", {"target": "lea"}, ["channel.moderate"]),
    ("warn", {"target": "lea", "reason": "doucement"}, ["channel.moderate"]),
    ("mod", {"target": "lea"}, ["channel.moderate"]),
    ("unmod", {"target": "max"}, ["channel.moderate"]),
    ("vip", {"target": "lea"}, ["channel.moderate"]),
    ("clear", {}, ["channel.chat.clear", "channel.moderate"]),
    ("slow", {"duration_s": 30}, ["channel.moderate"]),
    ("slowoff", {}, ["channel.moderate"]),
    ("emoteonly", {}, ["channel.moderate"]),
]
HEARD = ("channel.moderate", "channel.chat.clear", "channel.chat.clear_user_messages", "channel.chat.message_delete")


@pytest.mark.parametrize(("action", "details", "kinds"), ACTS)
async def test_what_moderators_do_is_heard_of(
    server: TwitchServer, moderator: Caller, action: str, details: dict[str, Any], kinds: list[str]
) -> None:
    async with listening(server, moderator, *HEARD) as socket:
        server.moderate("zoe_live", action, moderator="max", **details)
        heard = [await told(socket) for _ in kinds]

    assert [message["metadata"]["subscription_type"] for message in heard] == kinds
    event = heard[-1]["payload"]["event"]
    assert (event["action"], event["moderator_user_login"]) == (action, "max")


async def test_a_deleted_message_is_told_with_its_words(server: TwitchServer, moderator: Caller) -> None:
    message_id = server.say("zoe_live", "lea", "Oups")

    async with listening(server, moderator, *HEARD) as socket:
        server.moderate("zoe_live", "delete", message_id=message_id)
        gone, act = [(await told(socket))["payload"]["event"] for _ in range(2)]

    assert (gone["message_id"], gone["target_user_login"]) == (message_id, "lea")
    assert (act["delete"]["message_body"], act["moderator_user_login"]) == ("Oups", "zoe_live")
    with pytest.raises(KeyError):
        server.moderate("zoe_live", "delete", message_id=message_id)


async def test_a_raid_is_told_in_the_chat(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.chat.notification") as socket:
        message_id = server.raid("zoe_live", "bob_builds", 900)
        event = (await told(socket))["payload"]["event"]

    assert (event["notice_type"], event["message_id"], event["chatter_user_login"]) == (
        "raid",
        message_id,
        "bob_builds",
    )
    assert (event["raid"]["viewer_count"], event["raid"]["user_name"]) == (900, "bob_builds")


async def test_a_raid_is_heard_of_by_its_target(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online") as socket:
        session_id = _session_id(moderator)
        condition = {"to_broadcaster_user_id": "1001"}
        assert moderator.subscribe(session_id, "channel.raid", **condition).status_code == 202
        server.raid("zoe_live", "bob_builds", 900)
        event = (await told(socket))["payload"]["event"]

    assert (event["from_broadcaster_user_login"], event["to_broadcaster_user_id"], event["viewers"]) == (
        "bob_builds",
        "1001",
        900,
    )
    assert [delivery.kind for delivery in server.delivered("zoe_live")] == ["channel.raid"]


def _session_id(caller: Caller) -> str:
    return str(caller.get("eventsub/subscriptions")["data"][0]["transport"]["session_id"])


@pytest.mark.parametrize(
    ("kind", "detail", "told_of"),
    [
        ("sub", {}, {"sub_tier": "1000", "is_prime": False, "duration_months": 1}),
        ("resub", {"cumulative_months": 14}, {"cumulative_months": 14, "is_gift": False}),
        ("sub_gift", {"recipient_user_login": "max"}, {"recipient_user_login": "max", "cumulative_total": 1}),
        ("community_sub_gift", {"total": 20}, {"total": 20, "sub_tier": "1000"}),
        ("announcement", {}, {"color": "PRIMARY"}),
    ],
)
async def test_notices_tell_what_they_are_about(
    server: TwitchServer, moderator: Caller, kind: str, detail: dict[str, Any], told_of: dict[str, Any]
) -> None:
    async with listening(server, moderator, "channel.chat.notification") as socket:
        message_id = server.notice("zoe_live", "lea", kind, "Merci !", **detail)
        event = (await told(socket))["payload"]["event"]

    assert (event["notice_type"], event["message_id"], event["message"]["text"]) == (kind, message_id, "Merci !")
    assert told_of.items() <= event[kind].items()


async def test_a_broadcast_begins_changes_and_ends(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online", "stream.offline", "channel.update") as socket:
        stream_id = server.go_live("zoe_live", title="Soupe")
        server.retitle("zoe_live", "Tarte")
        server.go_offline("zoe_live")
        online, update, offline = [(await told(socket))["payload"]["event"] for _ in range(3)]

    assert (online["id"], online["type"], online["broadcaster_user_login"]) == (stream_id, "live", "zoe_live")
    assert update["title"] == "Tarte"
    assert offline == {
        "broadcaster_user_id": "1001",
        "broadcaster_user_login": "zoe_live",
        "broadcaster_user_name": "Zoé_Live",
    }


async def test_a_follow_is_heard_of(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, "channel.follow") as socket:
        server.follow("zoe_live", "tom")
        event = (await told(socket))["payload"]["event"]

    assert (event["user_id"], event["broadcaster_user_id"]) == ("1003", "1001")
    assert moderator.get("channels/followers?broadcaster_id=1001")["total"] == 1


def test_who_is_made_a_moderator_moderates(server: TwitchServer, stranger: Caller) -> None:
    path = "chat/chatters?broadcaster_id=1001&moderator_id=1003"
    assert stranger("GET", path).status_code == 403

    server.moderate("zoe_live", "mod", target="tom")
    assert stranger("GET", path).status_code == 200

    server.moderate("zoe_live", "unmod", target="tom")
    assert stranger("GET", path).status_code == 403


def test_who_wrote_is_a_chatter_once(server: TwitchServer, moderator: Caller) -> None:
    for _ in range(3):
        server.say("zoe_live", "lea", "Coucou")

    assert moderator.get(f"chat/chatters?{CHAT}")["total"] == 1
