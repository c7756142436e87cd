"""Tests again, on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

KEPT = ("--reuse-db", "--create-db")
"""The database is made anew and left: threads of the event loop may still be connected when it would be dropped."""


def server_named(variable: str) -> str:
    """Return the address of a server that the tests may use; without one skip, or under CI fail."""
    server = os.environ.get(variable)
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{variable} is not set")
        pytest.skip(f"{variable} is not set")
    return server


def passes_on_postgresql(folder: Path, *modules: str) -> None:
    """Run the tests of a folder, or of some modules, on a PostgreSQL database of its own; fail with what they printed.

    VIGIE_TEST_POSTGRES names the server.
    """
    server = server_named("VIGIE_TEST_POSTGRES")
    paths = [str(folder / module) for module in modules] or [str(folder)]
    database = urlsplit(server)._replace(path=f"/vigie_{'_'.join(folder.parts[-2:])}").geturl()
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not postgres", *KEPT, *paths],
        env=os.environ | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert tests.returncode == 0, tests.stdout
