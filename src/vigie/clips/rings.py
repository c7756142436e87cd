"""The last seconds of every live that this process watches, in memory: the sink of the packets of its pull."""

import asyncio
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.conf import settings

from vigie.clips.ring import Ring
from vigie.people import presets
from vigie.people.models import Workspace
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PlacedPackets

MEGABYTE = 2**20
LINGER_S = 120.0
"""How long the end of a live is kept after it: a verdict on its last words may still ask for them."""


@dataclass(slots=True)
class Kept:
    """What is kept of one live, by whichever connection it came."""

    ring: Ring
    closed_at: float | None = None
    """When it ended, on the loop's clock; None while it is on air."""
    news: asyncio.Event = field(default_factory=asyncio.Event)


_kept: dict[int, Kept] = {}


def of_live(live_id: int) -> Kept | None:
    """Return what is kept of a live by this process."""
    return _kept.get(live_id)


def lives() -> list[int]:
    """Return the lives of which this process keeps something."""
    return list(_kept)


class Keeper:
    """The sink of one live: ports.MediaSink."""

    def __init__(self, live_id: int) -> None:
        """Go on with what is kept of the live already."""
        self._kept = _kept.setdefault(live_id, Kept(new_ring()))
        self._kept.closed_at = None

    async def packets(self, packets: PlacedPackets) -> None:
        """Keep encoded media for a while."""
        self._kept.ring.add(packets)
        self._kept.news.set()

    async def audio(self, audio: PlacedAudio) -> None:
        """Let decoded sound pass by."""

    async def caption(self, caption: PlacedCaption) -> None:
        """Let words pass by."""

    async def pause(self) -> None:
        """Keep what there is."""

    async def close(self) -> None:
        """Keep the end for those who ask for it a little later."""
        self._kept.closed_at = asyncio.get_running_loop().time()
        self._kept.news.set()
        forget_old(self._kept.closed_at)


def new_ring() -> Ring:
    """Return a ring as large as the settings say."""
    options = settings.OPTIONS
    return Ring(options.clip_buffer_s, options.clip_buffer_mb * MEGABYTE)


def forget_old(now_s: float) -> None:
    """Forget lives that are over for a while."""
    for live_id, kept in list(_kept.items()):
        if kept.closed_at is not None and now_s - kept.closed_at > LINGER_S:
            del _kept[live_id]


async def keep(live: LiveRef) -> Keeper:
    """Open the sink of a live."""
    return Keeper(live.live_id)


async def wants(workspace_id: int) -> bool:
    """Return whether a team makes clips."""
    return await sync_to_async(_makes_clips)(workspace_id)


def _makes_clips(workspace_id: int) -> bool:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    return workspace is not None and workspace.has(presets.CLIPS)
