import signal
import subprocess
import sys

import httpx
import pytest

from vigie.simulators.twitch import TwitchServer
from vigie.simulators.twitch.__main__ import main


def test_the_command_plays_two_channels_until_it_is_stopped(client: httpx.Client) -> None:
    command = [sys.executable, "-m", "vigie.simulators.twitch", "--port", "0", "--media", "http://127.0.0.1:9/fr.m3u8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address, client_id, _ = running.stdout.readline().split()
        state = client.get(f"{address}control").json()
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=10)

    on_air = {login for login, channel in state["channels"].items() if channel["live"]}
    assert (on_air, running.returncode) == ({"nina_cuisine", "oliver_builds"}, 0)
    assert client_id


def test_a_port_that_is_taken_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with TwitchServer() as server:
        assert main(["--port", str(server.address[1])]) == 1

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_a_crowd_that_cannot_be_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--pace", "0"]) == 1
    assert "pace" in capsys.readouterr().err
