import signal
import socket
import subprocess
import sys

import httpx
import pytest

from vigie.simulators.tiktok.__main__ import main


def test_the_command_plays_lives_until_it_is_stopped() -> None:
    command = [sys.executable, "-m", "vigie.simulators.tiktok", "--port", "0", "--lives", "2", "--rate", "5"]
    with subprocess.Popen([*command, "--media", "http://m/{handle}"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        state = httpx.get(f"{address}control", timeout=5).json()
        room = {"room_id": state["live1"]["room_id"]}
        info = httpx.get(f"{address}webcast/room/info/", params=room, timeout=5).json()["data"]
        running.send_signal(signal.SIGTERM)
        rest, _ = running.communicate(timeout=10)

    assert (set(state), rest, running.returncode) == ({"live0", "live1", "*"}, "", 0)
    assert info["stream_url"]["rtmp_pull_url"].startswith("http://m/live1.flv")


def test_a_port_that_is_taken_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "in use" in err


def test_a_wrong_option_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--pace", "4"])
