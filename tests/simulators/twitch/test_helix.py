import httpx
import pytest

from tests.simulators.twitch.clients import Caller
from vigie.simulators.twitch import TwitchServer


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Authorization": ""}, "OAuth token is missing"),
        ({"Authorization": "OAuth {token}"}, "OAuth token is missing"),
        ({"Authorization": "Bearer nothing"}, "Invalid OAuth token"),
        ({"Client-Id": None}, "Client-Id header required"),
        ({"Client-Id": "another"}, "Client ID and OAuth token do not match"),
    ],
)
def test_a_call_needs_a_token_and_its_client(
    steady: TwitchServer, client: httpx.Client, changed: dict[str, str | None], message: str
) -> None:
    token = steady.grant("").access
    wanted = {"Client-Id": steady.client_id, "Authorization": f"Bearer {token}", **changed}
    headers = {name: value.format(token=token) for name, value in wanted.items() if value is not None}

    answer = client.get(steady.url("helix/users?id=1001"), headers=headers)

    assert answer.json() == {"error": "Unauthorized", "status": 401, "message": message}
    assert answer.status_code == 401


def test_every_answer_tells_what_is_left(app: Caller) -> None:
    left = [app("GET", path).headers["Ratelimit-Remaining"] for path in ("users?id=1001", "users", "streams")]

    assert left == ["799", "798", "797"]


def test_an_empty_bucket_is_429_until_its_time(server: TwitchServer, app: Caller) -> None:
    server.settings.points = 2
    answers = [app("GET", "users?id=1001") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"error": "Too Many Requests", "status": 429, "message": "Too Many Requests"}
    assert (answers[2].headers["Ratelimit-Limit"], answers[2].headers["Ratelimit-Remaining"]) == ("2", "0")

    server.forward(30)

    assert app("GET", "users?id=1001").status_code == 200


def test_users_and_the_application_have_buckets_of_their_own(
    server: TwitchServer, app: Caller, moderator: Caller, stranger: Caller
) -> None:
    server.settings.points = 1

    assert [caller("GET", "users?id=1001").status_code for caller in (app, moderator, stranger)] == [200] * 3
    assert [caller("GET", "users?id=1001").status_code for caller in (app, moderator, stranger)] == [429] * 3


def test_all_tokens_of_a_user_share_a_bucket(server: TwitchServer, client: httpx.Client, moderator: Caller) -> None:
    server.settings.points = 1
    other = Caller(server, client, server.grant("1002"))

    assert [caller("GET", "users?id=1001").status_code for caller in (moderator, other)] == [200, 429]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "valid JSON"), (b"[]", "JSON object"), (b"\xff", "valid JSON"), (b"[" * 100_000, "valid JSON")],
)
def test_a_body_that_is_no_object_is_refused(steady_moderator: Caller, content: bytes, message: str) -> None:
    answer = steady_moderator("POST", "chat/announcements?broadcaster_id=1001&moderator_id=1002", content=content)

    assert answer.status_code == 400
    assert message in answer.json()["message"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nowhere", 404), ("POST", "users", 405)])
def test_other_addresses_are_not_there(app: Caller, method: str, path: str, status: int) -> None:
    assert app(method, path).status_code == status
