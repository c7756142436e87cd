"""Getting playlists and segments of HLS: retried, decrypted, their headers kept."""

import asyncio

from vigie.adapters.web import packed, playlist
from vigie.adapters.web.fetch import MOST_BYTES, Fetcher, shown
from vigie.adapters.web.playlist import MediaPlaylist, NotAPlaylist, Part, Segment
from vigie.adapters.web.renditions import Renditions
from vigie.ports import PortError

TRIES = 3
RETRY_S = 0.5
LONGEST_RETRY_S = 5.0
"""Who asks us to wait longer is left for that time."""
PLAYLIST_BYTES = 4 * 2**20
LONG_PLAYLIST_BYTES = 64 * 1024
"""A longer one is read beside the loop: it takes 0.4 s a megabyte."""
KEPT_BYTES, MOST_KEPT = 2**20, 8


class Segments:
    """What the playlists of one live name."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._kept: dict[Part, bytes] = {}
        """The last keys and headers: small, and shared by many segments."""

    async def window(self, url: str) -> MediaPlaylist:
        """Return what a media playlist says now. Raises PortError."""
        found = await self.playlist(url)
        if isinstance(found, Renditions):
            raise PortError(f"{shown(url)}: a playlist of playlists where media is expected.", permanent=True)
        return found

    async def playlist(self, url: str, *, with_packets: bool = False) -> MediaPlaylist | Renditions:
        """Return what a playlist says now, chosen as `renditions.choose` does. Raises PortError."""
        fetched = await self._fetcher.get(Part(url), PLAYLIST_BYTES)
        text = fetched.body.decode(errors="replace")
        try:
            if len(text) > LONG_PLAYLIST_BYTES:
                found = await asyncio.to_thread(playlist.read, text, fetched.url, with_packets=with_packets)
            else:
                found = playlist.read(text, fetched.url, with_packets=with_packets)
        except NotAPlaylist as error:
            raise PortError(f"{shown(url)}: {error}.", permanent=True) from error
        if isinstance(found, MediaPlaylist) and found.encryption:
            raise PortError(f"{shown(url)}: protected by {found.encryption}, which cannot be undone.", permanent=True)
        return found

    async def header(self, segment: Segment) -> bytes:
        """Return what must precede the first segment of a decoder. Raises PortError."""
        return await self._keep(segment.init) if segment.init else b""

    async def body(self, segment: Segment, most_bytes: int = MOST_BYTES) -> bytes:
        """Return the plain bytes of a segment, asking up to three times. Raises PortError: permanent when refused."""
        data = await self._insist(segment.part, most_bytes)
        if not segment.key:
            return data
        try:
            return packed.decrypt(data, await self._keep(Part(segment.key.url)), segment)
        except ValueError as error:
            raise PortError(f"{shown(segment.part.url)}: {error}.", retryable=True) from error

    async def _keep(self, part: Part) -> bytes:
        if part not in self._kept:
            self._kept[part] = await self._insist(part, KEPT_BYTES)
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return self._kept[part]

    async def _insist(self, part: Part, most_bytes: int) -> bytes:
        for _ in range(TRIES - 1):
            try:
                return (await self._fetcher.get(part, most_bytes)).body
            except PortError as error:
                pause_s = error.retry_after_s or RETRY_S
                if not error.retryable or pause_s > LONGEST_RETRY_S:
                    raise
                await asyncio.sleep(pause_s)
        return (await self._fetcher.get(part, most_bytes)).body
