"""What a test or a demonstration tells the server."""

import httpx
import pytest

from tests.simulators.twitch.clients import CHAT, ZOE, Caller, listening, told
from vigie.simulators.twitch import Asked, Fault, Kind, TwitchServer, TwitchUser


def test_a_renamed_account_keeps_its_id(server: TwitchServer, app: Caller) -> None:
    server.rename("1001", "Zoe_Cuisine")

    found = app.get("users?id=1001&login=zoe_live&login=zoe_cuisine")["data"]
    assert [(user["id"], user["login"], user["display_name"]) for user in found] == [
        ("1001", "zoe_cuisine", "Zoe_Cuisine")
    ]


def test_a_suspended_account_is_nowhere(server: TwitchServer, app: Caller) -> None:
    server.go_live("zoe_live")

    server.ban("zoe_live")

    assert app.get("users?id=1001&login=zoe_live")["data"] == []
    assert app.get("streams?user_id=1001")["data"] == []
    assert app.get("channels?broadcaster_id=1001")["data"] == []


def test_an_account_is_added_once(server: TwitchServer) -> None:
    with pytest.raises(ValueError, match="zoe_live"):
        server.add(ZOE)
    with pytest.raises(ValueError, match="zoe_live"):
        server.add(TwitchUser("7", "zoe_live"))


def test_a_channel_that_was_not_added_is_unknown(server: TwitchServer) -> None:
    with pytest.raises(KeyError):
        server.say("nobody", "lea", "Coucou")
    with pytest.raises(KeyError):
        server.animate("nobody")


def test_viewers_are_counted_while_a_live_lasts(server: TwitchServer, app: Caller) -> None:
    with pytest.raises(ValueError, match="off air"):
        server.watched("zoe_live", 3)
    server.go_live("zoe_live", viewers=1)

    server.watched("zoe_live", 300)

    assert app.get("streams")["data"][0]["viewer_count"] == 300


def test_requests_are_written_down(server: TwitchServer, app: Caller, client: httpx.Client) -> None:
    app("GET", "users?id=1001")
    client.get(server.url("oauth2/validate"))
    client.get(server.url("control"))

    assert server.requests == [
        Asked("GET", "/helix/users", "id=1001", 200),
        Asked("GET", "/oauth2/validate", "", 401),
    ]


async def test_a_crowd_writes_until_the_server_stops(moderator: Caller, server: TwitchServer) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.animate("zoe_live", pace=6000)
        heard = [(await told(socket))["payload"]["event"]["message"]["text"] for _ in range(3)]

    assert all(heard)


async def test_a_crowd_is_made_of_the_audience(moderator: Caller, server: TwitchServer) -> None:
    audience = server.gather("zoe_live", 300)
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.animate("zoe_live", pace=6000)
        logins = {(await told(socket))["payload"]["event"]["chatter_user_login"] for _ in range(5)}

    assert all(audience.by_login(login) for login in logins)
    assert moderator.get(f"chat/chatters?{CHAT}")["total"] == 300


async def test_a_user_can_throw_the_application_out(moderator: Caller, server: TwitchServer) -> None:
    async with listening(server, moderator, "channel.chat.message") as socket:
        server.disconnect("1002")
        revoked = await told(socket)

    assert (revoked["metadata"]["message_type"], revoked["payload"]["subscription"]["status"]) == (
        "revocation",
        "authorization_revoked",
    )
    assert server.delivered("zoe_live") == []


async def test_the_suspension_of_a_channel_is_a_revocation(moderator: Caller, server: TwitchServer) -> None:
    async with listening(server, moderator, "stream.online") as socket:
        server.ban("zoe_live")
        revoked = await told(socket)

    assert revoked["payload"]["subscription"]["status"] == "user_removed"


def test_faults_are_added_and_healed(server: TwitchServer, app: Caller) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", times=0))
    assert app("GET", "users?id=1001").status_code == 503

    server.heal()

    assert app("GET", "users?id=1001").status_code == 200


def test_an_expired_token_is_worth_nothing(server: TwitchServer, app: Caller) -> None:
    server.expire(app.token.access)

    answer = app("GET", "users?id=1001")
    assert answer.json() == {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}


def test_tokens_end_with_their_time(server: TwitchServer, app: Caller) -> None:
    server.forward(server.settings.token_life_s)

    assert app("GET", "users?id=1001").status_code == 401


def test_two_servers_of_one_seed_tell_the_same() -> None:
    first, second = (TwitchServer(seed=7) for _ in range(2))
    for server in (first, second):
        server.add(ZOE)

    assert first.say("zoe_live", "lea", "a") == second.say("zoe_live", "lea", "a")
    assert first.grant("1001").access == second.grant("1001").access
