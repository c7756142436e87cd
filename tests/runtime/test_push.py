"""Pushes: from any thread, gathered, numbered, in each language."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer
from django.core.cache import cache
from pytest_django.fixtures import Settings
from redis import RedisError
from structlog.testing import capture_logs

from vigie.runtime import push as pushing
from vigie.runtime.push import Fragment, group_name, push

DEADLINE_S = 10


@pytest.fixture(autouse=True)
def templates(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "said.html").write_text("{% load i18n %}<p>{% translate 'Yes' %} {{ n }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


class Reader:
    """Someone on a topic, in one language."""

    def __init__(self, topic: str, language: str) -> None:
        self.layer = get_channel_layer()
        self.group = group_name(topic, language)

    async def open(self) -> "Reader":
        self.channel = await self.layer.new_channel()
        await self.layer.group_add(self.group, self.channel)
        return self

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE_S):
            message = await self.layer.receive(self.channel)
            frame: dict[str, Any] = message["frame"]
            return frame


def _said(n: int) -> Fragment:
    return Fragment(target="words", swap="append", template="said.html", context={"n": n})


async def test_push_gathers_what_comes_from_any_thread_into_one_frame_a_language() -> None:
    async with pushing.attached():
        french, english = await Reader("live:7", "fr").open(), await Reader("live:7", "en").open()

        await asyncio.to_thread(push, "live:7", _said(1))
        await asyncio.to_thread(push, "live:7", _said(2))

        frame = await french.next()
        assert [item["html"] for item in frame["items"]] == ["<p>Oui 1</p>", "<p>Oui 2</p>"]
        assert [item["html"] for item in (await english.next())["items"]] == ["<p>Yes 1</p>", "<p>Yes 2</p>"]
        assert (frame["topic"], frame["seq"]) == ("live:7", 1)
        assert {(item["target"], item["swap"]) for item in frame["items"]} == {("words", "append")}


async def test_push_numbers_the_frames_of_each_topic_without_a_hole() -> None:
    async with pushing.attached():
        seven, eight = await Reader("live:7", "fr").open(), await Reader("live:8", "fr").open()

        numbers = []
        for n in range(3):
            await asyncio.to_thread(push, "live:7", _said(n))
            numbers.append((await seven.next())["seq"])
        await asyncio.to_thread(push, "live:8", _said(0))

        assert numbers == [1, 2, 3]
        assert (await eight.next())["seq"] == 1


async def test_push_tells_the_last_number_again_so_that_a_lost_frame_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pushing, "REPEAT_S", 0.01)
    async with pushing.attached():
        reader = await Reader("live:7", "fr").open()
        await asyncio.to_thread(push, "live:7", _said(1))

        first, again = await reader.next(), await reader.next()

        assert (again["seq"], again["items"]) == (first["seq"], [])
        assert again["sender"] == first["sender"]


async def test_every_open_page_is_told_that_access_changed() -> None:
    async with pushing.attached():
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(pushing.ACCESS, channel)

        await asyncio.to_thread(pushing.tell_access_changed)
        await asyncio.to_thread(pushing.tell_access_changed, 7)

        async with asyncio.timeout(DEADLINE_S):
            for user_id in (None, 7):
                assert await layer.receive(channel) == {"type": "access.changed", "user_id": user_id}


# ── who looks ──


@pytest.fixture
def nobody() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("nobody")
async def test_a_topic_is_followed_once_a_page_said_so() -> None:
    async with pushing.attached():
        await sync_to_async(pushing.note_followed)(["wall:7", "lives:7"])

        followed = [await sync_to_async(pushing.is_followed)(topic) for topic in ("wall:7", "lives:7", "wall:8")]
        assert followed == [True, True, False]


@pytest.mark.usefixtures("nobody")
def test_a_topic_is_forgotten_unless_it_is_noted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "FOLLOWED_S", 0)
    loop = asyncio.new_event_loop()  # it never runs
    pushing.attach(loop)

    pushing.note_followed(["wall:7"])

    assert not pushing.is_followed("wall:7")
    pushing.detach()
    loop.close()


@pytest.mark.usefixtures("nobody")
def test_nothing_is_followed_in_a_program_without_sockets() -> None:
    pushing.note_followed(["wall:7"])

    assert not pushing.is_followed("wall:7")


@pytest.fixture
def silent_cache(settings: Settings) -> None:
    """What is shared between processes lies on a Redis that is gone."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }


@pytest.mark.usefixtures("silent_cache")
async def test_what_nobody_can_say_to_be_followed_is_pushed_all_the_same() -> None:
    async with pushing.attached():
        with capture_logs() as told:
            await sync_to_async(pushing.note_followed)(["wall:7"])
            is_followed = await sync_to_async(pushing.is_followed)("wall:7")

    assert is_followed
    assert [(one["event"], one["log_level"]) for one in told] == [
        ("push.not_noted", "warning"),
        ("push.not_known", "warning"),
    ]


def test_pages_say_again_in_time_what_they_follow() -> None:
    assert 2 * pushing.AGAIN_S < pushing.FOLLOWED_S


async def test_push_reaches_nobody_in_a_program_without_sockets() -> None:
    await sync_to_async(push)("live:7", _said(1))


class Silent(InMemoryChannelLayer):
    """A channel layer that takes nothing: the first frame in vain for ever, the second with an error."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.asked += 1
        if self.asked == 1:
            await asyncio.Event().wait()
        if self.asked == 2:
            raise RedisError("gone")
        await super().group_send(group, message)


async def test_a_channel_layer_that_does_not_answer_costs_frames_that_are_counted_and_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pushing, "SEND_S", 0.01)
    channel_layers.set("default", Silent())
    async with pushing.attached():
        pusher = pushing._pusher
        reader = await Reader("live:7", "fr").open()
        await asyncio.to_thread(push, "live:8", _said(0))
        await asyncio.to_thread(push, "live:7", _said(1))
        assert (await reader.next())["seq"] == 1
        assert pusher is not None
        assert pusher.dropped == 2


def test_a_topic_gathers_no_more_than_a_page_could_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "MOST_GATHERED", 3)
    loop = asyncio.new_event_loop()
    pusher = pushing.Pusher(loop)

    for n in range(5):
        pusher.add("live:7", {"fr": {"html": str(n)}})

    assert [item["fr"]["html"] for item in pusher._waiting["live:7"]] == ["0", "3", "4"]
    assert pusher.dropped == 2
    loop.close()
