"""The port ChatSource: reads the messages of a live, one connection a call."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import structlog

from vigie.adapters.tiktok.decode import Decoder, Tally
from vigie.adapters.tiktok.link import STALL_S, Ticket, open_link
from vigie.events import RoomEnded, RoomItem, RoomOpened
from vigie.ports import Handle, PortError, Room

log = structlog.get_logger(__name__)

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

    async def chat(self, room: Room) -> AsyncIterator[RoomItem]:
        """Yield what `vigie.ports.ChatSource.chat` promises."""
        room_id = room.room_id or await self._find(room.channel)
        if not room_id.isdecimal():
            raise PortError(f"{room_id}: no number of a TikTok room.", permanent=True)
        ticket = await self._sign(room_id)
        opened_at = datetime.now(UTC)
        decoder = Decoder(opened_at)
        link = await open_link(ticket, int(room_id), self._stall_s)
        items, ack = decoder.items(ticket.messages, opened_at, is_history=True), None
        del ticket  # with the messages that came with it
        try:
            yield RoomOpened(room_id)
            while True:
                for item in sorted(items, key=_is_end):
                    yield item
                    if _is_end(item):
                        return
                if ack:  # once it was taken: what is not acknowledged may come again
                    await link.send(ack)
                items, ack = decoder.frame(await link.receive(), datetime.now(UTC))
        finally:
            _tell(room_id, decoder.tally)
            await link.close()


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
