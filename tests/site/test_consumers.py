"""The page's WebSocket: signed in, only what one may see."""

import asyncio
import json
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import make_user
from vigie.people.models import User
from vigie.runtime import push
from vigie.runtime.push import ACCESS, group_name
from vigie.site import consumers
from vigie.site.consumers import PageConsumer

pytestmark = pytest.mark.django_db(transaction=True)  # Channels looks after the connections of its threads

READER = User(username="reader", language="en")
DEADLINE_S = 10
FRAME = {"topic": "live:1", "sender": "s", "seq": 1, "items": []}


@pytest.fixture(autouse=True)
def topics(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(consumers, "TOPICS", {"live": lambda user, pk: (user.username, pk) == ("reader", 1)})


class Page:
    """A page's end of the socket."""

    def __init__(self, user: User | AnonymousUser, client: Client | None = None) -> None:
        """Open as somebody, or with the cookies of a browser."""
        scope: dict[str, Any] = {"type": "websocket", "path": "/ws/", "headers": []}
        if client is None:
            app, scope["user"], scope["session"] = PageConsumer.as_asgi(), user, SessionStore()
        else:
            app = AuthMiddlewareStack(PageConsumer.as_asgi())
            scope["headers"] = [(b"cookie", client.cookies.output(header="", sep=";").encode())]
        self.asgi = ApplicationCommunicator(app, scope)

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
        ({"follow": ["live:01", "live:\u0661", "live:\uff11", "live:1 ", "live:+1"]}, []),
        ({"follow": ["live:1", "live:\u0661", "live:1"]}, ["live:1"]),
        ({"follow": [f"live:{number}" for number in range(2, consumers.MAX_TOPICS + 1)] + ["live:1"]}, ["live:1"]),
        ({"follow": [f"live:{number}" for number in range(2, consumers.MAX_TOPICS + 2)] + ["live:1"]}, []),
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


# ── for as long as one is signed in ──

PASSWORD, OTHER = "correct horse battery", "incorrect horse battery"


@pytest.fixture
def reader(client: Client) -> User:
    """Who may follow the live 1, signed in; their sessions are in the database as those of anybody."""
    user = make_user("reader", password=PASSWORD)
    client.force_login(user)
    return user


async def opened(client: Client) -> Page:
    """Return a page that follows a live, with the session of a browser."""
    page = Page(AnonymousUser(), client)
    assert (await page.connect())["type"] == "websocket.accept"
    assert await page.follow({"follow": ["live:1"]}) == {"followed": ["live:1"]}
    return page


async def hung_up(page: Page) -> bool:
    """Return whether the server ends the connection; wait until it says something."""
    answer = await page.asgi.receive_output(DEADLINE_S)
    await page.close()
    return (answer["type"], answer.get("code")) == ("websocket.close", 4401)


async def test_page_consumer_says_again_what_it_follows(
    reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "AGAIN_S", 0.01)
    page = await opened(client)
    async with push.attached(), asyncio.timeout(DEADLINE_S):
        await cache.aclear()

        while not await sync_to_async(push.is_followed)("live:1"):
            pass
    await page.close()


class FailingOnce:
    """A database that does not answer the first question."""

    def __init__(self) -> None:
        self.failed = Event()

    def __call__(self, execute: Callable[..., object], *args: object) -> object:
        if not self.failed.is_set():
            self.failed.set()
            raise OperationalError("the server closed the connection")
        return execute(*args)


async def test_page_consumer_outlives_a_database_that_does_not_answer(
    reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "AGAIN_S", 0.01)
    page = await opened(client)
    database = FailingOnce()
    await sync_to_async(lambda: connection.execute_wrappers.append(database))()

    async with push.attached(), asyncio.timeout(DEADLINE_S):
        assert await asyncio.to_thread(database.failed.wait, DEADLINE_S)
        await sync_to_async(lambda: connection.execute_wrappers.remove(database))()
        await cache.aclear()
        while not await sync_to_async(push.is_followed)("live:1"):
            pass
    await page.close()


async def test_page_consumer_leaves_what_its_reader_may_follow_no_longer(reader: User, client: Client) -> None:
    page = await opened(client)
    layer = get_channel_layer()

    consumers.TOPICS["live"] = lambda _user, _pk: False
    await layer.group_send(ACCESS, {"type": "access.changed"})

    assert await page.asgi.receive_nothing()
    assert group_name("live:1", "en") not in layer.groups
    await page.close()


def sign_out(client: Client, _reader: User) -> None:
    client.post(reverse("account_logout"))


def choose_a_password(client: Client, _reader: User) -> None:
    words = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert client.post(reverse("account_change_password"), words).status_code == 302


def reset_elsewhere(_client: Client, reader: User) -> None:
    elsewhere = Client()
    key = [user_pk_to_url_str(reader), default_token_generator.make_token(reader)]
    form = elsewhere.get(reverse("account_reset_password_from_key", args=key), follow=True)
    words = {"password1": OTHER, "password2": OTHER}
    assert elsewhere.post(form.request["PATH_INFO"], words).status_code == 302


def switch_off(_client: Client, _reader: User) -> None:
    User.objects.update(is_active=False)


def run_out(_client: Client, _reader: User) -> None:
    Session.objects.update(expire_date="2026-01-01T00:00:00Z")


@pytest.mark.parametrize("act", [sign_out, choose_a_password, reset_elsewhere])
async def test_page_consumer_hangs_up_at_once_when_its_session_ends(
    act: Callable[[Client, User], None], reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "AGAIN_S", 10 * DEADLINE_S)  # it finds out by itself only later
    page = await opened(client)

    async with push.attached():
        await sync_to_async(act)(client, reader)

        assert await hung_up(page)


@pytest.mark.parametrize("act", [sign_out, choose_a_password, reset_elsewhere, switch_off, run_out])
async def test_page_consumer_finds_out_by_itself_that_its_session_ended(
    act: Callable[[Client, User], None], reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "AGAIN_S", 0.01)
    page = await opened(client)

    await sync_to_async(act)(client, reader)  # nobody tells: no pusher runs

    assert await hung_up(page)


async def test_page_consumer_hangs_up_when_the_account_is_switched_off(reader: User, client: Client) -> None:
    page = await opened(client)
    await sync_to_async(switch_off)(client, reader)

    for _ in range(2):
        await get_channel_layer().group_send(ACCESS, {"type": "access.changed"})

    assert await hung_up(page)
    assert await page.asgi.receive_nothing()  # a second end would be an error of ours


async def test_page_consumer_grants_nothing_after_the_session_ended(reader: User, client: Client) -> None:
    page = await opened(client)
    await sync_to_async(sign_out)(client, reader)
    await get_channel_layer().group_send(ACCESS, {"type": "access.changed"})
    await page.asgi.receive_output()

    assert await page.follow({"follow": ["live:1", "live:2"]}) == {"followed": ["live:1"]}
    await page.close()


async def test_page_consumer_stays_with_who_signed_out_elsewhere(reader: User, client: Client) -> None:
    elsewhere = Client()
    await sync_to_async(elsewhere.force_login)(reader)
    page = await opened(client)

    async with push.attached():
        await sync_to_async(sign_out)(elsewhere, reader)

        assert await page.asgi.receive_nothing()
    await page.close()


@pytest.mark.parametrize("message", [{"text": "not json"}, {"bytes": b"\xff"}])
async def test_page_consumer_hangs_up_on_what_is_not_json(message: dict[str, Any]) -> None:
    page = Page(READER)
    await page.connect()
    await page.asgi.send_input({"type": "websocket.receive", **message})

    answer = await page.asgi.receive_output()

    assert (answer["type"], answer["code"]) == ("websocket.close", 4400)
