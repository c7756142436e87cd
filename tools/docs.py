"""Tables of the documentation that are made from the code, as an mkdocs hook: `<!-- table: settings -->`."""

import importlib
import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import django
from pydantic import SecretStr
from pydantic.fields import FieldInfo

import vigie.adapters
from vigie.people.roles import PERMISSIONS
from vigie.ports import Clause, Manifest
from vigie.site.options import Options

BELOW = "/api/v1/w/{workspace}/"
MARK = re.compile(r"<!-- table: (\w+) -->")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the tables where a page asks for them. mkdocs calls this for every page."""
    return MARK.sub(lambda mark: TABLES[mark[1]](), markdown)


def settings() -> str:
    """Return what an operator may set, in the order of `vigie.site.options`."""
    rows = (_setting(name, field) for name, field in Options.model_fields.items())
    return table(("Variable", "Default", "What it does"), rows)


def roles() -> str:
    """Return what each role may do when a workspace begins."""
    permissions = list(dict.fromkeys(permission for held in PERMISSIONS.values() for permission in sorted(held)))
    head = ("Permission", *(role.replace("_", " ") for role in PERMISSIONS))
    return table(
        head, ([f"`{p}`", *("yes" if p in held else "" for held in PERMISSIONS.values())] for p in permissions)
    )


def adapters() -> str:
    """Return what meets the outside world, from the manifests; no vendor library is imported."""
    rows = (
        (
            manifest.label,
            f"`{manifest.key}`",
            _code(manifest.ports),
            _extra(manifest),
            _code([manifest.simulator or ""]),
        )
        for manifest in manifests()
    )
    return table(("Adapter", "Key", "Ports", "Extra", "Simulator"), rows)


def contract() -> str:
    """Return what each port of each adapter is held to, and why not to everything."""
    reasons = list(dict.fromkeys(why for it in manifests() for port in it.exempt.values() for why in port.values()))
    rows = (
        (manifest.label, port, *(_held(manifest.exempt.get(port, {}).get(clause), reasons) for clause in Clause))
        for manifest in manifests()
        for port in manifest.ports
    )
    head = ("Adapter", "Port", *(clause.name.lower() for clause in Clause))
    legend = (f"{clause.name.lower()}\n:   {clause.value}" for clause in Clause)
    notes = "\n".join(f"{number}. {why}" for number, why in enumerate(reasons, start=1))
    return "\n\n".join([table(head, rows), notes, *legend])


def api() -> str:
    """Return what can be asked of the API, from its OpenAPI document; paths are below that of a workspace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.site.settings")
    django.setup()
    paths = importlib.import_module("vigie.site.api").paths()
    rows = (
        (
            f"`{path.method} {path.path.removeprefix(BELOW)}`",
            f"**{path.summary}.** {path.note}" + (f" Query: {_code(path.asked)}." if path.asked else ""),
            _code(path.scopes),
        )
        for path in paths
    )
    return table(("Path", "What it does", "Needs"), rows)


def manifests() -> Iterator[Manifest]:
    """Yield the manifest of every adapter folder, by name."""
    for folder in pkgutil.iter_modules(vigie.adapters.__path__, "vigie.adapters."):
        module = importlib.import_module(folder.name)
        if isinstance(manifest := getattr(module, "MANIFEST", None), Manifest):
            yield manifest


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def _setting(name: str, field: FieldInfo) -> tuple[str, str, str]:
    variable = str(field.validation_alias or f"VIGIE_{name.upper()}")
    return f"`{variable}`", _code([_default(field.default)]), field.description or ""


def _default(value: object) -> str:
    if value is None or isinstance(value, SecretStr):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).replace(str(Path.home()), "~")


def _extra(manifest: Manifest) -> str:
    return f"`vigie[{manifest.extra}]`" if manifest.extra else ""


def _held(reason: str | None, reasons: Sequence[str]) -> str:
    return f"({reasons.index(reason) + 1})" if reason else "✓"


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words if word)


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "roles": roles,
    "adapters": adapters,
    "contract": contract,
    "api": api,
}
