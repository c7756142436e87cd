"""How many watch: EventSub does not tell, so one request a hundred rooms asks, for all rooms of the process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice

import structlog

from vigie.adapters.twitch.helix import MOST, Helix
from vigie.adapters.twitch.inbox import Inbox
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.events import AudienceCounted
from vigie.ports import Gate, Keys, PortError

log = structlog.get_logger(__name__)


class Viewers:
    """Counts while there are rooms. Trouble with it ends none of them: the next count comes soon."""

    def __init__(self, settings: TwitchSettings, gate: Gate, app: Keys) -> None:
        self._settings = settings
        self._gate = gate
        self._app = app
        self._inboxes: dict[str, set[Inbox]] = defaultdict(set)
        self._counting: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def told(self, channel_id: str, inbox: Inbox) -> AsyncIterator[None]:
        """Put the counts of a channel into `inbox` meanwhile."""
        self._inboxes[channel_id].add(inbox)
        if self._counting is None:
            # not in a task group of a reader: it outlives the one that came first; the last one ends it
            self._counting = asyncio.create_task(self._count())
        try:
            yield
        finally:
            self._inboxes[channel_id].discard(inbox)
            if not self._inboxes[channel_id]:
                del self._inboxes[channel_id]
            if not self._inboxes:
                await self._stop()

    async def _stop(self) -> None:
        counting, self._counting = self._counting, None
        if counting:
            counting.cancel()
            await asyncio.wait([counting])

    async def _count(self) -> None:
        async with Helix(self._settings, self._gate, self._app) as helix:
            while True:
                left = iter(sorted(self._inboxes))
                while some := list(islice(left, MOST)):
                    await self._ask(helix, some)
                await asyncio.sleep(self._settings.pace.viewers_s)

    async def _ask(self, helix: Helix, numbers: Sequence[str]) -> None:
        try:
            found = await helix.on_air(numbers)
        except PortError as error:
            log.info("twitch.not_counted", error=str(error))
            return
        for number, broadcast in found.items():
            if broadcast:
                for inbox in self._inboxes.get(number, ()):
                    inbox.put([AudienceCounted(datetime.now(UTC), viewers=broadcast.viewers)])
