"""Video files: packets into MP4, and what a file is, by PyAV."""

from vigie.ports import ALONE, Manifest

MANIFEST = Manifest(
    key="mp4",
    label="MP4",
    ports=("VideoFiles",),
    exempt={"VideoFiles": ALONE},
)
