"""The shape of the code: what STYLE asks of sizes, names and tests, and no linter checks. `python -m tools.shape`.

Lines of code are lines that are neither blank nor comment; a function's docstring does not count.
"""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles

from tools import ROOT

FUNCTION_LINES = 40
FILE_LINES = 400
TEST_RATIO = 1.3
"""Where the code bases we learn from begin (up to 2.5): printed beside ours, a direction and not a gate."""

DECLARATIVE = frozenset({"__init__", "__main__", "admin", "apps", "asgi", "models", "settings", "storage", "urls"})
"""Modules that only declare: what uses them tests them. Every other module that has a function has a test module."""
FORBIDDEN_NAMES = frozenset({"common", "data", "helpers", "manager", "misc", "util", "utils"})
FORBIDDEN_PREFIXES = ("handle_", "process_")
NAMED_BY_LIBRARIES = frozenset({"handle_async_request"})  # httpx
AREAS = frozenset({"clips", "governance", "moderation", "notifications", "people", "risk", "rules", "speech", "watch"})
AREA_MODULES = DECLARATIVE | frozenset(
    {"actions", "api", "consumers", "forms", "operations", "permissions", "queries", "receivers", "tasks", "views"}
)
"""The names every area uses for what touches the database or the browser. Any other module of an area is pure, and in
the import contract `pure` of pyproject.toml, or is listed there in `[tool.vigie] impure`."""
MOCKS = frozenset({"mock", "unittest.mock", "pytest_mock"})
NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?(?P<reason>.*)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A Python file of the project."""

    path: Path
    """Relative to the root."""
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def functions(self) -> list[Function]:
        """Every function, methods and inner ones included."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comment of each line that has one."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    @cached_property
    def code(self) -> list[int]:
        """The numbers of the lines that are neither blank nor comment."""
        lines = enumerate(self.text.splitlines(), start=1)
        return [number for number, line in lines if line.strip() and not line.lstrip().startswith("#")]

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the tests."""
        return self.path.parts[0] == "tests"


def main() -> int:
    """Print what is out of shape and return 1, or print the figures and return 0."""
    sources = list(read(ROOT))
    try:
        wrong = problems(sources, placed(ROOT / "pyproject.toml"))
    except SyntaxError as error:
        wrong = [f"{error.filename}:{error.lineno}: {error.msg}"]
    print("\n".join(wrong or figures(sources)))
    return int(bool(wrong))


def read(root: Path) -> Iterator[Source]:
    """Yield the project's Python files, migrations left out."""
    for folder in ("src", "tests", "tools", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield Source(path.relative_to(root), path.read_text(encoding="utf-8"))


def placed(pyproject: Path) -> frozenset[str]:
    """Return the modules whose purity is settled: those of the contract, and those named as impure."""
    tool = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]
    pure = (
        contract["source_modules"] for contract in tool["importlinter"]["contracts"] if contract.get("id") == "pure"
    )
    return frozenset(next(pure)) | frozenset(tool["vigie"]["impure"])


def problems(sources: Sequence[Source], settled: frozenset[str]) -> list[str]:
    """Return everything that is out of shape, one line each; `settled` is what `placed` returns."""
    found = [f"{source.path}:{problem}" for source in sources for check in CHECKS for problem in check(source)]
    found += [f"{path}: has no test module {test}" for path, test in untested(sources)]
    found += [f"{module}: is it pure? List it in pyproject.toml" for module in unplaced(sources, settled)]
    return found


def long_functions(source: Source) -> Iterator[str]:
    """Yield the functions that no longer fit an eye."""
    for function in source.functions:
        lines = length(source, function)
        if lines > FUNCTION_LINES:
            yield f"{function.lineno}: {function.name} has {lines} lines; at most {FUNCTION_LINES}"


def long_files(source: Source) -> Iterator[str]:
    """Yield a file that should be a package."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield f"1: has {lines} lines; at most {FILE_LINES}"


def vague_names(source: Source) -> Iterator[str]:
    """Yield names that do not say what is there."""
    if source.path.stem in FORBIDDEN_NAMES:
        yield f"1: {source.path.stem} says nothing of what is in it"
    for function in source.functions:
        if function.name.startswith(FORBIDDEN_PREFIXES) and function.name not in NAMED_BY_LIBRARIES:
            yield f"{function.lineno}: {function.name} says nothing of what it does"


def mocks(source: Source) -> Iterator[str]:
    """Yield imports of mocks: use a fake of the port, or a simulator."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = {module.rstrip("."), *(module + alias.name for alias in node.names)}
            if names & MOCKS:
                yield f"{node.lineno}: imports a mock"


def silent_exemptions(source: Source) -> Iterator[str]:
    """Yield each noqa that names no rule or gives no reason: `# noqa: S603 - a fixed command`."""
    for line, comment in source.comments.items():
        noqa = NOQA.search(comment)
        if noqa and not (noqa["codes"] and re.search(r"\w{3}", noqa["reason"])):
            yield f"{line}: noqa needs a rule and a reason"


def unfinished(source: Source) -> Iterator[str]:
    """Yield what was left for later (ruff's FIX finds the comments)."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield f"{node.lineno}: NotImplementedError: build it, or leave it out"


CHECKS: tuple[Callable[[Source], Iterator[str]], ...] = (
    long_functions,
    long_files,
    vague_names,
    mocks,
    silent_exemptions,
    unfinished,
)


def untested(sources: Sequence[Source]) -> Iterator[tuple[Path, Path]]:
    """Yield the modules with code that have no test module, and where it belongs.

    A package that was one of an area's files (`people/operations/`) may also be tested as a whole.
    """
    there = {source.path for source in sources if source.is_test}
    for source in sources:
        if source.path.parts[0] in {"src", "tools"} and source.path.stem not in DECLARATIVE and has_code(source):
            test = mirror(source.path)
            if test not in there and not (
                source.path.parent.name in AREA_MODULES and mirror(source.path.parent) in there
            ):
                yield source.path, test


def unplaced(sources: Sequence[Source], settled: frozenset[str]) -> Iterator[str]:
    """Yield the modules of the areas of which nobody said whether they are pure."""
    for source in sources:
        parts = source.path.with_suffix("").parts[1:]
        inside = len(parts) > 2 and parts[1] in AREAS and parts[2] not in {"management", "templatetags"}
        if source.path.parts[0] == "src" and inside and parts[-1] not in AREA_MODULES and parts[2] not in AREA_MODULES:
            module = ".".join(parts)
            if not any(module == name or module.startswith(f"{name}.") for name in settled):
                yield module


def mirror(path: Path) -> Path:
    """Return the test module of a module: src/vigie/watch/timeline.py -> tests/watch/test_timeline.py."""
    inside = path.parts[2:] if path.parts[0] == "src" else path.parts
    return Path("tests", *inside[:-1], f"test_{path.stem}.py")


def has_code(source: Source) -> bool:
    """Return whether a function does something: Protocols, values and constants need no test of their own."""
    return any(not _is_ellipsis(statement) for function in source.functions for statement in body(function))


def body(function: Function) -> list[ast.stmt]:
    """Return the statements of a function, without its docstring."""
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def length(source: Source, function: Function) -> int:
    """Return the lines of code of a function, its signature included."""
    first = function.body[0]
    docstring = range(0) if body(function) is function.body else _lines(first)
    return sum(number in _lines(function) and number not in docstring for number in source.code)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_ellipsis(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def ratio(sources: Sequence[Source]) -> float:
    """Return the lines of test a line of code of the package."""
    tests = sum(len(source.code) for source in sources if source.is_test)
    package = sum(len(source.code) for source in sources if source.path.parts[0] == "src")
    return tests / package if package else float("inf")


def figures(sources: Sequence[Source]) -> list[str]:
    """Return what STYLE measures the best by."""
    package = [source for source in sources if source.path.parts[0] == "src"]
    tests = [source for source in sources if source.is_test]
    lines = sum(len(source.code) for source in package)
    comments = 100 * sum(len(source.comments) for source in package) / lines
    patching = sum("monkeypatch.setattr" in source.text for source in tests)
    return [
        _spread("functions", [length(source, function) for source in package for function in source.functions]),
        _spread("files", [len(source.code) for source in package if source.code]),
        _spread("test functions", [length(source, function) for source in tests for function in source.functions]),
        f"{'tests':<15} {ratio(sources):.2f} lines a line of code (aim: {TEST_RATIO}), {lines} lines of code",
        f"{'mocks':<15} none; attributes patched in {patching} of {len(tests)} test files",
        f"{'comments':<15} {comments:.1f} a hundred lines",
    ]


def _spread(what: str, values: list[int]) -> str:
    ninth = quantiles(values, n=10, method="inclusive")[-1]
    return (
        f"{what:<15} {len(values)}: median {median(values):.0f}, 90 % within {ninth:.0f}, longest {max(values)} lines"
    )


if __name__ == "__main__":
    sys.exit(main())
