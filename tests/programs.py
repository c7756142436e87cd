"""Programs of the machine that some tests need."""

import os
import shutil

import pytest


def needed(name: str) -> str:
    """Return the path of a program; without it the test is skipped, or fails where CI=true."""
    path = shutil.which(name)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
