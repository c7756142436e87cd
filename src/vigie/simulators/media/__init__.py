"""A server that plays media files as lives: paced HLS with captions, HTTP-FLV, plain files, and faults on demand."""

from vigie.simulators.media.clock import HandClock, RunningClock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.script import Live, Script, demo_script, read_script
from vigie.simulators.media.server import MediaServer

__all__ = [
    "Fault",
    "HandClock",
    "Kind",
    "Live",
    "MediaServer",
    "Resource",
    "RunningClock",
    "Script",
    "demo_script",
    "read_script",
]
