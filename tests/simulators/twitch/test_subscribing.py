import asyncio
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.simulators.twitch.clients import SCOPES, Caller, session_of, told
from vigie.simulators.twitch import TwitchServer, TwitchUser


async def session(server: TwitchServer, stack: list[Any]) -> str:
    """Open a socket that stays open until the test closes `stack`."""
    socket = await connect(server.ws_url)
    stack.append(socket)
    return session_of(await told(socket))


async def ask(caller: Caller, session_id: str, kind: str, **condition: str) -> httpx.Response:
    return await asyncio.to_thread(caller.subscribe, session_id, kind, **condition)


@pytest.fixture
async def session_id(server: TwitchServer) -> Any:
    async with connect(server.ws_url) as socket:
        yield session_of(await told(socket))


@pytest.fixture
async def steady_session_id(steady: TwitchServer) -> Any:
    async with connect(steady.ws_url) as socket:
        yield session_of(await told(socket))


async def test_a_subscription_is_listed_until_it_is_deleted(moderator: Caller, session_id: str) -> None:
    made = (await ask(moderator, session_id, "channel.chat.message")).json()
    subscription = made["data"][0]

    assert (subscription["status"], subscription["cost"], made["total"]) == ("enabled", 0, 1)
    assert subscription["transport"]["session_id"] == session_id
    listed = await asyncio.to_thread(moderator.get, "eventsub/subscriptions")
    assert (listed["data"], listed["pagination"]) == ([subscription], {})
    path = f"eventsub/subscriptions?id={subscription['id']}"
    statuses = [(await asyncio.to_thread(moderator, "DELETE", path)).status_code for _ in range(2)]
    assert statuses == [204, 404]
    assert (await asyncio.to_thread(moderator.get, "eventsub/subscriptions"))["total"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=stream.online", 1),
        ("type=channel.raid", 0),
        ("status=enabled", 2),
        ("user_id=1001", 2),
        ("user_id=1002", 1),
        ("subscription_id=nothing", 0),
    ],
)
async def test_lists_have_a_filter(moderator: Caller, session_id: str, query: str, found: int) -> None:
    for kind in ("stream.online", "channel.chat.message"):
        await ask(moderator, session_id, kind)

    listed = await asyncio.to_thread(moderator.get, f"eventsub/subscriptions?{query}")
    assert len(listed["data"]) == found
    both = await asyncio.to_thread(
        moderator, "GET", f"eventsub/subscriptions?{query}&type=stream.online&status=enabled"
    )
    assert both.status_code == 400


async def test_a_subscription_is_made_once(moderator: Caller, session_id: str) -> None:
    answers = [await ask(moderator, session_id, "channel.chat.message") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 409]
    assert answers[1].json()["message"] == "subscription already exists"


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("channel.melt", {}),
        ("stream.online", {"broadcaster_user_id": "404"}),
        ("stream.online", {"user_id": "1001"}),
        ("stream.online", {"broadcaster_user_id": "1001", "user_id": "1002"}),
        ("channel.chat.message", {"broadcaster_user_id": "1001"}),
        ("channel.raid", {"from_broadcaster_user_id": "1001", "to_broadcaster_user_id": "1002"}),
    ],
)
async def test_a_wrong_subscription_is_refused(
    steady_moderator: Caller, steady_session_id: str, kind: str, condition: dict[str, str]
) -> None:
    assert (await ask(steady_moderator, steady_session_id, kind, **condition)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("channel.moderate", {"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        ("channel.chat.message", {"broadcaster_user_id": "1001", "user_id": "1001"}),
        ("channel.follow", {"broadcaster_user_id": "1001", "moderator_user_id": "1002"}),
    ],
)
async def test_what_is_not_for_the_user_is_forbidden(
    steady_stranger: Caller, steady_session_id: str, kind: str, condition: dict[str, str]
) -> None:
    answer = await ask(steady_stranger, steady_session_id, kind, **condition)

    assert (answer.status_code, answer.json()["message"]) == (403, "subscription missing proper authorization")


async def test_a_missing_scope_is_forbidden(server: TwitchServer, client: httpx.Client, session_id: str) -> None:
    bare = Caller(server, client, server.grant("1002", ["clips:edit"]))

    assert (await ask(bare, session_id, "channel.chat.message")).status_code == 403
    assert (await ask(bare, session_id, "stream.online")).status_code == 202


async def test_sockets_are_for_tokens_of_users(app: Caller, session_id: str) -> None:
    answer = await ask(app, session_id, "stream.online")

    assert (answer.status_code, answer.json()["message"]) == (400, "invalid transport and auth combination")


async def test_a_session_that_is_over_takes_nothing(server: TwitchServer, moderator: Caller) -> None:
    async with connect(server.ws_url) as socket:
        session_id = session_of(await told(socket))

    for unknown in (session_id, "nothing"):
        assert (await ask(moderator, unknown, "stream.online")).status_code == 400


async def test_a_session_belongs_to_who_subscribed_first(moderator: Caller, stranger: Caller, session_id: str) -> None:
    assert (await ask(moderator, session_id, "stream.online")).status_code == 202
    answer = await ask(stranger, session_id, "stream.offline")

    assert (answer.status_code, "different users" in answer.json()["message"]) == (400, True)


async def test_a_user_has_three_connections(server: TwitchServer, moderator: Caller, stranger: Caller) -> None:
    stack: list[Any] = []
    sessions = [await session(server, stack) for _ in range(5)]

    statuses = [(await ask(moderator, session_id, "stream.online")).status_code for session_id in sessions[:4]]
    other = await ask(stranger, sessions[4], "stream.online")
    for socket in stack:
        await socket.close()

    assert (statuses, other.status_code) == ([202, 202, 202, 429], 202)


async def test_a_connection_has_so_many_subscriptions(server: TwitchServer, moderator: Caller, session_id: str) -> None:
    server.settings.max_subscriptions = 2
    kinds = ("stream.online", "stream.offline", "channel.update")

    assert [(await ask(moderator, session_id, kind)).status_code for kind in kinds] == [202, 202, 429]


async def test_channels_that_did_not_let_the_application_in_cost_a_point_each(
    server: TwitchServer, moderator: Caller, session_id: str
) -> None:
    for number in range(12):
        server.add(TwitchUser(f"5{number:02}", f"channel{number}"))
    server.grant("500")

    answers = [await ask(moderator, session_id, "stream.online", broadcaster_user_id=f"5{n:02}") for n in range(12)]

    assert [answer.status_code for answer in answers] == [202] * 11 + [429]
    assert [answers[n].json()["total_cost"] for n in (0, 1, 10)] == [0, 1, 10]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "stream.online", "version": "1"},
        {"type": "stream.online", "version": "1", "condition": {"broadcaster_user_id": "1001"}},
        {
            "type": "stream.online",
            "version": "1",
            "condition": {"broadcaster_user_id": "1001"},
            "transport": {"method": "webhook", "callback": "https://example.org", "secret": "secret-secret"},
        },
    ],
)
def test_a_body_without_what_it_needs_is_refused(steady_moderator: Caller, body: dict[str, Any]) -> None:
    assert steady_moderator("POST", "eventsub/subscriptions", json=body).status_code == 400


def test_every_scope_of_the_tests_is_known() -> None:
    assert len(set(SCOPES)) == len(SCOPES) == 18
