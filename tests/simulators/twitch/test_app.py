import asyncio

import httpx
import pytest

from tests.simulators.twitch.clients import CHAT, Caller, listening, told
from vigie.simulators.twitch import TwitchServer


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "oauth2/authorize", 400),
        ("POST", "oauth2/authorize", 400),
        ("POST", "oauth2/token", 400),
        ("GET", "oauth2/validate", 401),
        ("POST", "oauth2/revoke", 404),
        ("GET", "helix/users", 401),
        ("POST", "gql", 400),
        ("GET", "usher/api/channel/hls/zoe_live.m3u8", 403),
        ("GET", "control", 200),
        ("GET", "control/log", 200),
        ("GET", "", 404),
    ],
)
def test_every_address_answers(steady: TwitchServer, client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, steady.url(path)).status_code == status


async def test_the_parts_work_together(server: TwitchServer, client: httpx.Client, moderator: Caller) -> None:
    """A broadcast from its beginning to its end, with a chat, an audience and a moderator."""
    server.gather("zoe_live", 1200)
    async with listening(server, moderator, "stream.online", "channel.chat.message", "channel.moderate") as socket:
        server.go_live("zoe_live", title="Soupe", viewers=900)
        message_id = server.say("zoe_live", "lea", "Oups")
        ban = {"data": {"user_id": "1001"}}
        refused = await asyncio.to_thread(moderator, "POST", f"moderation/bans?{CHAT}", json=ban)
        deleted = await asyncio.to_thread(moderator, "DELETE", f"moderation/chat?{CHAT}&message_id={message_id}")
        kinds = [(await told(socket))["metadata"]["subscription_type"] for _ in range(3)]

    assert (refused.status_code, deleted.status_code) == (400, 204)
    assert kinds == ["stream.online", "channel.chat.message", "channel.moderate"]
    assert [delivery.kind for delivery in server.delivered("zoe_live")] == kinds
