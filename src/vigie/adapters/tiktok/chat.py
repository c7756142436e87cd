"""The port ChatSource: reads the messages of a live, one connection a call."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime

import structlog

from vigie.adapters.tiktok.decode import Decoder, Tally
from vigie.adapters.tiktok.link import STALL_S, Ticket, open_link
from vigie.adapters.tiktok.streaks import Streaks
from vigie.events import RoomEnded, RoomItem, RoomOpened
from vigie.ports import Handle, PortError, Room

log = structlog.get_logger(__name__)

MOST_BROKEN = 1_000
"""Rooms whose open streaks are kept."""
Sign = Callable[[str], Awaitable[Ticket]]
"""Room id -> what opens the connection to it. Raises PortError."""
Find = Callable[[Handle], Awaitable[str]]
"""Channel -> the id of its room. Raises PortError, NotLive."""


class TikTokChat:
    """Chats of TikTok. A connection costs one request; where the room is not known, one more finds it."""

    def __init__(self, sign: Sign, find: Find, *, stall_s: float = STALL_S) -> None:
        """Take a connection that brings nothing for `stall_s` for broken."""
        self._sign = sign
        self._find = find
        self._stall_s = stall_s
        self._broken: OrderedDict[tuple[int, str], Streaks] = OrderedDict()
        """What was open when a connection broke, by who read which room."""

    async def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        """Yield what `vigie.ports.ChatSource.chat` promises."""
        room_id = room.room_id or await self._find(room.channel)
        if not room_id.isdecimal():
            raise PortError(f"{room_id}: no number of a TikTok room.", permanent=True)
        ticket = await self._sign(room_id)
        opened_at = datetime.now(UTC)
        link = await open_link(ticket, int(room_id), self._stall_s)
        key = room.workspace_id, room_id
        streaks = self._broken.pop(key, None) or Streaks()
        decoder = Decoder(opened_at, streaks)
        items, ack = decoder.items(ticket.messages, opened_at, is_history=True), None
        del ticket  # with the messages that came with it
        try:
            yield RoomOpened(room_id)
            while True:
                if any(map(_is_end, items)):
                    items += streaks.all()
                for item in sorted(items, key=_is_end):
                    yield item
                    if _is_end(item):
                        return
                if ack:  # once it was taken: what is not acknowledged may come again
                    await link.send(ack)
                items, ack = decoder.frame(await link.receive(), datetime.now(UTC))
        finally:
            _tell(room_id, decoder.tally)
            self._keep(key, streaks)
            await link.close()

    def _keep(self, key: tuple[int, str], streaks: Streaks) -> None:
        """Keep what is open for the next connection; of many rooms, what was kept first is forgotten."""
        if streaks:
            self._broken[key] = streaks
        if len(self._broken) > MOST_BROKEN:
            self._broken.popitem(last=False)


def _is_end(item: RoomItem) -> bool:
    """Tell the end of a room from what else the same frame may hold, which is told before it."""
    return isinstance(item, RoomEnded)


def _tell(room_id: str, tally: Tally) -> None:
    log.info(
        "left a chat",
        room_id=room_id,
        read=tally.read,
        repeated=tally.repeated,
        broken=tally.broken,
        unused=dict(tally.unused),
    )
