"""Gifts that are sent again and again: each streak is told once, at its end, or as it stood where none came. Pure.

A connection may break before the end is told. So what is open then is kept for the next one to the same room, where
the streak goes on, ends, or is told once it was not continued for long.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from vigie.events import ActivityReceived

Key = tuple[int, int, int]
"""Giver, gift, and TikTok's number of the streak; the latter 0 where it has none."""

STALE: Final = timedelta(seconds=30)
"""A streak that is not continued for so long is over; TikTok itself ends one after a few seconds."""
MOST: Final = 1_000
"""Streaks of a room that are open at once; with one more, the oldest is told as it stands."""


def name_of(key: Key) -> str:
    """Return the message id of a streak, the same however often it is told; empty where TikTok does not number it."""
    return ".".join(map(str, key)) if key[2] else ""


class Streaks:
    """The open streaks of one room."""

    def __init__(self) -> None:
        self._open: OrderedDict[Key, tuple[ActivityReceived, datetime]] = OrderedDict()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def goes_on(self, key: Key, gift: ActivityReceived, now: datetime) -> list[ActivityReceived]:
        """Take note of how a streak stands; return what there is no place for any more."""
        self._open[key] = gift, now
        self._open.move_to_end(key)
        return [self._first()] if len(self._open) > MOST else []

    def ends(self, key: Key) -> None:
        """Take note that the end of a streak was told."""
        self._open.pop(key, None)

    def over(self, now: datetime) -> list[ActivityReceived]:
        """Return, once, those that were not continued for long, as they stood."""
        over = list[ActivityReceived]()
        while self._open and next(iter(self._open.values()))[1] <= now - STALE:
            over.append(self._first())
        return over

    def all(self) -> list[ActivityReceived]:
        """Return, once, whatever is open, as it stands: the room is over."""
        return [self._first() for _ in range(len(self._open))]

    def _first(self) -> ActivityReceived:
        return self._open.popitem(last=False)[1][0]
