"""A data folder for each run of the tests: pytest loads this (`-p`) before pytest-django reads the settings."""

import os
from tempfile import TemporaryDirectory

folder = TemporaryDirectory(prefix="vigie-tests-", ignore_cleanup_errors=True)
os.environ["VIGIE_DATA_DIR"] = folder.name
os.environ.setdefault("VIGIE_RECOGNIZER", "none")
os.environ.setdefault("VIGIE_ALLOW_PRIVATE_ADDRESSES", "true")


def pytest_unconfigure() -> None:
    """Remove it, here because the processes of xdist do not end as Python's do."""
    folder.cleanup()
