"""Twitch by its documented interfaces: Helix, OAuth 2.0 and EventSub; its media by streamlink."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="twitch",
    label="Twitch",
    ports=("LiveProbe", "ChatSource", "MediaSource", "AccountAuthority"),
    extra="twitch",
    simulator="vigie.simulators.twitch",
)
