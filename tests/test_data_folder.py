"""The data folder of a run of the tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_of_the_tests_leaves_no_folder(tmp_path: Path, processes: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--numprocesses={processes}", "tests/test_errors.py"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert list(tmp_path.glob("vigie-*")) == []
