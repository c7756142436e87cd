"""Front-end files and compiled catalogues."""

import gettext
from pathlib import Path

import pytest

from tools.assets import COPIED, compile_catalogue, vendor_files, write_folder
from tools.messages import HEADER

FACE = "/* inter-{name}-wght-normal */\n@font-face {{\n  src: url(./files/inter-{name}-wght-normal.woff2);\n}}\n"
ENTRIES = """\
msgid "Watch"
msgstr "Suivre"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgid "%(n)s live"
msgid_plural "%(n)s lives"
msgstr[0] "%(n)s direct"
msgstr[1] "%(n)s directs"
"""


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A node_modules folder as npm leaves it, as far as it is used."""
    for source in COPIED.values():
        write(tmp_path / source, "code();\n//# sourceMappingURL=x.map\n")
    write(tmp_path / COPIED["tabler.min.css"], "a{}\n/*# sourceMappingURL=tabler.min.css.map */")
    inter = tmp_path / "@fontsource-variable" / "inter"
    names = ("greek", "latin-ext", "latin")
    write(inter / "wght.css", "\n".join(FACE.format(name=name) for name in names))
    for name in names:
        write(inter / "files" / f"inter-{name}-wght-normal.woff2", name)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_vendor_files_are_what_pages_use_without_source_maps(modules: Path) -> None:
    latin = "@font-face {\n  src: url(inter-latin-wght-normal.woff2);\n}\n"
    assert dict(vendor_files(modules)) == {
        "tabler.min.css": b"a{}\n",
        "wavesurfer.esm.js": b"code();\n",
        "wavesurfer-regions.esm.js": b"code();\n",
        "echarts.esm.min.js": b"code();\n",
        "inter.css": (latin.replace("latin", "latin-ext") + latin).encode(),
        "inter-latin-ext-wght-normal.woff2": b"latin-ext",
        "inter-latin-wght-normal.woff2": b"latin",
    }


def test_write_folder_removes_what_is_stale_and_leaves_what_is_right(tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    write_folder(folder, {"same.js": b"1", "changed.js": b"1", "stale.js": b"1"})
    untouched = (folder / "same.js").stat().st_mtime_ns
    write_folder(folder, {"same.js": b"1", "changed.js": b"2", "new.js": b"3"})
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found == {"same.js": b"1", "changed.js": b"2", "new.js": b"3"}
    assert (folder / "same.js").stat().st_mtime_ns == untouched


def test_compile_catalogue_is_read_by_gettext(tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    write(source, HEADER + ENTRIES)
    compile_catalogue(source)
    with source.with_suffix(".mo").open("rb") as binary:
        french = gettext.GNUTranslations(binary)
    assert french.gettext("Watch") == "Suivre"
    assert french.pgettext("month", "May") == "Mai"
    assert [french.ngettext("%(n)s live", "%(n)s lives", n) for n in (0, 1, 2)] == [
        "%(n)s direct",
        "%(n)s direct",
        "%(n)s directs",
    ]
