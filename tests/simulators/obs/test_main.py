import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulators.obs.clients import identified
from vigie.simulators.obs import ObsServer
from vigie.simulators.obs.__main__ import main


async def record_directory(host: str, port: int, password: str) -> object:
    async with identified((host, port), password) as talk:
        return (await talk.ask("GetRecordDirectory"))["responseData"]["recordDirectory"]


def test_the_command_plays_until_it_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vigie.simulators.obs", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address, password = running.stdout.readline().split()
        host, _, port = address.partition(":")
        told = asyncio.run(record_directory(host, int(port), password))
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=10)

    assert (told, running.returncode) == (str(tmp_path), 0)


def test_a_port_that_is_taken_is_told_in_one_line(
    server: ObsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--port", str(server.address[1])]) == 1

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_a_folder_that_is_missing_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 1

    assert capsys.readouterr().err == f"OBS simulator: {tmp_path / 'none'}: no such folder\n"
