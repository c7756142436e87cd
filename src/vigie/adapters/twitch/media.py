"""The port MediaSource: the media of a channel, found by streamlink behind the page of the channel."""

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

from vigie.adapters.twitch.parse import is_login
from vigie.events import MediaItem
from vigie.ports import MediaLocation, MediaSource, PortError, Room

PAGE = "https://www.twitch.tv/"
HOSTS = {"twitch.tv", "www.twitch.tv", "m.twitch.tv"}


class TwitchMedia:
    """Finds and pulls the media of a channel."""

    def __init__(self, web: MediaSource) -> None:
        """Let `web` read the page, and pull what it shows."""
        self._web = web

    async def resolve(self, source: str, room: Room | None = None, *, with_packets: bool = False) -> MediaLocation:
        """Return where the media of a channel is: a login, an @name, or a page. Raises PortError, NotLive."""
        del room  # a page plays by login alone; one that was left is nobody's for months
        return await self._web.resolve(PAGE + login_of(source), with_packets=with_packets)

    def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator[MediaItem, None]:
        """Yield what `vigie.ports.MediaSource.stream` promises."""
        return self._web.stream(location, from_pts_s=from_pts_s, was_live=was_live)


def login_of(source: str) -> str:
    """Return the login that a login, an @name or a page stands for. Raises PortError, permanent."""
    name = source.strip().removeprefix("@")
    try:
        parts = urlsplit(name)
    except ValueError:
        parts = urlsplit("")
    if parts.hostname in HOSTS:
        name = parts.path.strip("/")
    if not is_login(name.lower()):
        raise PortError(f"{source}: no channel of Twitch.", permanent=True)
    return name.lower()
