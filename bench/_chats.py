"""The two ways of `bench.chat`, in a process whose settings are made."""

import asyncio
from collections.abc import Sequence
from random import Random

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connections
from django.template.loader import render_to_string

from bench import measured
from vigie.events import ActivityKind, ActivityReceived, Chatter
from vigie.people.models import Workspace
from vigie.runtime import clock, push
from vigie.runtime.push import group_name
from vigie.site import upkeep
from vigie.watch import chatwriter
from vigie.watch.chatters import Audience
from vigie.watch.models import Channel, ChatMessage, Live
from vigie.watch.models import Chatter as ChatterRow
from vigie.watch.operations.chat import Heard

LOOKED_AT = 5
"""Somebody looks at one live in so many."""
PEOPLE = 3
"""Each writes so many messages, on average."""
WORDS = ("bonjour", "salut", "clip", "la", "suite", "merci", "trop", "bien", "qui", "parle", "encore", "oui", "hello")


def measure(way: str, messages: int, lives: int, *, is_looked_at: bool) -> float:
    """Return how many messages a second of processor is enough for."""
    upkeep.migrate(clock.now())
    rows = _on_air(lives)
    chats = _chats(rows, messages)
    topics = [f"chat:{live.pk}" for live in rows[::LOOKED_AT]] if is_looked_at else []
    with measured() as spent:
        asyncio.run({"in_batches": in_batches, "one_by_one": one_by_one}[way](chats, topics))
    connections.close_all()
    return messages / spent.cpu_s


async def in_batches(chats: Sequence[Heard], topics: Sequence[str]) -> None:
    """Store by the writer of chats, and push, as `vigie up` does."""
    await _look(topics)
    async with push.attached():
        push.note_followed(topics)
        async with chatwriter.writing() as writer:
            for heard in chats:
                await writer.put(heard)


async def one_by_one(chats: Sequence[Heard], topics: Sequence[str]) -> None:
    """Store a row a message, and send a frame for each that is looked at."""
    await _look(topics)
    layer = get_channel_layer()
    for heard in chats:
        row = await sync_to_async(_store)(heard)
        topic = f"chat:{heard.live_id}"
        if topic in topics:
            html = await sync_to_async(render_to_string)("board/_message.html", {"message": row})
            await layer.group_send(group_name(topic, "fr"), {"type": "push.frame", "frame": {"html": html}})


def _store(heard: Heard) -> ChatMessage:
    who = heard.activity.chatter
    chatter, _ = ChatterRow.objects.get_or_create(
        workspace_id=heard.audience.workspace_id,
        platform=heard.audience.platform,
        key=who.platform_id,
        defaults={"login": who.login, "name": who.name, "first_seen_at": clock.now()},
    )
    return ChatMessage.objects.create(
        live_id=heard.live_id,
        chatter=chatter,
        kind=heard.activity.kind,
        platform_id=heard.message_id,
        at_s=heard.at_s,
        text=heard.activity.text,
    )


async def _look(topics: Sequence[str]) -> None:
    """Let somebody follow each topic; the layer keeps their frames up to its capacity."""
    layer = get_channel_layer()
    for topic in topics:
        await layer.group_add(group_name(topic, "fr"), await layer.new_channel())


def _on_air(count: int) -> list[Live]:
    workspace = Workspace.objects.create(name="bench", slug="bench")
    now = clock.now()
    lives = []
    for number in range(count):
        name = f"live{number}"
        channel = Channel.objects.create(workspace=workspace, platform="tiktok", address=name, name=name, added_at=now)
        lives.append(Live.objects.create(channel=channel, started_at=now))
    return lives


def _chats(lives: Sequence[Live], messages: int) -> list[Heard]:
    """Return what the writer is handed: the lives talk in turn."""
    rng, now = Random(1), clock.now()  # noqa: S311 -- no secret: the same chats each time
    audience = Audience(lives[0].channel.workspace_id, "tiktok")
    found = []
    for number in range(messages):
        who = rng.randrange(max(1, messages // PEOPLE))
        chatter = Chatter(str(who), f"viewer{who}", f"Viewer {who}")
        text = " ".join(rng.choices(WORDS, k=rng.randint(1, 9)))
        live = lives[number % len(lives)]
        said = ActivityReceived(ActivityKind.MESSAGE, str(number), now, chatter, text)
        found.append(Heard(live.pk, 0.0, audience, said))
    return found
