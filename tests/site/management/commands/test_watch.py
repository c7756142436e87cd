"""`vigie watch`: refuses with one line. What it does: tests/journeys/test_watch_command.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def watch(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie", "watch", *arguments],
        env=os.environ | {"VIGIE_DATA_DIR": str(folder), "VIGIE_RECOGNIZER": "none"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nothing.wav", "--recognizer", "parrot"), 1, "there is no recognizer 'parrot'"),
        (("nothing.wav", "--recognizer", "whisper", "--model", "huge"), 1, "there is no speech model 'huge'"),
        (
            ("nothing.wav", "--language", "klingon"),
            2,
            "'klingon' is no language that can be heard; these are (iso 639-1)",
        ),
        (("nothing.wav", "--language", "fr", "--recognizer", "pocketsphinx"), 1, "pocketsphinx knows english only"),
        (("nothing.wav", "--loud"), 2, "no such option"),
        ((), 2, "missing parameter: source"),
    ],
)
def test_watch_refuses_what_it_cannot_do(tmp_path: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    ended = watch(*arguments, folder=tmp_path)

    assert ended.returncode == status
    assert said in ended.stderr.lower()
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []
