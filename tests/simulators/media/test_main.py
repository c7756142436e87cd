import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from vigie.simulators.media.__main__ import main


def test_the_command_plays_the_prepared_lives_until_it_is_stopped(client: httpx.Client) -> None:
    command = [sys.executable, "-m", "vigie.simulators.media", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        name, hls, _ = running.stdout.readline().split()
        status = client.get(hls).status_code
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=10)

    assert (name, status, running.returncode) == ("fr", 200, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "No such file"),
        ("lives: {a: {media: nowhere.mp4}}", "nowhere.mp4"),
        ("lives: {a: {media: script.yaml}}", "Invalid data"),
        ("lives: {a: {medium: a.mp4}}", "KeyError 'media'"),
        ("lives: {a: {media: a.mp4", "script.yaml"),
    ],
)
def test_a_script_that_cannot_be_played_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, told: str
) -> None:
    script = tmp_path / "script.yaml"
    if text is not None:
        script.write_text(text)

    assert main(["--script", str(script)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert told in err


def test_a_wrong_option_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--pace", "4"])
