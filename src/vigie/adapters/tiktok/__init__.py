"""TikTok LIVE: who is on air, the room's messages, and where the stream is."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="tiktok",
    label="TikTok",
    ports=("LiveProbe", "ChatSource", "MediaSource"),
    extra="tiktok",
    simulator="vigie.simulators.tiktok",
)
