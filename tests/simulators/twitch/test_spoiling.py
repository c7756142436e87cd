import time
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from tests.simulators.twitch.clients import CHAT, Caller, told
from vigie.simulators.twitch import Fault, Kind, TwitchServer

CHATTERS = f"chat/chatters?{CHAT}&first=100"


def test_a_refusal_has_its_status_and_comes_once(server: TwitchServer, app: Caller) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", status=500))

    answers = [app("GET", "users?id=1001") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 200]
    assert answers[0].json()["error"] == "Internal Server Error"


def test_429_says_when_to_come_back(server: TwitchServer, app: Caller) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", status=429, delay_s=30))

    answer = app("GET", "users?id=1001")

    assert (answer.status_code, answer.headers["Ratelimit-Remaining"]) == (429, "0")
    assert 0 < int(answer.headers["Ratelimit-Reset"]) - time.time() <= 32


def test_a_slow_answer_outlasts_an_impatient_client(server: TwitchServer, app: Caller) -> None:
    server.fail(Fault(Kind.SLOW, "helix", delay_s=3600))

    with pytest.raises(httpx.ReadTimeout):
        app("GET", "users?id=1001", timeout=0.2)
    assert app("GET", "users?id=1001").status_code == 200


def test_a_slow_answer_is_a_good_one(server: TwitchServer, app: Caller) -> None:
    server.fail(Fault(Kind.SLOW, "helix", delay_s=0.01))

    assert app.get("users?id=1001")["data"]


@pytest.mark.parametrize(
    ("kind", "told_of"), [(Kind.HTML, "text/html; charset=utf-8"), (Kind.EMPTY, "application/json")]
)
def test_something_else_comes_instead(server: TwitchServer, app: Caller, kind: Kind, told_of: str) -> None:
    server.fail(Fault(kind, "helix"))

    answer = app("GET", "users?id=1001")

    assert (answer.status_code, answer.headers["content-type"]) == (200, told_of)
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_garbage_is_half_of_a_good_answer(server: TwitchServer, app: Caller) -> None:
    good = app("GET", "users?id=1001").content
    server.fail(Fault(Kind.GARBAGE, "helix"))

    answer = app("GET", "users?id=1001")

    assert answer.content == good[: len(good) // 2]
    assert "Ratelimit-Remaining" in answer.headers


def test_rows_come_twice(server: TwitchServer, moderator: Caller) -> None:
    server.gather("zoe_live", 100)
    good = moderator.get(CHATTERS)
    server.fail(Fault(Kind.DUPLICATE, "helix/chat/chatters"))

    spoiled = moderator.get(CHATTERS)

    assert spoiled == {**good, "data": good["data"] + good["data"][:50]}


@pytest.mark.parametrize("path", ["users?id=404", "nowhere"])
def test_an_answer_without_rows_stays_as_it_is(server: TwitchServer, app: Caller, path: str) -> None:
    good = app("GET", path)
    server.fail(Fault(Kind.DUPLICATE))

    spoiled = app("GET", path)

    assert (spoiled.status_code, spoiled.text.replace(" ", "")) == (good.status_code, good.text.replace(" ", ""))


def test_a_cursor_expires_on_the_page_that_is_chosen(server: TwitchServer, moderator: Caller) -> None:
    server.gather("zoe_live", 400)
    server.fail(Fault(Kind.CURSOR, "helix/chat/chatters", skip=1))
    cursor = moderator.get(CHATTERS)["pagination"]["cursor"]

    answers = [moderator("GET", f"{CHATTERS}&after={cursor}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 400, 200]
    assert "expired" in answers[1].json()["message"]


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.RESET])
def test_a_connection_is_broken(server: TwitchServer, app: Caller, kind: Kind) -> None:
    server.fail(Fault(kind, "helix"))

    with pytest.raises(httpx.TransportError):
        app("GET", "users?id=1001")
    assert app("GET", "users?id=1001").status_code == 200


@pytest.mark.parametrize("path", ["oauth2/token", "gql", "oauth2/validate"])
def test_every_address_can_fail_but_the_side_door(server: TwitchServer, client: httpx.Client, path: str) -> None:
    server.fail(Fault(Kind.REFUSE, times=0))

    assert client.get(server.url(path)).status_code == 503
    assert client.get(server.url("control")).status_code == 200


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.REFUSE, "ws"), InvalidStatus),
        (Fault(Kind.HTML, "ws"), InvalidStatus),
        (Fault(Kind.RESET, "ws"), (InvalidMessage, ConnectionError)),
        (Fault(Kind.CUT, "ws"), (InvalidMessage, ConnectionError)),
    ],
)
async def test_a_socket_is_not_opened(server: TwitchServer, fault: Fault, error: Any) -> None:
    server.fail(fault)

    with pytest.raises(error):
        await connect(server.ws_url)
    async with connect(server.ws_url) as socket:
        assert (await told(socket))["metadata"]["message_type"] == "session_welcome"
