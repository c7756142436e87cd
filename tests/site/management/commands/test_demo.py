"""`vigie demo`: refuses with one line. What it does: tests/journeys/."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def test_demo_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "vigie", "demo"],
            env=os.environ | {"VIGIE_DATA_DIR": str(tmp_path), "VIGIE_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == (
        f"vigie: 127.0.0.1:{port} cannot be used (Address already in use). Set VIGIE_PORT to another port.\n"
    )
