"""Our adapter beside the simulated TikTok."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.adapters.gates import FreeGate
from vigie.adapters.tiktok.client import TikTok
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.adapters.web.client import WebMedia
from vigie.events import RoomItem, RoomOpened
from vigie.ports import Gate, Handle, Reach, Room
from vigie.simulators.tiktok.server import TikTokServer

DEADLINE_S = 20.0


NO_SECRETS = TikTokSettings()


@asynccontextmanager
async def adapter(
    server: TikTokServer, gate: Gate | None = None, *, secrets: TikTokSettings = NO_SECRETS, stall_s: float = 10.0
) -> AsyncIterator[TikTok]:
    """Yield the adapter of a server, within a deadline."""
    settings = replace(
        secrets, app_url=server.url().rstrip("/"), webcast_url=server.url("webcast"), sign_url=server.url("sign")
    )
    tiktok = TikTok(settings, gate or FreeGate(), WebMedia(Reach.DISK), stall_s=stall_s)
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield tiktok
    finally:
        await tiktok.close()


def room_of(server: TikTokServer, handle: str, *, is_known: bool = True) -> Room:
    account = server.account(handle)
    return Room(Handle(handle), str(account.room_id) if is_known else "")


@asynccontextmanager
async def entered(tiktok: TikTok, room: Room) -> AsyncIterator[AsyncGenerator[RoomItem, None]]:
    """Yield the items of a room from after its opening on; close it at the end."""
    items = tiktok.chat.chat(room)
    try:
        assert isinstance(await anext(items), RoomOpened)
        yield items
    finally:
        await items.aclose()


async def until(items: AsyncIterator[RoomItem], kind: type[RoomItem]) -> list[RoomItem]:
    """Return what comes, up to the first of a kind."""
    heard = list[RoomItem]()
    async for item in items:
        heard.append(item)
        if isinstance(item, kind):
            break
    return heard


def asked_for(server: TikTokServer) -> list[str]:
    """Return the routes that were asked for, in order."""
    return [str(asked.route) for asked in server.requests]
