"""Any live or recording that has an address: pages (streamlink), HLS, FLV, RTMP, SRT (by the program ffmpeg), files."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="web",
    label="Web",
    ports=("MediaSource",),
    extra="web",
    simulator="vigie.simulators.media",
)
