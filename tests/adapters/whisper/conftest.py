import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def micro_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper model with random weights and one layer: it says noise, in the way of the real ones."""
    script = Path(__file__).resolve().parents[4] / "shared" / "data" / "whisper" / "make_whisper.py"
    if not script.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{script} is missing")
        pytest.skip("the data folder beside the checkout is missing")
    folder = tmp_path_factory.mktemp("models") / "micro"
    subprocess.run([sys.executable, script, "micro", folder], check=True, capture_output=True)
    return folder
