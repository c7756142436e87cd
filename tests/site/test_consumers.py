"""The page's WebSocket: signed in, only what one may see."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from pytest_django.fixtures import Settings

from vigie.people.models import User
from vigie.runtime import push
from vigie.runtime.push import ACCESS, group_name
from vigie.site import consumers
from vigie.site.consumers import PageConsumer

pytestmark = pytest.mark.django_db(transaction=True)  # Channels looks after the connections of its threads

READER = User(pk=3, username="reader", language="en")
DEADLINE_S = 10
FRAME = {"topic": "live:1", "sender": "s", "seq": 1, "items": []}


@pytest.fixture(autouse=True)
def topics(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(consumers, "TOPICS", {"live": lambda user, pk: (user.pk, pk) == (3, 1)})


class Page:
    """A page's end of the socket."""

    def __init__(self, user: User | AnonymousUser) -> None:
        scope = {"type": "websocket", "path": "/ws/", "user": user}
        self.asgi = ApplicationCommunicator(PageConsumer.as_asgi(), scope)

    async def connect(self) -> dict[str, Any]:
        await self.asgi.send_input({"type": "websocket.connect"})
        answer: dict[str, Any] = await self.asgi.receive_output()
        return answer

    async def follow(self, content: object) -> Any:
        await self.asgi.send_input({"type": "websocket.receive", "text": json.dumps(content)})
        return await self.receive()

    async def receive(self) -> Any:
        return json.loads((await self.asgi.receive_output())["text"])

    async def close(self) -> None:
        await self.asgi.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.asgi.wait()


async def test_page_consumer_refuses_who_is_not_signed_in() -> None:
    answer = await Page(AnonymousUser()).connect()

    assert (answer["type"], answer["code"]) == ("websocket.close", 4401)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ({"follow": ["live:1"]}, ["live:1"]),
        ({"follow": ["live:2", "alerts:1", "live:", "live:x", "live:1:2", 7]}, []),
        ({"follow": [f"live:{10**30}", "live:" + "9" * 5000]}, []),
        ({"follow": "live:1"}, []),
        (["live:1"], []),
        ({}, []),
    ],
)
async def test_page_consumer_grants_only_what_the_reader_may_see(asked: object, granted: list[str]) -> None:
    page = Page(READER)
    await page.connect()

    assert await page.follow(asked) == {"followed": granted}
    await page.close()


async def test_page_consumer_relays_the_frames_of_its_topics_in_its_language() -> None:
    page = Page(READER)
    await page.connect()
    await page.follow({"follow": ["live:1"]})
    layer = get_channel_layer()

    for group in (group_name("live:1", "fr"), group_name("live:2", "en"), group_name("live:1", "en")):
        await layer.group_send(group, {"type": "push.frame", "frame": {**FRAME, "seq": group}})

    assert (await page.receive())["seq"] == "live.1.en"
    assert await page.asgi.receive_nothing()
    await page.close()


async def test_page_consumer_lets_those_who_push_know_what_it_follows() -> None:
    await cache.aclear()
    page = Page(READER)
    await page.connect()
    async with push.attached():
        await page.follow({"follow": ["live:1", "live:2"]})

        followed = [await sync_to_async(push.is_followed)(topic) for topic in ("live:1", "live:2")]

    assert followed == [True, False]
    await page.close()


async def test_page_consumer_says_again_what_it_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "AGAIN_S", 0.01)
    page = Page(READER)
    await page.connect()
    async with push.attached(), asyncio.timeout(DEADLINE_S):
        await page.follow({"follow": ["live:1"]})
        await cache.aclear()

        while not await sync_to_async(push.is_followed)("live:1"):
            pass
    await page.close()


async def test_page_consumer_leaves_what_its_reader_may_follow_no_longer() -> None:
    await READER.asave()
    page = Page(READER)
    await page.connect()
    await page.follow({"follow": ["live:1"]})
    layer = get_channel_layer()

    consumers.TOPICS["live"] = lambda _user, _pk: False
    await layer.group_send(ACCESS, {"type": "access.changed"})

    assert await page.asgi.receive_nothing()
    assert group_name("live:1", "en") not in layer.groups
    await page.close()


async def test_page_consumer_hangs_up_when_the_account_is_switched_off() -> None:
    page = Page(READER)
    await page.connect()

    await get_channel_layer().group_send(ACCESS, {"type": "access.changed"})

    answer = await page.asgi.receive_output()
    assert (answer["type"], answer["code"]) == ("websocket.close", 4401)


@pytest.mark.parametrize("message", [{"text": "not json"}, {"bytes": b"\xff"}])
async def test_page_consumer_hangs_up_on_what_is_not_json(message: dict[str, Any]) -> None:
    page = Page(READER)
    await page.connect()
    await page.asgi.send_input({"type": "websocket.receive", **message})

    answer = await page.asgi.receive_output()

    assert (answer["type"], answer["code"]) == ("websocket.close", 4400)
