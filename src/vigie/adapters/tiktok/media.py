"""The port MediaSource: where the stream of a channel is; another adapter pulls it."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

from vigie.adapters.tiktok import parse
from vigie.adapters.tiktok.parse import Odd, RoomInfo
from vigie.adapters.tiktok.site import Site
from vigie.events import MediaItem
from vigie.ports import Handle, MediaLocation, MediaSource, NotLive, PortError, Room

HANDLE = re.compile(
    r"(?:https?://(?:[a-z]+\.)?tiktok\.com/)?@?([\w.]{1,40})(?:/live)?/?(?:\?.*)?", re.ASCII | re.IGNORECASE
)
MOST_ROOMS = 1000
RESTRICTED = "TikTok shows this live to adults only: give the session of an account (VIGIE_TIKTOK_SESSION_ID)."


class TikTokMedia:
    """Streams of TikTok. The address of a room that is known costs one request, another's one more."""

    def __init__(
        self,
        site: Site,
        find: Callable[[Handle], Awaitable[str]],
        web: MediaSource,
        *,
        wants_picture: bool = False,
    ) -> None:
        """Let `web` pull the smallest stream there is; without `wants_picture`, sound alone is enough.

        Where packets are wanted, it is the one for clips.
        """
        self._site = site
        self._find = find
        self._web = web
        self._wants_picture = wants_picture
        self._rooms: dict[str, str] = {}

    async def resolve(self, source: str, room: Room | None = None, *, with_packets: bool = False) -> MediaLocation:
        """Return where the media of a channel is: `name`, `@name` or its address. Raises PortError, NotLive.

        With `room`, the broadcast of the account of that number is meant, whoever has the handle by now.
        """
        found = HANDLE.fullmatch(source.strip())
        if found is None:
            raise PortError(f"{source[:100]}: no handle of a TikTok channel.", permanent=True)
        number, room_id = (room.channel.platform_id, room.room_id) if room else ("", "")
        info = await self._info(Handle(found[1].lower(), number), room_id, with_packets=with_packets)
        location = await self._web.resolve(info.url, with_packets=with_packets)
        return replace(location, is_live=True, title=info.title)

    def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator[MediaItem, None]:
        """Yield what `vigie.ports.MediaSource.stream` promises."""
        return self._web.stream(location, from_pts_s=from_pts_s, was_live=was_live)

    async def _info(self, channel: Handle, room_id: str, *, with_packets: bool) -> RoomInfo:
        key = channel.platform_id or channel.name
        known = room_id or self._rooms.get(key, "")
        info = await self._ask(known, with_packets=with_packets) if known else RoomInfo(is_missing=True)
        if info.is_over or info.is_missing or _is_foreign(info, channel):
            self._rooms.pop(key, None)
            known = await self._find(channel)
            info = await self._ask(known, with_packets=with_packets)
        if info.is_over or info.is_missing:
            raise NotLive(f"@{channel.name}: nothing is on air now.", retryable=True)
        if info.is_restricted:
            raise PortError(f"@{channel.name}: {RESTRICTED}", permanent=True)
        if _is_foreign(info, channel):
            raise PortError(f"@{channel.name}: {parse.SOMEBODY_ELSE}", permanent=True)
        if len(self._rooms) < MOST_ROOMS:
            self._rooms[key] = known
        return info

    async def _ask(self, room_id: str, *, with_packets: bool) -> RoomInfo:
        try:
            answer = await self._site.room_info(room_id)
            return parse.room_info(answer, wants_picture=self._wants_picture, with_packets=with_packets)
        except Odd as error:
            raise PortError(str(error), retryable=True) from error


def _is_foreign(info: RoomInfo, channel: Handle) -> bool:
    """Return whether a broadcast is known to be of another account than the one that is wanted."""
    return bool(info.owner_id and channel.platform_id) and info.owner_id != channel.platform_id
