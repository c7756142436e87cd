"""A data folder for each run of the tests: pytest loads this (`-p`) before pytest-django reads the settings."""

import os
import tempfile

os.environ["VIGIE_DATA_DIR"] = tempfile.mkdtemp(prefix="vigie-tests-")
os.environ.setdefault("VIGIE_RECOGNIZER", "none")
os.environ.setdefault("VIGIE_ALLOW_PRIVATE_ADDRESSES", "true")
