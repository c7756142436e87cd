"""run.py: its usage, and when it sets up what. What it installs is tested by running it on a bare machine (.ci/run)."""

import subprocess
import sys
from pathlib import Path

import pytest

import run
from tools import ROOT


def script(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("--json",), ("nothing", "--help")])
def test_script_refuses_what_is_no_task(arguments: tuple[str, ...]) -> None:
    done = script(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python3 run.py TASK [ARGUMENTS]\n")


@pytest.mark.parametrize("argument", ["help", "--help", "-h"])
def test_script_lists_its_tasks(argument: str) -> None:
    done = script(argument)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == list(run.TASKS)


def test_script_needs_nothing_but_the_standard_library() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "run.py"), "help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the stamps of this test."""
    monkeypatch.setattr(run, "TOOLS", tmp_path / ".tools")
    return tmp_path


def test_once_installs_again_only_for_another_input(stamps: Path) -> None:
    made, runs = stamps / "made", []
    made.touch()
    for wanted in ("a", "a", "b", "b", "a"):
        run.once("the thing", wanted, made, lambda: runs.append(1))
    assert len(runs) == 3


def test_once_installs_again_what_is_gone(stamps: Path) -> None:
    made, runs = stamps / "made", []
    for _ in range(2):
        run.once("the thing", "a", made, lambda: runs.append(1))
    assert len(runs) == 2


def test_once_does_not_believe_a_failed_installation(stamps: Path) -> None:
    made = stamps / "made"
    made.touch()

    def fails() -> None:
        raise run.SetupError

    for _ in range(2):
        with pytest.raises(run.SetupError):
            run.once("the thing", "a", made, fails)


def test_must_says_what_could_not_be_run() -> None:
    with pytest.raises(run.SetupError, match=r"^`no-such-program --quiet` could not be run: No such file or directory"):
        run.must(["no-such-program", "--quiet"], {"PATH": "/usr/bin"})


def test_must_says_what_failed() -> None:
    with pytest.raises(run.SetupError, match=r"ended with status 3; what it printed above says why\.$"):
        run.must([sys.executable, "-c", "raise SystemExit(3)"], {})


def test_sources_are_what_the_assets_are_made_from() -> None:
    names = {str(path.relative_to(ROOT)) for path in run.sources()}
    assert {"package-lock.json", "uv.lock", "tools/assets.py", "src/vigie/site/static/vigie/vigie.css"} <= names
    assert [name for name in names if "vendor" in name or name.endswith(".mo")] == []


def test_digest_changes_with_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    two.write_text("x")
    before = run.digest([one])
    assert run.digest([one]) == before != run.digest([two])
    one.write_text("y")
    assert run.digest([one]) != before
