"""What a platform tells of its channels: who is on air, and what happens in the room."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vigie.events import RoomItem


class Airing(StrEnum):
    """Whether a channel is on air, as far as its platform lets it be known."""

    LIVE = "live"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    """The platform did not say: blocked, a captcha, an error, nonsense. Never taken for an end."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a platform said of one channel, once."""

    asked: str
    """The handle or id that was asked for."""
    airing: Airing
    reason: str = ""
    """Why it is unknown, or will never be live, in one line for a person; empty when all is well."""
    is_permanent: bool = False
    """Nothing but a change by a person will help: no such account, banned, private."""
    platform_id: str = ""
    """The account's number, which outlives its handle."""
    handle: str = ""
    """What the account is called now."""
    room_id: str = ""
    """Of the broadcast that is on air."""
    title: str = ""
    viewers: int | None = None
    started_at: datetime | None = None
    """When the platform says that the broadcast began, UTC."""


@dataclass(frozen=True, slots=True)
class Handle:
    """How a channel is asked for."""

    name: str
    """Its handle, without @, in lower case."""
    platform_id: str = ""
    """Its number, once known: it is asked for by it, so that a renamed account is found again."""
    room_id: str = ""
    """Of its last broadcast that was seen: spares a request."""


class LiveProbe(Protocol):
    """Tells which channels of a platform are on air."""

    most: int
    """How many channels one call may ask for."""

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Return one sighting a channel, in order, with as few requests as the platform allows.

        Trouble with one channel is its sighting (`UNKNOWN`, with the reason). Raises PortError when nothing could be
        asked at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """The broadcast whose chat is wanted."""

    channel: Handle
    room_id: str
    """Empty where the platform has none, or it is not known yet."""
    workspace_id: int = 0
    """Whose connected account reads it, where the platform lets nobody else."""


class ChatSource(Protocol):
    """Reads the chat of a live: one connection a call, no reconnecting of its own."""

    def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        """Yield `RoomOpened`, then what happens in the room as it comes, then `RoomEnded` when the platform says so.

        A connection that brings no frame of any kind for 30 s has stalled. What could not be read is counted and
        skipped, never fatal. Raises PortError when the connection breaks, stalls, or is refused. Closing the iterator,
        or cancelling its reader, frees everything within 1 s.
        """
        ...
