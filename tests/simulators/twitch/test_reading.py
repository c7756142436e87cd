from typing import Any

import httpx
import pytest

from tests.simulators.twitch.clients import CHAT, Caller
from vigie.simulators.twitch import TwitchServer


def pages(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Return every page of a list."""
    found = [caller.get(path)]
    while found[-1]["pagination"]:
        found.append(caller.get(f"{path}&after={found[-1]['pagination']['cursor']}"))
    return found


# ── users, streams, channels ──


def test_unknown_users_are_absent(app: Caller) -> None:
    found = app.get("users?id=1001&id=404&login=MAX&login=nobody")["data"]

    assert [user["id"] for user in found] == ["1001", "1002"]


def test_a_user_asked_for_twice_is_told_once(app: Caller) -> None:
    assert len(app.get("users?id=1001&login=zoe_live")["data"]) == 1


def test_a_token_tells_whose_it_is(moderator: Caller, app: Caller) -> None:
    assert moderator.get("users")["data"][0]["login"] == "max"
    assert app("GET", "users").status_code == 400


def test_users_of_an_audience_have_their_dates(server: TwitchServer, app: Caller) -> None:
    audience = server.gather("zoe_live", 5000)
    accounts = [audience.account(index) for index in range(100)]

    found = app.get("users?" + "&".join(f"id={account.user_id}" for account in accounts))["data"]

    assert [user["login"] for user in found] == [account.login for account in accounts]
    assert found[7]["created_at"] == accounts[7].created_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("path", ["users", "streams"])
def test_a_hundred_are_asked_for_at_most(app: Caller, path: str) -> None:
    name = "id" if path == "users" else "user_id"

    assert app("GET", f"{path}?" + "&".join([f"{name}=1"] * 100)).status_code == 200
    assert app("GET", f"{path}?" + "&".join([f"{name}=1"] * 101)).status_code == 400


def test_streams_are_told_by_viewers_and_paged(server: TwitchServer, app: Caller) -> None:
    for login, viewers in (("zoe_live", 5), ("max", 500), ("tom", 50)):
        server.go_live(login, viewers=viewers)

    told = [[stream["user_login"] for stream in page["data"]] for page in pages(app, "streams?first=2")]
    assert told == [["max", "tom"], ["zoe_live"]]
    assert [stream["user_login"] for stream in app.get("streams?user_login=TOM&user_id=1001")["data"]] == [
        "tom",
        "zoe_live",
    ]


def test_a_channel_tells_its_title_off_air(server: TwitchServer, app: Caller) -> None:
    server.retitle("zoe_live", "Demain : soupe")

    (found,) = app.get("channels?broadcaster_id=1001&broadcaster_id=404")["data"]
    assert (found["title"], found["game_name"]) == ("Demain : soupe", "Just Chatting")


# ── chatters, followers, moderators ──


@pytest.mark.parametrize(("size", "first", "count"), [(2500, 1000, 3), (2000, 1000, 2), (30, 100, 1), (0, 100, 1)])
def test_every_chatter_is_listed_once(
    server: TwitchServer, moderator: Caller, size: int, first: int, count: int
) -> None:
    audience = server.gather("zoe_live", size) if size else None

    found = pages(moderator, f"chat/chatters?{CHAT}&first={first}")

    ids = [row["user_id"] for page in found for row in page["data"]]
    assert (len(found), len(set(ids)), len(ids)) == (count, size, size)
    assert {page["total"] for page in found} == {size}
    assert audience is None or set(ids) == {account.user_id for account in audience.page(0, size)}


def test_who_writes_is_a_chatter(server: TwitchServer, moderator: Caller) -> None:
    audience = server.gather("zoe_live", 99)
    server.say("zoe_live", "lea", "Coucou")
    server.say("zoe_live", audience.account(3).login, "Salut")

    found = pages(moderator, f"chat/chatters?{CHAT}&first=40")

    assert [len(page["data"]) for page in found] == [40, 40, 20]
    assert found[-1]["data"][-1]["user_login"] == "lea"
    assert found[0]["total"] == 100


def test_chatters_are_for_moderators_with_the_scope(
    server: TwitchServer, client: httpx.Client, moderator: Caller, stranger: Caller, app: Caller
) -> None:
    blind = Caller(server, client, server.grant("1002", ["user:read:chat"]))
    path = "chat/chatters?broadcaster_id=1001&moderator_id="

    answers = [blind("GET", path + "1002"), app("GET", path + "1002"), stranger("GET", path + "1003")]
    assert [(answer.status_code, answer.json()["message"]) for answer in answers] == [
        (401, "Missing scope: moderator:read:chatters"),
        (401, "Missing User OAUTH Token"),
        (403, "The user in moderator_id is not one of the broadcaster's moderators."),
    ]
    assert moderator("GET", path + "1002&first=1001").status_code == 400


def test_moderated_channels_are_told_to_their_moderator(server: TwitchServer, moderator: Caller) -> None:
    server.appoint("tom", "max")

    found = moderator.get("moderation/channels?user_id=1002")["data"]

    assert [channel["broadcaster_login"] for channel in found] == ["zoe_live", "tom"]
    assert moderator("GET", "moderation/channels?user_id=1001").status_code == 401


def test_moderators_are_told_to_the_broadcaster(server: TwitchServer, client: httpx.Client, moderator: Caller) -> None:
    zoe = Caller(server, client, server.grant("1001", ["moderation:read"]))

    assert [user["user_login"] for user in zoe.get("moderation/moderators?broadcaster_id=1001")["data"]] == ["max"]
    assert zoe.get("moderation/moderators?broadcaster_id=1001&user_id=1003")["data"] == []
    assert moderator("GET", "moderation/moderators?broadcaster_id=1001").status_code == 401


def test_followers_are_counted_for_everyone_and_named_for_moderators(
    server: TwitchServer, moderator: Caller, stranger: Caller
) -> None:
    for login in ("lea", "ana", "bob"):
        server.follow("zoe_live", login)

    named = moderator.get("channels/followers?broadcaster_id=1001&first=2")
    assert [row["user_login"] for row in named["data"]] == ["bob", "ana"]
    assert (named["total"], bool(named["pagination"])) == (3, True)
    assert stranger.get("channels/followers?broadcaster_id=1001") == {"data": [], "pagination": {}, "total": 3}


def test_one_follower_can_be_asked_for(server: TwitchServer, moderator: Caller) -> None:
    server.follow("zoe_live", "tom")

    assert len(moderator.get("channels/followers?broadcaster_id=1001&user_id=1003")["data"]) == 1
    assert moderator.get("channels/followers?broadcaster_id=1001&user_id=1002")["data"] == []


# ── clips ──


def test_a_clip_is_found_by_id_and_by_channel(server: TwitchServer, moderator: Caller) -> None:
    server.go_live("zoe_live", title="Soupe")
    (made,) = moderator("POST", "clips?broadcaster_id=1001&duration=45").json()["data"]

    by_id, by_channel = (moderator.get(f"clips?{query}") for query in (f"id={made['id']}", "broadcaster_id=1001"))

    assert by_id["data"] == by_channel["data"]
    clip = by_id["data"][0]
    assert (clip["title"], clip["creator_name"], clip["duration"]) == ("Soupe", "max", 45.0)


@pytest.mark.parametrize("query", ["", "id=x&broadcaster_id=1001"])
def test_clips_are_asked_for_in_one_way(app: Caller, query: str) -> None:
    assert app("GET", f"clips?{query}").status_code == 400
