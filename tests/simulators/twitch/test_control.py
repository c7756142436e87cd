from typing import Any

import httpx
import pytest

from tests.simulators.twitch.clients import Caller, listening, told
from vigie.simulators.twitch import TwitchServer


def do(server: TwitchServer, client: httpx.Client, verb: str, **words: Any) -> Any:
    answer = client.post(server.url("control"), json={"do": verb, **words})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def read_log(server: TwitchServer, client: httpx.Client) -> Any:
    return client.get(server.url("control/log")).json()


def state(server: TwitchServer, client: httpx.Client) -> Any:
    return client.get(server.url("control")).json()


def test_the_state_tells_the_channels_and_the_settings(server: TwitchServer, client: httpx.Client) -> None:
    server.go_live("zoe_live", title="Soupe")
    server.gather("zoe_live", 300)

    told_of = state(server, client)

    assert told_of["channels"] == {
        "zoe_live": {"live": True, "title": "Soupe", "chatters": 300},
        "max": {"live": False, "title": "", "chatters": 0},
        "tom": {"live": False, "title": "", "chatters": 0},
    }
    assert told_of["settings"]["points"] == 800
    assert {"say", "go_live", "fail", "reconnect", "revoke"} <= set(told_of["verbs"])


async def test_what_a_test_can_do_the_side_door_can(
    server: TwitchServer, client: httpx.Client, moderator: Caller
) -> None:
    async with listening(server, moderator, "stream.online", "channel.chat.message") as socket:
        stream_id = do(server, client, "go_live", login="zoe_live", title="Soupe")
        message_id = do(server, client, "say", login="zoe_live", chatter="lea", text="Coucou")
        online, heard = [(await told(socket))["payload"]["event"] for _ in range(2)]

    assert (online["id"], heard["message_id"]) == (stream_id, message_id)
    log = read_log(server, client)
    assert [delivery["kind"] for delivery in log["deliveries"]] == ["stream.online", "channel.chat.message"]
    assert log["requests"][0] == {"method": "POST", "path": "/helix/eventsub/subscriptions", "query": "", "status": 202}


async def test_sockets_are_struck_from_outside(server: TwitchServer, client: httpx.Client, moderator: Caller) -> None:
    async with listening(server, moderator, "stream.online") as socket:
        assert do(server, client, "reconnect") == 1
        assert (await told(socket))["metadata"]["message_type"] == "session_reconnect"
        assert do(server, client, "revoke", user_id="1002", status="user_removed") == 1
        assert (await told(socket))["metadata"]["message_type"] == "revocation"


def test_answers_go_wrong_until_they_are_healed(server: TwitchServer, client: httpx.Client, app: Caller) -> None:
    do(server, client, "fail", kind="refuse", path="helix", times=0, status=500)
    assert app("GET", "users?id=1001").status_code == 500

    do(server, client, "heal")

    assert app("GET", "users?id=1001").status_code == 200


def test_settings_are_set(server: TwitchServer, client: httpx.Client) -> None:
    do(server, client, "set", points=5, refused_scopes=["clips:edit"], keepalive_s=1)

    settings = state(server, client)["settings"]
    assert (settings["points"], settings["refused_scopes"], settings["keepalive_s"]) == (5, ["clips:edit"], 1)


def test_accounts_come_change_and_go(server: TwitchServer, client: httpx.Client, app: Caller) -> None:
    do(server, client, "add", user_id="7", login="ana", display_name="Ana")
    do(server, client, "rename", user_id="7", login="Ana_Live")
    do(server, client, "gather", login="ana_live", size=50)
    assert app.get("users?id=7")["data"][0]["display_name"] == "Ana_Live"

    do(server, client, "ban", login="ana_live")

    assert app.get("users?id=7")["data"] == []


def test_tokens_end_from_outside(server: TwitchServer, client: httpx.Client, app: Caller) -> None:
    do(server, client, "expire", access=app.token.access)

    assert app("GET", "users?id=1001").status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"do": "forward", "seconds": 1e300}',
        b'{"do": "dance"}',
        b'{"do": "say", "login": "zoe_live"}',
        b'{"do": "say", "login": "nobody", "chatter": "lea", "text": "a"}',
        b'{"do": "fail", "kind": "melt"}',
        b'{"do": "fail", "kind": "empty", "colour": "red"}',
        b'{"do": "set", "points": "many"}',
        b'{"do": "moderate", "login": "zoe_live", "action": "ban"}',
        b'{"do": "animate", "login": "zoe_live", "pace": 0}',
        b'{"do": "gather", "login": "zoe_live", "size": -1}',
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    steady: TwitchServer, client: httpx.Client, content: bytes
) -> None:
    before = state(steady, client)

    answer = client.post(steady.url("control"), content=content)

    assert (answer.status_code, answer.text.count("\n")) == (400, 0)
    assert state(steady, client) == before
