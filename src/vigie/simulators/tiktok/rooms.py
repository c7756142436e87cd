"""All broadcasters of the simulated TikTok, and how they are found."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.faults import BREAKING, Fault, Faults
from vigie.simulators.tiktok.room import Room

FIRST_USER_ID = 6_500_000_000_000_000_000
FIRST_ROOM_ID = 7_300_000_000_000_000_000
FIRST_MESSAGE_ID = 7_400_000_000_000_000_000
PER_SEED = 1_000_000_000_000


class Rooms:
    """Rooms by handle, by numeric user id and by the id of a live. `seed` keeps made-up ids of two servers apart."""

    def __init__(self, seed: int, *, now_ms: Callable[[], int]) -> None:
        self.faults = Faults()
        self._now_ms = now_ms
        self._rooms: list[Room] = []
        self._user_ids, self._room_ids, self._message_ids = (
            count(first + seed * PER_SEED) for first in (FIRST_USER_ID, FIRST_ROOM_ID, FIRST_MESSAGE_ID)
        )

    def add(self, account: Account) -> Room:
        """Let an account exist. Raises ValueError when its handle is taken."""
        if self.named(account.handle):
            raise ValueError(f"@{account.handle} is taken.")
        known = replace(
            account,
            user_id=account.user_id or next(self._user_ids),
            room_id=account.room_id or next(self._room_ids),
            nickname=account.nickname or account.handle,
        )
        room = Room(known, everywhere=self.faults, ids=self._message_ids, now_ms=self._now_ms)
        self._rooms.append(room)
        return room

    def __getitem__(self, handle: str) -> Room:
        """Return the room of a handle. Raises KeyError for an unknown one."""
        room = self.named(handle)
        if room is None:
            raise KeyError(handle)
        return room

    def all(self) -> list[Room]:
        """Return every room in the order of their making."""
        return list(self._rooms)

    def named(self, handle: str) -> Room | None:
        """Return the room of a handle; TikTok does not tell capitals apart."""
        return self._first(room for room in self._rooms if room.account.handle.lower() == handle.lower())

    def once_named(self, handle: str) -> Room | None:
        """Return the room that had this handle before it was renamed."""
        former = [room for room in self._rooms if room.account.old_handle]
        return self._first(room for room in former if room.account.old_handle.lower() == handle.lower())

    def numbered(self, user_id: str) -> Room | None:
        """Return the room of a numeric user id."""
        return self._first(room for room in self._rooms if str(room.account.user_id) == user_id)

    def of_live(self, room_id: str) -> Room | None:
        """Return the room whose live has this id."""
        return self._first(room for room in self._rooms if str(room.account.room_id) == room_id)

    def next_live(self) -> int:
        """Return the id of another live."""
        return next(self._room_ids)

    def break_all(self, fault: Fault) -> None:
        """Let something go wrong with every live: with open connections at once, or from now on."""
        if fault.kind not in BREAKING or fault.times:
            self.faults.add(fault)
        if fault.kind in BREAKING:
            for room in self.all():
                room.strike(replace(fault, times=0))

    def mend(self, handle: str) -> None:
        """Let nothing go wrong any more with a live, or `*` with all. Raises KeyError for an unknown handle."""
        if handle != "*":
            self[handle].faults.clear()
            return
        self.faults.clear()
        for room in self.all():
            room.faults.clear()

    @staticmethod
    def _first(rooms: Iterable[Room]) -> Room | None:
        return next(iter(rooms), None)
