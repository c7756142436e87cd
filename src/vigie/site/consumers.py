"""The one WebSocket of a page: it follows topics and relays their frames. See `runtime.push` for the wire format."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from channels.auth import get_user
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from vigie.people.models import User
from vigie.runtime.numbers import number
from vigie.runtime.push import ACCESS, AGAIN_S, group_name, note_followed

log = structlog.get_logger(__name__)

MAX_TOPICS = 100

MayFollow = Callable[[User, int], bool]

TOPICS: dict[str, MayFollow] = {}
"""Kind of topic (`live`, `alerts`, ...) -> whether a person may follow the one with this id. Filled by
`site.bootstrap`.
"""


class PageConsumer(AsyncJsonWebsocketConsumer):
    """A page that is being looked at."""

    followed: set[str]
    noting: asyncio.Task[None] | None

    async def connect(self) -> None:
        """Let signed-in people in."""
        self.followed = set()
        self.noting = None
        self.language = "fr"
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(code=4401)
            return
        self.language = user.language
        await self.channel_layer.group_add(ACCESS, self.channel_name)
        await self.accept()
        self.noting = asyncio.create_task(self.look_again())

    async def receive(self, text_data: str | None = None, **rest: Any) -> None:
        """Take JSON; anything else ends the connection."""
        try:
            await super().receive(text_data=text_data, **rest)
        except ValueError:
            await self.close(code=4400)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """Follow the topics asked for, as far as the reader may; answer with those that were granted."""
        asked = content.get("follow") if isinstance(content, dict) else None
        topics = [str(topic) for topic in asked] if isinstance(asked, list) else []
        for topic in topics[:MAX_TOPICS]:
            if topic not in self.followed and await self.may_follow(topic):
                await self.channel_layer.group_add(group_name(topic, self.language), self.channel_name)
                self.followed.add(topic)
        await self.note()
        await self.send_json({"followed": sorted(self.followed)})

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 -- Channels' signature
        """Leave every topic."""
        if self.noting is not None:
            self.noting.cancel()
        await self.channel_layer.group_discard(ACCESS, self.channel_name)
        for topic in list(self.followed):
            await self.leave(topic)

    async def look_again(self) -> None:
        """Keep what is followed known as such for as long as the reader is signed in; until cancelled."""
        while True:
            await asyncio.sleep(AGAIN_S)
            try:
                if await self.is_still_let_in():
                    await self.note()
            except DatabaseError as error:
                log.warning("page_not_looked_at", error=str(error))

    async def is_still_let_in(self) -> bool:
        """Return whether the reader is still signed in, by the page's own session; hang up where not. Two queries.

        They are not once they signed out, the session ran out, the account was switched off or its password changed.
        """
        session = self.scope["session"]
        as_kept = session.__class__(session.session_key)  # what is at hand is as it was when the page opened
        former, self.scope["user"] = self.scope["user"], await get_user({"session": as_kept})
        is_in: bool = self.scope["user"].is_authenticated
        if former.is_authenticated and not is_in:
            await self.close(code=4401)
        return is_in

    async def note(self) -> None:
        """Let those who push know that somebody is here."""
        if self.followed:
            await sync_to_async(note_followed)(list(self.followed))

    async def leave(self, topic: str) -> None:
        """Be told nothing more of `topic`."""
        await self.channel_layer.group_discard(group_name(topic, self.language), self.channel_name)
        self.followed.discard(topic)

    async def may_follow(self, topic: str) -> bool:
        """Return whether the reader may see what is pushed on `topic`."""
        kind, _, text = topic.partition(":")
        pk = number(text)
        if kind not in TOPICS or pk is None or text != str(pk) or not self.scope["user"].is_authenticated:
            return False  # another way to write the number names another group: nothing is pushed there
        return await sync_to_async(TOPICS[kind])(self.scope["user"], pk)

    async def access_changed(self, message: dict[str, Any]) -> None:
        """Leave what the reader may follow no longer; everything, where they are signed in no longer."""
        concerns_us = message.get("user_id") in {None, self.scope["user"].pk}
        if not concerns_us or not await self.is_still_let_in():
            return
        for topic in list(self.followed):
            if not await self.may_follow(topic):
                await self.leave(topic)

    async def push_frame(self, message: dict[str, Any]) -> None:
        """Relay a frame to the page."""
        await self.send_json(message["frame"])
