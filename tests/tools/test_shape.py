"""The shape check, on small made-up projects."""

from pathlib import Path

import pytest

from tools.shape import Source, figures, mirror, placed, problems, ratio, read, unplaced, untested

SETTLED = frozenset({"vigie.watch.timeline"})


def source(path: str, text: str) -> Source:
    return Source(Path(path), text)


def with_tests(text: str) -> list[Source]:
    """A module with that text, and enough tests."""
    return [source("src/vigie/x.py", text), source("tests/test_x.py", "assert True\n" * 400)]


def lines(count: int, indent: str = "    ") -> str:
    return f"{indent}x = 1\n" * count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def f():\n" + lines(39), [], id="function of 40 lines"),
        pytest.param("def f():\n" + lines(40), ["1: f has 41 lines; at most 40"], id="function of 41 lines"),
        pytest.param('def f():\n    """Say.\n\n    More.\n    """\n' + lines(39), [], id="a docstring does not count"),
        pytest.param("def f():\n    # why\n\n" + lines(39), [], id="comments and blanks do not count"),
        pytest.param("class A:\n    async def f(self):\n" + lines(40, "        "), ["2: f has 41 lines; at most 40"]),
        pytest.param("x = 1\n" * 200 + "\n" * 201, ["1: has 401 lines; at most 400"], id="file of 401 lines"),
        pytest.param("def handle_click(): pass", ["1: handle_click says nothing of what it does"]),
        pytest.param("class Command:\n    def handle(self): pass", [], id="Django's own name"),
        pytest.param("import unittest.mock", ["1: imports a mock"]),
        pytest.param("from unittest import mock", ["1: imports a mock"]),
        pytest.param("from unittest.mock import Mock", ["1: imports a mock"]),
        pytest.param("from unittest import TestCase", []),
        pytest.param("x = 1  # noqa", ["1: noqa needs a rule and a reason"]),
        pytest.param("x = 1  # noqa: S603", ["1: noqa needs a rule and a reason"]),
        pytest.param("x = 1  # noqa: S603, S607 - a fixed command", []),
        pytest.param("x = '# noqa'", [], id="in a string"),
        pytest.param("def f():\n    raise NotImplementedError", ["2: NotImplementedError: build it, or leave it out"]),
    ],
)
def test_problems_of_one_file(text: str, expected: list[str]) -> None:
    assert problems(with_tests(text), SETTLED) == [f"src/vigie/x.py:{problem}" for problem in expected]


def test_problems_names_a_vague_module() -> None:
    sources = [source("src/vigie/utils.py", "x = 1"), source("tests/test_x.py", "y = 1\nz = 1")]
    assert problems(sources, SETTLED) == ["src/vigie/utils.py:1: utils says nothing of what is in it"]


@pytest.mark.parametrize(
    ("module", "test"),
    [
        ("src/vigie/watch/timeline.py", "tests/watch/test_timeline.py"),
        ("src/vigie/errors.py", "tests/test_errors.py"),
        ("src/vigie/site/management/commands/up.py", "tests/site/management/commands/test_up.py"),
        ("tools/shape.py", "tests/tools/test_shape.py"),
    ],
)
def test_mirror_of_a_module(module: str, test: str) -> None:
    assert mirror(Path(module)) == Path(test)


@pytest.mark.parametrize(
    ("path", "text", "needs_test"),
    [
        ("src/vigie/watch/timeline.py", "def f():\n    return 1", True),
        ("src/vigie/watch/timeline.py", "X = 1", False),
        ("src/vigie/ports/media.py", 'class P:\n    def f(self):\n        """Say."""\n        ...', False),
        (
            "src/vigie/errors.py",
            'class E:\n    def __init__(self):\n        """Say."""\n        super().__init__()',
            True,
        ),
        ("src/vigie/watch/models.py", "def f():\n    return 1", False),
    ],
)
def test_untested_asks_for_a_test_where_something_is_done(path: str, text: str, *, needs_test: bool) -> None:
    module = source(path, text)
    assert list(untested([module])) == ([(module.path, mirror(module.path))] if needs_test else [])
    assert list(untested([module, source(str(mirror(module.path)), "")])) == []


def test_untested_lets_a_package_be_tested_as_a_whole() -> None:
    operations = source("src/vigie/people/operations/members.py", "def f():\n    return 1")
    timeline = source("src/vigie/watch/timeline/clock.py", "def f():\n    return 1")
    tests = [source("tests/people/test_operations.py", ""), source("tests/watch/test_timeline.py", "")]
    assert [str(path) for path, _ in untested([operations, timeline, *tests])] == ["src/vigie/watch/timeline/clock.py"]


@pytest.mark.parametrize(
    ("path", "is_unplaced"),
    [
        ("src/vigie/watch/timeline.py", False),
        ("src/vigie/watch/timeline/clock.py", False),
        ("src/vigie/watch/pace.py", True),
        ("src/vigie/watch/models.py", False),
        ("src/vigie/watch/models/live.py", False),
        ("src/vigie/watch/management/commands/watch.py", False),
        ("src/vigie/runtime/limits.py", False),
        ("tests/watch/test_pace.py", False),
    ],
)
def test_unplaced_finds_modules_of_areas_that_are_in_no_list(path: str, *, is_unplaced: bool) -> None:
    found = list(unplaced([source(path, "")], SETTLED))
    assert found == (["vigie.watch.pace"] if is_unplaced else [])


def test_placed_reads_the_contract_and_the_exceptions(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.vigie]\nimpure = ["b"]\n'
        '[[tool.importlinter.contracts]]\nid = "other"\nsource_modules = ["c"]\n'
        '[[tool.importlinter.contracts]]\nid = "pure"\nsource_modules = ["a"]\n'
    )
    assert placed(tmp_path / "pyproject.toml") == {"a", "b"}


def test_read_leaves_migrations_out(tmp_path: Path) -> None:
    for name in ("src/vigie/watch/models.py", "src/vigie/watch/migrations/0001_initial.py", "tests/test_x.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    assert [str(found.path) for found in read(tmp_path)] == ["src/vigie/watch/models.py", "tests/test_x.py"]


def test_ratio_without_code_is_not_a_problem() -> None:
    assert ratio([source("tests/test_x.py", "x = 1")]) == float("inf")


def test_figures_of_a_project() -> None:
    sources = [
        source(
            "src/vigie/x.py", "# why\ndef f():\n    return 1\n\n\ndef g():\n    x = 1\n    y = 2\n    return x + y\n"
        ),
        source("src/vigie/y.py", "x = 1\ny = 2\n"),
        source(
            "tests/test_x.py",
            "def test_f():\n    assert 1\ndef test_g(monkeypatch):\n    monkeypatch.setattr(x, 'y', 1)\n",
        ),
    ]
    assert figures(sources) == [
        "functions       2: median 3, 90 % within 4, longest 4 lines",
        "files           2: median 4, 90 % within 6, longest 6 lines",
        "test functions  2: median 2, 90 % within 2, longest 2 lines",
        "tests           0.50 lines a line of code (aim: 1.3), 8 lines of code",
        "mocks           none; attributes patched in 1 of 1 test files",
        "comments        12.5 a hundred lines",
    ]
