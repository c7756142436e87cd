from typing import Any

import httpx
import pytest

from tests.simulators.twitch.clients import CHAT, Caller, listening, told
from vigie.simulators.twitch import TwitchServer

BANS = f"moderation/bans?{CHAT}"
KINDS = ("channel.moderate", "channel.chat.clear_user_messages", "channel.chat.message_delete", "channel.chat.clear")


def ban(caller: Caller, user_id: str = "1003", **more: Any) -> httpx.Response:
    return caller("POST", BANS, json={"data": {"user_id": user_id, **more}})


def refusals(answers: list[httpx.Response]) -> list[int]:
    return [answer.status_code for answer in answers]


# ── bans ──


def test_a_ban_holds_until_it_is_taken_back(moderator: Caller) -> None:
    (made,) = ban(moderator, reason="spam").json()["data"]

    assert (made["moderator_id"], made["user_id"], made["end_time"]) == ("1002", "1003", None)
    again = ban(moderator)
    assert (again.status_code, "already banned" in again.json()["message"]) == (400, True)
    assert moderator("DELETE", f"{BANS}&user_id=1003").status_code == 204
    assert moderator("DELETE", f"{BANS}&user_id=1003").status_code == 400


def test_a_timeout_ends_by_itself(server: TwitchServer, moderator: Caller) -> None:
    (made,) = ban(moderator, duration=60).json()["data"]
    assert made["end_time"] > made["created_at"]

    server.forward(61)

    assert moderator("DELETE", f"{BANS}&user_id=1003").status_code == 400
    assert ban(moderator).status_code == 200


def test_a_timeout_replaces_a_timeout(moderator: Caller) -> None:
    assert refusals([ban(moderator, duration=60), ban(moderator, duration=600)]) == [200, 200]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": {}},
        {"data": {"user_id": "404"}},
        {"data": {"user_id": "1001"}},
        {"data": {"user_id": "1002"}},
        {"data": {"user_id": "1003", "duration": 0}},
        {"data": {"user_id": "1003", "duration": 1_209_601}},
        {"data": {"user_id": "1003", "duration": "long"}},
        {"data": {"user_id": "1003", "duration": True}},
        {"data": {"user_id": "1003", "reason": "a" * 501}},
    ],
)
def test_a_ban_that_makes_no_sense_is_refused(steady_moderator: Caller, body: dict[str, Any]) -> None:
    assert steady_moderator("POST", BANS, json=body).status_code == 400
    assert steady_moderator("DELETE", f"{BANS}&user_id=1003").status_code == 400


async def test_a_ban_is_heard_of(server: TwitchServer, moderator: Caller) -> None:
    async with listening(server, moderator, *KINDS) as socket:
        ban(moderator, reason="spam", duration=60)
        heard = [(await told(socket))["payload"]["event"] for _ in range(2)]

    hidden, act = heard
    assert hidden["target_user_login"] == "tom"
    assert (act["action"], act["moderator_user_login"], act["timeout"]["reason"]) == ("timeout", "max", "spam")


# ── warnings, messages ──


@pytest.mark.parametrize(("reason", "status"), [("doucement", 200), ("", 400), ("a" * 501, 400)])
def test_a_warning_has_a_reason(steady_moderator: Caller, reason: str, status: int) -> None:
    body = {"data": {"user_id": "1003", "reason": reason}}

    assert steady_moderator("POST", f"moderation/warnings?{CHAT}", json=body).status_code == status


async def test_a_message_is_deleted_once_and_everybody_hears_of_it(server: TwitchServer, moderator: Caller) -> None:
    message_id = server.say("zoe_live", "lea", "Oups")
    path = f"moderation/chat?{CHAT}&message_id={message_id}"

    async with listening(server, moderator, *KINDS) as socket:
        statuses = refusals([moderator("DELETE", path), moderator("DELETE", path)])
        gone, act = [(await told(socket))["payload"]["event"] for _ in range(2)]

    assert statuses == [204, 404]
    assert (gone["message_id"], gone["target_user_login"]) == (message_id, "lea")
    assert act["delete"]["message_body"] == "Oups"


def test_old_messages_and_those_of_the_team_stay(server: TwitchServer, moderator: Caller) -> None:
    server.appoint("zoe_live", "tom")
    mine, own, theirs = (server.say("zoe_live", login, "a") for login in ("zoe_live", "max", "tom"))
    old = server.say("zoe_live", "lea", "a")
    path = f"moderation/chat?{CHAT}&message_id="

    assert refusals([moderator("DELETE", path + one) for one in (mine, theirs, own)]) == [400, 400, 204]
    server.forward(6 * 3600 + 1)
    server.settings.token_life_s = 10**6
    moderator.token = server.grant("1002", moderator.token.scopes)
    assert moderator("DELETE", path + old).status_code == 404


async def test_without_an_id_the_whole_chat_goes(server: TwitchServer, moderator: Caller) -> None:
    message_id = server.say("zoe_live", "lea", "Oups")

    async with listening(server, moderator, *KINDS) as socket:
        assert moderator("DELETE", f"moderation/chat?{CHAT}").status_code == 204
        kinds = [(await told(socket))["metadata"]["subscription_type"] for _ in range(2)]

    assert kinds == ["channel.chat.clear", "channel.moderate"]
    assert moderator("DELETE", f"moderation/chat?{CHAT}&message_id={message_id}").status_code == 404


def test_one_announcement_is_made_in_two_seconds(server: TwitchServer, moderator: Caller) -> None:
    path, body = f"chat/announcements?{CHAT}", {"message": "Bienvenue", "color": "green"}

    assert refusals([moderator("POST", path, json=body) for _ in range(2)]) == [204, 429]
    server.forward(2)
    assert moderator("POST", path, json=body).status_code == 204


@pytest.mark.parametrize(
    "body", [{}, {"message": ""}, {"message": "a", "color": "black"}, {"message": "a", "color": ["blue"]}]
)
def test_an_announcement_has_words_and_a_color(steady_moderator: Caller, body: dict[str, Any]) -> None:
    assert steady_moderator("POST", f"chat/announcements?{CHAT}", json=body).status_code == 400


# ── shield mode, suspicious users, clips ──


async def test_shield_mode_is_put_on_and_off(server: TwitchServer, moderator: Caller) -> None:
    path = f"moderation/shield_mode?{CHAT}"
    assert moderator.get(path)["data"][0]["is_active"] is False

    async with listening(server, moderator, "channel.shield_mode.begin", "channel.shield_mode.end") as socket:
        states = [moderator("PUT", path, json={"is_active": on}).json()["data"][0] for on in (True, False)]
        heard = [(await told(socket))["metadata"]["subscription_type"] for _ in range(2)]

    assert [(state["is_active"], state["moderator_login"]) for state in states] == [(True, "max"), (False, "max")]
    assert heard == ["channel.shield_mode.begin", "channel.shield_mode.end"]
    assert moderator("PUT", path, json={"is_active": "yes"}).status_code == 400


async def test_suspicion_is_heard_of(server: TwitchServer, moderator: Caller) -> None:
    path = f"moderation/suspicious_users?{CHAT}"
    async with listening(server, moderator, "channel.suspicious_user.update") as socket:
        moderator("POST", path, json={"user_id": "1003", "status": "RESTRICTED"})
        moderator("DELETE", f"{path}&user_id=1003")
        heard = [(await told(socket))["payload"]["event"] for _ in range(2)]

    assert [(event["user_login"], event["low_trust_status"]) for event in heard] == [
        ("tom", "restricted"),
        ("tom", "none"),
    ]


def test_somebody_is_suspicious_until_they_are_not(moderator: Caller) -> None:
    path = f"moderation/suspicious_users?{CHAT}"
    body = {"user_id": "1003", "status": "ACTIVE_MONITORING"}

    (told_of,) = moderator("POST", path, json=body).json()["data"]
    (trusted,) = moderator("DELETE", f"{path}&user_id=1003").json()["data"]

    assert (told_of["status"], told_of["types"]) == ("ACTIVE_MONITORING", ["MANUALLY_ADDED"])
    assert (trusted["status"], trusted["types"]) == ("NO_TREATMENT", [])
    assert moderator("DELETE", f"{path}&user_id=1003").status_code == 400
    evil = [moderator("POST", path, json={**body, "status": status}) for status in ("EVIL", ["RESTRICTED"])]
    assert refusals(evil) == [400, 400]


def test_only_a_broadcast_can_be_clipped(server: TwitchServer, moderator: Caller) -> None:
    assert moderator("POST", "clips?broadcaster_id=1001").status_code == 404
    server.go_live("zoe_live")
    assert moderator("POST", "clips?broadcaster_id=1001").status_code == 202
    assert moderator("POST", "clips?broadcaster_id=404").status_code == 400


@pytest.mark.parametrize(
    ("duration", "status"),
    [("5", 202), ("60", 202), ("12.5", 202), ("4.9", 400), ("60.1", 400), ("nan", 400), ("", 400)],
)
def test_a_clip_lasts_from_five_seconds_to_a_minute(
    server: TwitchServer, moderator: Caller, duration: str, status: int
) -> None:
    server.go_live("zoe_live")

    made = moderator("POST", f"clips?broadcaster_id=1001&duration={duration}")

    assert made.status_code == status
    clips = moderator.get("clips?broadcaster_id=1001")["data"]
    assert [clip["duration"] for clip in clips] == ([float(duration)] if status == 202 else [])


def test_a_clip_lasts_half_a_minute_unless_told_otherwise(server: TwitchServer, moderator: Caller) -> None:
    server.go_live("zoe_live")
    moderator("POST", "clips?broadcaster_id=1001")

    assert [clip["duration"] for clip in moderator.get("clips?broadcaster_id=1001")["data"]] == [30.0]


WRITES = [
    ("POST", "moderation/bans"),
    ("POST", "moderation/warnings"),
    ("DELETE", "moderation/chat"),
    ("PUT", "moderation/shield_mode"),
    ("GET", "moderation/shield_mode"),
    ("POST", "moderation/suspicious_users"),
    ("POST", "chat/announcements"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_only_moderators_with_the_scope_may(
    steady: TwitchServer, client: httpx.Client, steady_stranger: Caller, method: str, path: str
) -> None:
    bare = Caller(steady, client, steady.grant("1002", ["user:read:chat"]))

    assert steady_stranger(method, f"{path}?broadcaster_id=1001&moderator_id=1003").status_code == 403
    assert bare(method, f"{path}?{CHAT}").status_code == 401
