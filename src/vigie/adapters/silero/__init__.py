"""Voice activity by Silero VAD v6: the model that lies in the faster-whisper wheel, run by onnxruntime."""

from vigie.ports import ALONE, Manifest

MANIFEST = Manifest(
    key="silero",
    label="Silero VAD",
    ports=("VoiceActivity",),
    extra="whisper",
    exempt={"VoiceActivity": ALONE},
)
