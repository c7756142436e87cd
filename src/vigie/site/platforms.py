"""The platforms as `site.bootstrap` wires them: whose settings, whose budget, whose accounts."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings

from vigie import ports
from vigie.events import RoomItem
from vigie.people import keys, scopes
from vigie.ports import Handle, Keys, PortError, Reach, Room, Sighting
from vigie.runtime import registry
from vigie.runtime.gate import SharedGate
from vigie.runtime.limits import Budget

if TYPE_CHECKING:
    from vigie.adapters.tiktok.client import TikTok

TIKTOK, TWITCH = "tiktok", "twitch"
HELIX = Budget(capacity=780.0, per_s=13.0)
"""Twitch allows 800 points a minute to the application, and as many to each account: a little less, for clocks."""
SITE = Budget(capacity=20.0, per_s=1.0)
"""TikTok blocks addresses that ask for twenty accounts every five seconds (tiktok-live-recorder #354)."""
AT_ONCE = 10.0
NOT_CONFIGURED = "Twitch is not set up here: the settings lack VIGIE_TWITCH_CLIENT_ID and VIGIE_TWITCH_CLIENT_SECRET."


@dataclass(frozen=True, slots=True)
class Vendors:
    """Where the platforms are: their own addresses, or those of simulators."""

    tiktok: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `TikTokSettings` that differ."""
    twitch: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `TwitchSettings` that differ."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """What pages of platforms lead to, and where that is asked instead."""
    signs_per_minute: float | None = None


def provide(reach: Reach, vendors: Vendors) -> None:
    """Say who stands behind the ports of each platform. Everything is built on first use."""
    tiktok = cache(partial(_tiktok, reach, vendors))
    registry.provide(ports.LiveProbe, lambda: tiktok().probe, TIKTOK)
    registry.provide(ports.ChatSource, lambda: tiktok().chat, TIKTOK)
    registry.provide(ports.MediaSource, lambda: tiktok().media, TIKTOK)
    twitch = cache(partial(_twitch, vendors))
    registry.provide(ports.LiveProbe, lambda: twitch().probe, TWITCH)
    registry.provide(ports.ChatSource, lambda: twitch().chat, TWITCH)
    registry.provide(ports.MediaSource, partial(_twitch_media, reach, vendors), TWITCH)
    registry.provide(ports.AccountAuthority, lambda: twitch().authority, TWITCH)


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """Use platforms inside the block, on one loop; at its end what they hold open is closed."""
    try:
        yield
    finally:
        while _open:
            await _open.pop().close()


_open: "list[TikTok]" = []


def gate(signs_per_minute: float | None = None) -> SharedGate:
    """Return the gate around every request, with what the settings allow."""
    per_minute = signs_per_minute or settings.OPTIONS.tiktok_sign_per_minute
    signs = Budget(capacity=max(AT_ONCE, per_minute / 4), per_s=per_minute / 60.0)
    return SharedGate({"tiktok.sign": signs, TIKTOK: SITE, TWITCH: HELIX})


def _web(reach: Reach, vendors: Vendors) -> ports.MediaSource:
    from vigie.adapters.web.client import WebMedia  # noqa: PLC0415 -- a vendor, on first use

    return WebMedia(reach, bases=vendors.pages or None)


def _tiktok(reach: Reach, vendors: Vendors) -> "TikTok":
    from vigie.adapters.tiktok.client import TikTok  # noqa: PLC0415 -- a vendor, on first use
    from vigie.adapters.tiktok.settings import SIGN_URL, TikTokSettings  # noqa: PLC0415 -- a vendor, on first use

    options = settings.OPTIONS
    own: dict[str, Any] = {
        "sign_url": options.tiktok_sign_url or SIGN_URL,
        "sign_key": options.tiktok_sign_key,
        "session_id": options.tiktok_session_id,
        "may_share_session": options.tiktok_share_session,
    }
    asked = TikTokSettings(**(own | dict(vendors.tiktok)))
    tiktok = TikTok(asked, gate(vendors.signs_per_minute), _web(reach, vendors), wants_picture=True)
    _open.append(tiktok)
    return tiktok


@dataclass(frozen=True, slots=True)
class Twitch:
    """Twitch's ports that need an application of ours."""

    probe: ports.LiveProbe
    chat: ports.ChatSource
    authority: ports.AccountAuthority | None


def _twitch(vendors: Vendors) -> Twitch:
    from vigie.adapters.twitch.authority import AppKeys, TwitchAuthority  # noqa: PLC0415 -- a vendor, on first use
    from vigie.adapters.twitch.chat import TwitchChat  # noqa: PLC0415 -- a vendor, on first use
    from vigie.adapters.twitch.client import TwitchProbe  # noqa: PLC0415 -- a vendor, on first use
    from vigie.adapters.twitch.settings import TwitchSettings  # noqa: PLC0415 -- a vendor, on first use

    options = settings.OPTIONS
    own: dict[str, Any] = {"client_id": options.twitch_client_id, "client_secret": options.twitch_client_secret}
    asked = TwitchSettings(**(own | dict(vendors.twitch)))
    if not (asked.client_id and asked.client_secret):
        return Twitch(NotSetUp(), NotSetUp(), None)
    through = gate(vendors.signs_per_minute)
    authority = TwitchAuthority(asked, through)
    app = AppKeys(authority)
    return Twitch(TwitchProbe(asked, through, app), TwitchChat(asked, through, app, _keys_of), authority)


def _keys_of(room: Room) -> Keys:
    """Return the keys of the account that reads a chat."""
    return keys.keys_for(TWITCH, room.workspace_id, scopes.READ_CHAT)


def _twitch_media(reach: Reach, vendors: Vendors) -> ports.MediaSource:
    from vigie.adapters.twitch.media import TwitchMedia  # noqa: PLC0415 -- a vendor, on first use

    return TwitchMedia(_web(reach, vendors))


class NotSetUp:
    """Stands for a platform whose settings are missing, and says so."""

    most = 1_000

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Say of each channel why nothing is known."""
        return [Sighting(each.name, ports.Airing.UNKNOWN, NOT_CONFIGURED) for each in channels]

    async def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        """Raise PortError."""
        del room
        raise PortError(NOT_CONFIGURED, permanent=True)
        yield  # what makes it a generator
