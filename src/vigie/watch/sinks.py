"""Who receives the media of lives. `site.bootstrap` registers them."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from vigie.ports import LiveRef, MediaSink, MediaSinkFactory, PlacedAudio, PlacedCaption, PlacedPackets

Recall = Callable[[int], tuple[int, float] | None]
"""Of a live by its id: the epoch of the last sound that was kept, and where it ends in seconds since the start."""

WantsPackets = Callable[[int], Awaitable[bool]]
"""Whether encoded media is wanted of lives of a workspace, by its id: asked before each connection."""

_factories: list[MediaSinkFactory] = []
_wants: dict[MediaSinkFactory, WantsPackets] = {}
_recalls: list[Recall] = []


def add_sink(factory: MediaSinkFactory, *, wants_packets: WantsPackets | None = None) -> None:
    """Let `factory` open a sink for each live that is watched; without `wants_packets` it gets no encoded media."""
    if factory not in _factories:
        _factories.append(factory)
    if wants_packets:
        _wants[factory] = wants_packets


def add_recall(recall: Recall) -> None:
    """Ask `recall` how far a live was kept when it is taken up again: after a crash the disk knows best."""
    if recall not in _recalls:
        _recalls.append(recall)


def forget_all() -> None:
    """Let nobody receive anything any more."""
    _factories.clear()
    _wants.clear()
    _recalls.clear()


def kept_until(live_id: int) -> tuple[int, float] | None:
    """Return the epoch and the end of the sound that every keeper has; None where nobody keeps any."""
    kept = [found for found in (recall(live_id) for recall in _recalls) if found]
    return min(kept, key=lambda found: found[1]) if kept else None


class Sinks:
    """All sinks of one live. Each is closed, whatever the others do."""

    def __init__(self) -> None:
        self._opened: dict[MediaSinkFactory, MediaSink] = {}
        self._wanting: list[MediaSinkFactory] = []
        self._stack = AsyncExitStack()

    async def open(self, live: LiveRef) -> None:
        """Open one sink of each factory."""
        for factory in _factories:
            sink = await factory(live)
            self._stack.push_async_callback(sink.close)
            self._opened[factory] = sink

    async def want_packets(self, workspace_id: int) -> bool:
        """Return whether encoded media is wanted from now on; those who want it will get it."""
        self._wanting = [factory for factory, wants in _wants.items() if await wants(workspace_id)]
        return bool(self._wanting)

    async def audio(self, audio: PlacedAudio) -> None:
        """Hand sound to all."""
        for sink in self._opened.values():
            await sink.audio(audio)

    async def caption(self, caption: PlacedCaption) -> None:
        """Hand words to all."""
        for sink in self._opened.values():
            await sink.caption(caption)

    async def packets(self, packets: PlacedPackets) -> None:
        """Hand encoded media to those who want it."""
        for factory in self._wanting:
            if factory in self._opened:
                await self._opened[factory].packets(packets)

    async def pause(self) -> None:
        """Let all know that no sound comes for now."""
        for sink in self._opened.values():
            await sink.pause()

    async def close(self) -> None:
        """Close all of them. Safe to call twice."""
        self._opened.clear()
        await self._stack.aclose()
