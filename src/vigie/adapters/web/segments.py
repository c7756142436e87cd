"""Getting playlists and segments of HLS: retried, decrypted, their headers kept."""

import asyncio

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.fetch import Fetcher, shown
from vigie.adapters.web.playlist import MediaPlaylist, NotAPlaylist, Part, Renditions, Segment
from vigie.ports import PortError

TRIES = 3
RETRY_S = 0.5


class Segments:
    """What the playlists of one live name."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._kept: dict[Part, bytes] = {}
        """Keys and headers: small, and shared by many segments."""

    async def window(self, url: str) -> MediaPlaylist:
        """Return what a media playlist says now. Raises PortError."""
        found = await self.playlist(url)
        if isinstance(found, Renditions):
            raise PortError(f"{shown(url)}: a playlist of playlists where media is expected.", permanent=True)
        return found

    async def playlist(self, url: str) -> MediaPlaylist | Renditions:
        """Return what a playlist says now. Raises PortError."""
        fetched = await self._fetcher.get(Part(url))
        try:
            found = playlist.read(fetched.body.decode(errors="replace"), fetched.url)
        except NotAPlaylist as error:
            raise PortError(f"{shown(url)}: {error}.", permanent=True) from error
        if isinstance(found, MediaPlaylist) and found.encryption:
            raise PortError(f"{shown(url)}: protected by {found.encryption}, which cannot be undone.", permanent=True)
        return found

    async def header(self, segment: Segment) -> bytes:
        """Return what must precede the first segment of a decoder. Raises PortError."""
        return await self._keep(segment.init) if segment.init else b""

    async def body(self, segment: Segment) -> bytes:
        """Return the plain bytes of a segment, asking up to three times. Raises PortError."""
        data = await self._insist(segment.part)
        if not segment.key:
            return data
        try:
            return packed.decrypt(data, await self._keep(Part(segment.key.url)), segment)
        except ValueError as error:
            raise PortError(f"{shown(segment.part.url)}: {error}.", retryable=True) from error

    async def _keep(self, part: Part) -> bytes:
        if part not in self._kept:
            self._kept[part] = await self._insist(part)
        return self._kept[part]

    async def _insist(self, part: Part) -> bytes:
        for _ in range(TRIES - 1):
            try:
                return (await self._fetcher.get(part)).body
            except PortError as error:
                if not error.retryable:
                    raise
                await asyncio.sleep(error.retry_after_s or RETRY_S)
        return (await self._fetcher.get(part)).body
