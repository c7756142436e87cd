"""The port LiveProbe: which channels are on air; and, on the same site, ChatSource and MediaSource."""

from vigie.adapters.tiktok.chat import TikTokChat
from vigie.adapters.tiktok.link import STALL_S
from vigie.adapters.tiktok.media import TikTokMedia
from vigie.adapters.tiktok.probe import TikTokProbe
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.adapters.tiktok.site import Site
from vigie.ports import Gate, MediaSource


class TikTok:
    """The three ports of TikTok, sharing one budget. For one event loop; `close` when it ends."""

    def __init__(
        self,
        settings: TikTokSettings,
        gate: Gate,
        web: MediaSource,
        *,
        stall_s: float = STALL_S,
        wants_picture: bool = False,
    ) -> None:
        """Ask through `gate`, let `web` pull the media."""
        self._site = Site(settings, gate)
        self.probe = TikTokProbe(self._site)
        self.chat = TikTokChat(self._site.sign, self.probe.find, stall_s=stall_s)
        self.media = TikTokMedia(self._site, self.probe.find, web, wants_picture=wants_picture)

    async def close(self) -> None:
        """Close the connections that are held open for further requests."""
        await self._site.close()
