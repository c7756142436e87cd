"""Lossless storage of sound, by PyAV."""

from vigie.ports import ALONE, Manifest

MANIFEST = Manifest(
    key="audio",
    label="FLAC",
    ports=("AudioCodec",),
    exempt={"AudioCodec": ALONE},
)
