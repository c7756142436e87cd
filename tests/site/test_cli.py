"""The command line: one clear line for trouble, nothing left behind by commands that keep nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vigie.site import cli, options


def vigie(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {f"VIGIE_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "vigie", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )


def test_vigie_says_what_is_wrong_with_the_settings_in_one_line(tmp_path: Path) -> None:
    ended = vigie("up", data_dir=str(tmp_path), port="http")

    assert ended.returncode == 1
    assert ended.stderr.startswith("vigie: VIGIE_PORT: ")
    assert len(ended.stderr.splitlines()) == 1


def test_vigie_tells_an_unknown_command(tmp_path: Path) -> None:
    ended = vigie("observe", data_dir=str(tmp_path))

    assert ended.returncode == 2
    assert ended.stderr == "vigie: there is no command 'observe'; `vigie help` lists them.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "status"), [((), 2), (("help",), 0), (("--help",), 0)])
def test_vigie_lists_its_own_commands(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    ended = vigie(*arguments, data_dir=str(tmp_path))

    assert ended.returncode == status
    assert [line.split()[0] for line in ended.stdout.splitlines()[2:]] == list(cli.COMMANDS)


def test_throwaway_data_is_gone_at_the_end_and_models_stay_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("VIGIE_MODELS_DIR", raising=False)
    options.load.cache_clear()

    with cli.throwaway_data():
        folder = options.load().data_dir
        assert folder.is_dir()
        assert folder != tmp_path
        assert options.load().models_folder() == tmp_path / "models"

    assert not folder.exists()
