"""A server that plays OBS: obs-websocket 5 in both encodings, replays that are real files, and faults on demand."""

from vigie.simulators.obs.faults import Fault, Kind
from vigie.simulators.obs.requests import Asked
from vigie.simulators.obs.server import ObsServer
from vigie.simulators.obs.settings import Settings

__all__ = ["Asked", "Fault", "Kind", "ObsServer", "Settings"]
