"""The port MediaSource: finds the media of a source and pulls it, one connection a call."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
from av.container import InputContainer

from vigie.adapters.web import containers, hls, reach, srt
from vigie.adapters.web.containers import Opener
from vigie.adapters.web.decode import Decoding, Stretch, none_yet
from vigie.adapters.web.fetch import Fetcher, is_recording, plain, port_errors, shown
from vigie.adapters.web.pages import Bases
from vigie.adapters.web.pipes import Closed, Outlet
from vigie.adapters.web.playlist import Part
from vigie.adapters.web.resolve import resolve
from vigie.events import MediaEnded, MediaItem
from vigie.ports import MediaLocation, PortError, Reach, Room

GATHER_S, GATHER_PACKETS_S = 0.5, 0.25
"""A live that trickles in is read twice a second: a read costs as much as decoding 0.1 s of sound. With packets it is
read more often: a clip is to be there half a second after its moment."""
AT_ONCE_S = 0.002
MOST_HELD_BYTES = 64 * 1024


class WebMedia:
    """Any live or recording that has an address."""

    def __init__(self, within: Reach = Reach.INTERNET, *, speed: float = 1.0, bases: Bases | None = None) -> None:
        """Go no further than `within`; `speed` says how much faster than the clock a simulated live runs.

        `bases` says where a simulator answers in place of what the pages of a platform lead to, as in `pages.find`.
        """
        self._reach = within
        self._speed = speed
        self._bases = bases

    async def resolve(self, source: str, room: Room | None = None, *, with_packets: bool = False) -> MediaLocation:
        """Return where the media of `source` is: a URL, or the path of a file. Raises PortError, NotLive."""
        del room  # an address is nobody's name
        found = await resolve(source, self._reach, self._bases, with_packets=with_packets)
        return replace(found, with_packets=with_packets)

    async def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator[MediaItem, None]:
        """Yield what `vigie.ports.MediaSource.stream` promises."""
        outlet = Outlet()
        # not in a task group: one may not be open across the yield of a generator; `finally` ends it all the same
        how = hls.Pull(from_pts_s, was_live, self._speed, location.pictures_url, location.with_packets)
        pulling = asyncio.create_task(self._pull_until_closed(location, outlet, how))
        try:
            while (item := await outlet.get()) is not None:
                yield item
            await pulling
        finally:
            outlet.close()
            pulling.cancel()
            await asyncio.wait([pulling])

    async def _pull_until_closed(self, location: MediaLocation, outlet: Outlet, how: hls.Pull) -> None:
        try:
            with suppress(Closed):
                await self._pull(location, outlet, how)
            with suppress(Closed):
                await outlet.put(MediaEnded())
        finally:
            with suppress(Closed):
                await outlet.put(None)

    async def _pull(self, location: MediaLocation, outlet: Outlet, how: hls.Pull) -> None:
        """Put everything into `outlet`; return at the end of a recording. Raises PortError."""
        if location.protocol == "hls":
            async with Fetcher(location.headers, self._reach) as fetcher:
                await hls.pull(fetcher, outlet, location.url, how)
        elif location.protocol == "http":
            await self._pull_http(location, outlet, how.from_pts_s)
        elif location.protocol == "srt":
            await asyncio.to_thread(reach.check, location.url, self._reach)
            await srt.pull(location.url, outlet, with_packets=location.with_packets)
        else:
            await self._pull_container(location, outlet, how.from_pts_s)

    async def _pull_http(self, location: MediaLocation, outlet: Outlet, from_pts_s: float | None) -> None:
        async with (
            Fetcher(location.headers, self._reach) as fetcher,
            fetcher.open(Part(location.url)) as response,
        ):
            if not is_recording(response):
                await _pull_live(response, location, outlet)
        recording = replace(location, url=str(response.url), is_live=False)
        await self._pull_container(recording, outlet, from_pts_s)

    async def _pull_container(self, location: MediaLocation, outlet: Outlet, from_pts_s: float | None) -> None:
        name = location.url if location.protocol == "file" else shown(location.url)
        stretch = (
            Stretch(location.protocol, name, is_live=True, shift_s=0.0)
            if location.is_live
            else Stretch(location.protocol, name, is_live=False, resume_s=from_pts_s)
        )
        stretch = replace(stretch, encodings=none_yet(with_packets=location.with_packets))
        async with Decoding(outlet, stretch, self._opener(location)):
            pass  # it opens its bytes itself, and leaving waits for all of it
        if location.is_live:
            raise PortError(f"{name}: the stream was closed.", retryable=True)

    def _opener(self, location: MediaLocation) -> Opener:
        def open_address() -> InputContainer:
            reach.check(location.url, self._reach)
            return containers.open_address(location.url, location.headers)

        return (lambda: containers.open_file(Path(location.url))) if location.protocol == "file" else open_address


async def _pull_live(response: httpx.Response, location: MediaLocation, outlet: Outlet) -> None:
    """Put the sound of an answer without end into `outlet`. Always raises PortError: only trouble ends it."""
    name, known = shown(location.url), none_yet(with_packets=location.with_packets)
    stretch = Stretch(location.protocol, name, is_live=True, shift_s=0.0, encodings=known)
    async with Decoding(outlet, stretch) as decoding:
        with suppress(Closed):
            async for data in _gathered(response, GATHER_PACKETS_S if location.with_packets else GATHER_S):
                await decoding.write(data)
    raise PortError(f"{stretch.name}: the stream was closed.", retryable=True)


async def _gathered(response: httpx.Response, gather_s: float) -> AsyncIterator[bytes]:
    """Yield the body of an answer; what trickles in gathers between two reads, what came at once comes as one."""
    clock = asyncio.get_running_loop().time
    held = bytearray()
    with port_errors(str(response.url)):
        try:
            asked_at = clock()
            async for data in plain(response):
                had_to_wait = clock() - asked_at > AT_ONCE_S
                if had_to_wait or len(held) > MOST_HELD_BYTES:
                    yield bytes(held)
                    held.clear()
                held += data
                if had_to_wait:
                    await asyncio.sleep(gather_s)
                asked_at = clock()
        except httpx.HTTPError:
            yield bytes(held)
            raise
    yield bytes(held)
