"""Recognition of English by pocketsphinx, whose model lies in its wheel: imprecise, for tests and for trying."""

from vigie.ports import ALONE, Manifest

MANIFEST = Manifest(
    key="sphinx",
    label="pocketsphinx",
    ports=("Recognizer",),
    extra="sphinx",
    exempt={"Recognizer": ALONE},
)
