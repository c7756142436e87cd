"""The server as a client meets it: tokens, users, streams, and a chat over EventSub."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from vigie.simulators.twitch import Token, TwitchServer, TwitchUser

ZOE = TwitchUser("1001", "zoe_live", "Zoé_Live")
MAX = TwitchUser("1002", "max")


@pytest.fixture
def server() -> Iterator[TwitchServer]:
    with TwitchServer() as server:
        server.add(ZOE)
        server.add(MAX)
        yield server


def call(server: TwitchServer, token: Token, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Client-Id": server.client_id, "Authorization": f"Bearer {token.access}"}
    return httpx.request(method, server.url(f"helix/{path}"), headers=headers, timeout=5, **more)


async def told(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(5):
        content: dict[str, Any] = json.loads(await socket.recv())
        return content


@asynccontextmanager
async def listening(server: TwitchServer, token: Token, *kinds: str) -> AsyncIterator[ClientConnection]:
    async with connect(server.ws_url) as socket:
        welcome = await told(socket)
        for kind in kinds:
            condition = {"broadcaster_user_id": "1001"} | ({"user_id": token.user_id} if "chat" in kind else {})
            transport = {"method": "websocket", "session_id": welcome["payload"]["session"]["id"]}
            body = {"type": kind, "version": "1", "condition": condition, "transport": transport}
            answer = await asyncio.to_thread(call, server, token, "POST", "eventsub/subscriptions", json=body)
            assert answer.status_code == 202, answer.text
        yield socket


def test_users_are_found_by_id_and_login(server: TwitchServer) -> None:
    answer = call(server, server.grant("", ()), "GET", "users?id=1001&login=max&id=404")

    found = [(user["id"], user["display_name"]) for user in answer.json()["data"]]
    assert found == [("1001", "Zoé_Live"), ("1002", "max")]


def test_a_stream_is_there_while_it_lasts(server: TwitchServer) -> None:
    token = server.grant("", ())

    stream_id = server.go_live("zoe_live", title="Recette du jour", viewers=12)
    (stream,) = call(server, token, "GET", "streams?user_id=1001&user_id=1002").json()["data"]
    server.go_offline("zoe_live")

    assert (stream["id"], stream["title"], stream["viewer_count"]) == (stream_id, "Recette du jour", 12)
    assert call(server, token, "GET", "streams?user_id=1001").json() == {"data": [], "pagination": {}}


async def test_a_chat_is_heard_as_it_is_written(server: TwitchServer) -> None:
    token = server.grant("1002", ["user:read:chat"])

    async with listening(server, token, "channel.chat.message", "stream.online") as socket:
        message_id = server.say("zoe_live", "lea", "Coucou @zoe_live !", badges=["subscriber"])
        server.go_live("zoe_live")
        heard, online = [await told(socket) for _ in range(2)]

    event = heard["payload"]["event"]
    assert (event["message_id"], event["message"]["text"]) == (message_id, "Coucou @zoe_live !")
    assert online["metadata"]["subscription_type"] == "stream.online"
    assert [one.event.get("message_id") for one in server.delivered("zoe_live")] == [message_id, None]
