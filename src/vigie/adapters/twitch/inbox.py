"""What waits to be read by one reader of a room."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable

from vigie.events import RoomItem
from vigie.ports import PortError

MOST = 10_000
"""Items that may wait: some minutes of the busiest chats."""


class Inbox:
    """Items in order, then the trouble that ended them."""

    def __init__(self) -> None:
        self._items: deque[RoomItem] = deque()
        self._is_there = asyncio.Event()
        self._trouble: PortError | None = None

    def put(self, items: Iterable[RoomItem]) -> None:
        """Let items wait; when there are too many of them, that is the end."""
        for item in items:
            if self._trouble is None and len(self._items) < MOST:
                self._items.append(item)
            else:
                self.fail(PortError(f"{MOST} messages wait: they come faster than they are read.", retryable=True))
        self._is_there.set()

    def fail(self, trouble: PortError) -> None:
        """Let the reader know, after what waits, that nothing more comes; what it was told first stands."""
        self._trouble = self._trouble or trouble
        self._is_there.set()

    async def get(self) -> RoomItem:
        """Return the next item, once there is one. Raises PortError."""
        while not self._items:
            if self._trouble:
                raise self._trouble
            self._is_there.clear()
            await self._is_there.wait()
        return self._items.popleft()


class Once:
    """Lets each id through once, as far as the last thousands are remembered."""

    def __init__(self, remembered: int = MOST) -> None:
        self._remembered = remembered
        self._known: OrderedDict[str, None] = OrderedDict()

    def is_new(self, number: str) -> bool:
        """Return whether an id was not seen before; from now on it was."""
        if number in self._known:
            return False
        self._known[number] = None
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return True
