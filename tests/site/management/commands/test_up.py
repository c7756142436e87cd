"""`vigie up`: refuses with one line. What it does: tests/journeys/."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def test_up_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "vigie", "up"],
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


def test_up_says_what_is_missing_to_hear(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"VIGIE_DATA_DIR": str(tmp_path), "VIGIE_PORT": str(port), "VIGIE_RECOGNIZER": ""}
    command = [sys.executable, "-m", "vigie", "up"]
    with subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        told = next((line for line in program.stderr if "speech.nothing_heard" in line), "")
        program.terminate()

    assert "No speech model is installed: vigie models get base" in told
