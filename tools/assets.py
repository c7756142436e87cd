"""Makes what is never committed: vendor files for the browser, .mo catalogues, and the compressed static files.

`python -m tools.assets`; a second run with the same input writes the same bytes.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools import ROOT

PACKAGE = ROOT / "src" / "vigie"
NODE_MODULES = ROOT / "node_modules"
VENDOR = PACKAGE / "site" / "static" / "vendor"

COPIED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "wavesurfer.esm.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "wavesurfer-regions.esm.js": "wavesurfer.js/dist/plugins/regions.esm.js",
    "echarts.esm.min.js": "echarts/dist/echarts.esm.min.js",
}
INTER = "@fontsource-variable/inter"
INTER_SUBSETS = ("latin-ext", "latin")
"""French and English need no other; the system's face serves the rest."""

UNUSED = ["htmax-*", "htmx-?.js", "hx-*"]
"""Of django-htmx we serve the minified htmx alone."""

SOURCE_MAP = re.compile(rb"\s*/[/*]# sourceMappingURL=[^\n]*\s*\Z")
FONT_FACE = re.compile(r"/\* (\S+) \*/\n(@font-face \{.*?\n\})", re.DOTALL)


def main() -> None:
    """Make everything; collect last, since it takes what the others made."""
    write_folder(VENDOR, dict(vendor_files(NODE_MODULES)))
    for source in PACKAGE.glob("**/*.po"):
        compile_catalogue(source)
    collect()


def vendor_files(modules: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that pages use, without its source map: we do not ship the maps."""
    for name, source in COPIED.items():
        yield name, SOURCE_MAP.sub(b"\n", (modules / source).read_bytes())
    faces = dict(FONT_FACE.findall((modules / INTER / "wght.css").read_text(encoding="utf-8")))
    kept = [f"inter-{subset}-wght-normal" for subset in INTER_SUBSETS]
    yield "inter.css", "\n".join(faces[name].replace("./files/", "") for name in kept).encode() + b"\n"
    for name in kept:
        yield f"{name}.woff2", (modules / INTER / "files" / f"{name}.woff2").read_bytes()


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Make `folder` hold exactly `files`, touching only what differs."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.iterdir():
        if stale.name not in files:
            stale.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def compile_catalogue(source: Path) -> None:
    """Write the .mo beside a .po in LANGUAGE/LC_MESSAGES/: what msgfmt does, without gettext's programs."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3])  # else Babel writes the plural rule of English
    with source.with_suffix(".mo").open("wb") as binary:
        write_mo(binary, catalogue)


def collect() -> None:
    """Gather every area's static files under hashed names, compressed with gzip and Brotli."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vigie.site.settings"
    os.environ["VIGIE_DEBUG"] = "false"
    with tempfile.TemporaryDirectory(prefix="vigie-assets-") as data_dir:
        os.environ["VIGIE_DATA_DIR"] = data_dir
        import django  # noqa: PLC0415 - reads the settings above
        from django.core.management import call_command  # noqa: PLC0415 - same

        django.setup()
        call_command("collectstatic", interactive=False, clear=True, ignore_patterns=UNUSED, verbosity=0)


if __name__ == "__main__":
    main()
