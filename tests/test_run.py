"""run.py: its usage, and when it sets up what. What it installs is tested by running it on a bare machine (.ci/run)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

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


# ── without pip ────────────────────────────────────────────────────────────────────────────────────────────────────


def wheel(file: str) -> bytes:
    """Return a wheel of uv that tells its own name."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("uv/__init__.py", "")
        archive.writestr("uv-0.13.8.data/scripts/uv", f"#!/bin/sh\necho {file}\n")
    return content.getvalue()


FILES = [
    f"uv-{version}-py3-none-{system}_{machine}.whl"
    for version in ("0.13.7", "0.13.8")
    for system in ("musllinux_1_1", "manylinux_2_17", "macosx_11_0", "win")
    for machine in ("x86_64", "aarch64", "arm64", "amd64")
]


class Index(ThreadingHTTPServer):
    """An index of packages that asks for a password; its wheels may have another checksum than it says."""

    def __init__(self, *, is_damaged: bool = False) -> None:
        self.is_damaged = is_damaged
        super().__init__(("127.0.0.1", 0), Shelf)

    @property
    def url(self) -> str:
        return f"http://me:p%40ss@127.0.0.1:{self.server_port}/simple/"


class Shelf(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        is_known = self.headers["Authorization"] == "Basic bWU6cEBzcw=="
        body = wheel(name) if name else "".join(map(self._link, FILES)).encode()
        self.send_response(200 if is_known else 401)
        self.end_headers()
        self.wfile.write(body)

    def _link(self, file: str) -> str:
        checksum = sha256(wheel(file)).hexdigest()
        return (
            f'<a href="../../files/{file}#sha256={checksum[::-1] if self.server.is_damaged else checksum}">{file}</a>'
        )

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(index: Index) -> Iterator[Index]:
    thread = Thread(target=index.serve_forever)
    thread.start()
    yield index
    index.shutdown()
    thread.join()
    index.server_close()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with serving(Index()) as found:
        monkeypatch.setenv("PIP_INDEX_URL", found.url)
        yield found


def test_without_pip_the_wheel_of_this_machine_comes_from_the_index(index: Index, tmp_path: Path) -> None:
    run.unpack(run.download("uv==0.13.8"), tmp_path)

    told = subprocess.run([tmp_path / "bin" / "uv"], capture_output=True, text=True, check=True).stdout.strip()
    assert told in FILES
    assert told.startswith("uv-0.13.8-")
    assert run.suits(told)


def test_without_pip_a_password_that_is_missing_is_told_without_the_one_that_is_not(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("p%40ss", "secret"))

    with pytest.raises(run.SetupError, match="cannot be fetched: HTTP Error 401") as caught:
        run.download("uv==0.13.8")

    assert "secret" not in str(caught.value)


def test_without_pip_what_is_not_there_is_told(index: Index) -> None:
    with pytest.raises(run.SetupError, match=r"/simple/uv/ has no uv==9 for "):
        run.download("uv==9")


def test_without_pip_a_damaged_wheel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Index(is_damaged=True)) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)

        with pytest.raises(run.SetupError, match="came damaged"):
            run.download("uv==0.13.8")


def test_the_index_is_the_one_that_pip_would_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text("[global]\nindex-url = https://mirror.example/simple\n")

    assert run.configured("index-url", "") == "https://mirror.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")
    assert run.configured("index-url", "") == "https://other.example/simple"
