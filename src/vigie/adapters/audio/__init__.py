"""Lossless storage of sound, by PyAV."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="audio",
    label="FLAC",
    ports=("AudioCodec",),
)
