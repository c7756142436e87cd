"""Speech recognition on this machine: Whisper by faster-whisper and CTranslate2, in a process of its own."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="whisper",
    label="faster-whisper",
    ports=("Recognizer", "ModelHub"),
    extra="whisper",
    simulator="vigie.simulators.hub",
)
