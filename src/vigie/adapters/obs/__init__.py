"""The OBS of a streamer, by the protocol obs-websocket 5."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="obs",
    label="OBS",
    ports=("ObsConnector",),
    extra="obs",
    simulator="vigie.simulators.obs",
)
