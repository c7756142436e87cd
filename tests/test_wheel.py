"""The wheel holds everything a page needs, and runs where only it is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools import ROOT

NEEDED = (
    "vigie/py.typed",
    "vigie/site/static/vendor/tabler.min.css",
    "vigie/site/static/vigie/vigie.css",
    "vigie/site/staticfiles/staticfiles.json",
    "vigie/site/locale/fr/LC_MESSAGES/django.mo",
    "vigie/site/templates/base.html",
)


def uv(*arguments: str) -> None:
    """Run uv without network; it has what it needs since it made .venv."""
    program = shutil.which("uv") or shutil.which("uv", path=ROOT / ".tools" / "uv" / "bin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("uv is missing: run the tests with `python3 run.py test`")
        pytest.skip("uv is missing: run the tests with `python3 run.py test`")
    done = subprocess.run([program, *arguments, "--offline"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `python3 run.py wheel` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--quiet", "--out-dir", str(folder))
    return next(folder.glob("*.whl"))


def test_wheel_holds_what_pages_need_and_nothing_else(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert [name for name in NEEDED if name not in names] == []
    assert {name.split("/")[0] for name in names} == {"vigie", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}
    assert [name for name in names if name.endswith("/licenses/LICENSE")] != []


def test_wheel_runs_alone(wheel: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "lib")
    uv("pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", target, str(wheel))
    environment = os.environ | {"PYTHONPATH": target, "VIGIE_DATA_DIR": str(tmp_path / "data")}

    def printed(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert printed("-c", "from vigie.site import settings; print(settings.PACKAGE)") == f"{target}/vigie"
    assert printed("-m", "vigie", "check") == "System check identified no issues (0 silenced)."
