"""Tests again, on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest


def passes_on_postgresql(folder: Path) -> None:
    """Run the tests of a folder on a PostgreSQL database of its own; fail with what they printed.

    VIGIE_TEST_POSTGRES names the server.
    """
    server = os.environ.get("VIGIE_TEST_POSTGRES")
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail("VIGIE_TEST_POSTGRES is not set")
        pytest.skip("VIGIE_TEST_POSTGRES is not set")
    database = urlsplit(server)._replace(path=f"/vigie_{'_'.join(folder.parts[-2:])}").geturl()
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not postgres", str(folder)],
        env=os.environ | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert tests.returncode == 0, tests.stdout
