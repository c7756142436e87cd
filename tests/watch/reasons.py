"""What adapters can say of a live, a chat or a channel, taken from their source: every sentence there is."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeGuard

import vigie
from vigie.ports import Manifest

SOURCE = Path(vigie.__file__).parent
ADAPTERS = SOURCE / "adapters"
SHOWN = {"LiveProbe", "ChatSource", "MediaSource"}
"""Whoever offers one of these is heard by people who watch."""
TROUBLES = {"PortError", "NotLive", "Refusal"}
ANYTHING = "moka"
"""Stands for what a sentence leaves open: a name, an address, a number."""


def modules() -> list[Path]:
    """Return the modules whose trouble is shown to people who watch: of such adapters, and what those share."""
    found = [*ADAPTERS.glob("*.py"), SOURCE / "runtime/gate.py", SOURCE / "people/keys.py"]
    for folder in ADAPTERS.iterdir():
        if (folder / "__init__.py").exists() and SHOWN & set(_manifest(folder.name).ports):
            found += folder.glob("*.py")
    return sorted(path for path in found if path.name != "__init__.py")


def reasons(module: Path) -> set[str]:
    """Return every sentence of a module that is no docstring, and what its trouble begins with before another's."""
    tree = ast.parse(module.read_text())
    raised = {_text(call.args[0]) for call in ast.walk(tree) if _is_call(call, TROUBLES)}
    heads = {text.removesuffix(f": {ANYTHING}") for text in raised if text.endswith(f": {ANYTHING}")}
    told = {_text(node) for node in _strings(tree)}
    whole = {text for text in told if text.endswith(".") and " " in text}
    whole |= {text for text in raised if not text.endswith(ANYTHING)}
    return {text for text in heads | whole if re.search("[A-Za-z]", text.replace(ANYTHING, ""))}


def _manifest(name: str) -> Manifest:
    manifest = import_module(f"vigie.adapters.{name}").MANIFEST
    assert isinstance(manifest, Manifest)
    return manifest


def _strings(node: ast.AST) -> Iterator[ast.expr]:
    """Yield whole strings, not the parts of which they are made; none that are for programmers."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif not _is_call(node, {"ValueError"}):
        for child in ast.iter_child_nodes(node):
            yield from _strings(child)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_call(node: ast.AST, names: set[str]) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and bool(node.args)
