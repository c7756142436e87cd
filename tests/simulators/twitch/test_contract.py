"""What the simulator answers is what Twitch's OpenAPI file promises; what it asks for is what Twitch asks for."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.simulators.twitch.clients import CHAT, Caller, session_of, told
from tests.simulators.twitch.contract import Contract
from vigie.simulators.twitch import TwitchServer

pytestmark = pytest.mark.shared


@pytest.fixture
def contract(shared_data: Path) -> Contract:
    return Contract(shared_data / "twitch-helix-openapi.json")


def breaches(contract: Contract, answer: httpx.Response) -> list[str]:
    path = urlsplit(str(answer.request.url)).path.removeprefix("/helix/")
    return contract.breaches(answer.request.method, path, answer.status_code, answer.json() if answer.content else None)


def enlivened(server: TwitchServer) -> TwitchServer:
    """Let something happen on a server."""
    server.go_live("zoe_live", title="Soupe", viewers=40)
    server.gather("zoe_live", 250)
    server.say("zoe_live", "lea", "Coucou")
    server.follow("zoe_live", "lea")
    return server


@pytest.fixture
def busy(server: TwitchServer) -> TwitchServer:
    return enlivened(server)


@pytest.fixture(scope="module")
def steadily_busy(steady: TwitchServer) -> TwitchServer:
    """Return the same for tests that change nothing."""
    return enlivened(steady)


READS = [
    ("users?id=1001&login=max&id=404", 200),
    ("streams?user_id=1001", 200),
    ("streams?first=0", 400),
    ("channels?broadcaster_id=1001", 200),
    (f"chat/chatters?{CHAT}&first=100", 200),
    (f"chat/chatters?{CHAT}&first=1000", 200),
    ("chat/chatters?broadcaster_id=1003&moderator_id=1002", 403),
    ("chat/chatters?broadcaster_id=1001&moderator_id=1001", 401),
    ("chat/chatters", 400),
    ("moderation/channels?user_id=1002", 200),
    ("moderation/moderators?broadcaster_id=1002", 200),
    ("channels/followers?broadcaster_id=1001", 200),
    ("channels/followers?broadcaster_id=1003", 200),
    ("clips?broadcaster_id=1001", 200),
    ("clips", 400),
    (f"moderation/shield_mode?{CHAT}", 200),
    ("eventsub/subscriptions", 200),
]


@pytest.mark.parametrize(("path", "status"), READS)
def test_what_is_read_is_as_promised(
    steadily_busy: TwitchServer, steady_moderator: Caller, contract: Contract, path: str, status: int
) -> None:
    answer = steady_moderator("GET", path)

    assert (answer.status_code, breaches(contract, answer)) == (status, [])


WRITES: list[tuple[str, str, Any, int]] = [
    ("POST", f"moderation/bans?{CHAT}", {"data": {"user_id": "1003", "reason": "spam"}}, 200),
    ("POST", f"moderation/bans?{CHAT}", {"data": {"user_id": "1003", "duration": 600}}, 200),
    ("POST", f"moderation/bans?{CHAT}", {"data": {"user_id": "1003", "duration": 0}}, 400),
    ("POST", f"moderation/warnings?{CHAT}", {"data": {"user_id": "1003", "reason": "doucement"}}, 200),
    ("DELETE", f"moderation/bans?{CHAT}&user_id=1003", None, 400),
    ("DELETE", f"moderation/chat?{CHAT}", None, 204),
    ("DELETE", f"moderation/chat?{CHAT}&message_id=nothing", None, 404),
    ("PUT", f"moderation/shield_mode?{CHAT}", {"is_active": True}, 200),
    ("POST", f"moderation/suspicious_users?{CHAT}", {"user_id": "1003", "status": "RESTRICTED"}, 200),
    ("POST", f"chat/announcements?{CHAT}", {"message": "Bienvenue"}, 204),
    ("POST", "clips?broadcaster_id=1001", None, 202),
    ("POST", "clips?broadcaster_id=1003", None, 404),
    ("DELETE", "eventsub/subscriptions?id=nothing", None, 404),
]


@pytest.mark.parametrize("write", WRITES)
def test_what_is_done_is_answered_as_promised(
    busy: TwitchServer, moderator: Caller, contract: Contract, write: tuple[str, str, Any, int]
) -> None:
    method, path, body, status = write
    answer = moderator(method, path, json=body)

    assert (answer.status_code, breaches(contract, answer)) == (status, [])


def test_what_is_undone_is_answered_as_promised(busy: TwitchServer, moderator: Caller, contract: Contract) -> None:
    moderator("POST", f"moderation/bans?{CHAT}", json={"data": {"user_id": "1003"}})
    moderator("POST", f"moderation/suspicious_users?{CHAT}", json={"user_id": "1003", "status": "ACTIVE_MONITORING"})
    moderator("POST", "clips?broadcaster_id=1001")

    answers = [
        moderator("DELETE", f"moderation/bans?{CHAT}&user_id=1003"),
        moderator("DELETE", f"moderation/suspicious_users?{CHAT}&user_id=1003"),
        moderator("GET", "clips?broadcaster_id=1001"),
    ]
    assert [(answer.status_code, breaches(contract, answer)) for answer in answers] == [(204, []), (200, []), (200, [])]


async def test_subscriptions_are_as_promised(server: TwitchServer, moderator: Caller, contract: Contract) -> None:
    async with connect(server.ws_url) as socket:
        session_id = session_of(await told(socket))
        kinds = ["channel.chat.message", "channel.moderate", "stream.online", "stream.online"]
        answers = [await asyncio.to_thread(moderator.subscribe, session_id, kind) for kind in kinds]
        answers.append(await asyncio.to_thread(moderator, "GET", "eventsub/subscriptions"))
        answers.append(await asyncio.to_thread(moderator.subscribe, session_id, "stream.melted"))

    found = [(answer.status_code, breaches(contract, answer)) for answer in answers]
    assert found == [(status, []) for status in (202, 202, 202, 409, 200, 400)]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nothing", "Client-Id": "x"}])
def test_strangers_are_refused_as_promised(
    steady: TwitchServer, client: httpx.Client, contract: Contract, headers: dict[str, str]
) -> None:
    answer = client.get(steady.url("helix/users?id=1"), headers=headers)

    assert (answer.status_code, breaches(contract, answer)) == (401, [])


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "nowhere", 200, {}),
        ("GET", "users", 418, {}),
        ("GET", "users", 200, {"data": [{"id": 7}]}),
        ("GET", "users", 401, {"message": "no"}),
        ("DELETE", "moderation/chat", 204, {}),
        ("GET", "chat/chatters", 200, {"data": [], "total": "3"}),
        ("PUT", "moderation/shield_mode", 200, []),
    ],
)
def test_a_breach_is_found(contract: Contract, method: str, path: str, status: int, body: Any) -> None:
    assert contract.breaches(method, path, status, body)
