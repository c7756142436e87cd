"""The command line: one clear line for trouble, nothing left behind by commands that keep nothing."""

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from vigie.site import cli, options

FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
from vigie.site.cli import main
main()
"""
"""A program whose files may not grow, as on a disk that is full."""


def vigie(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command; a setting in capitals is the whole name of its variable."""
    environment = os.environ | {
        name if name.isupper() else f"VIGIE_{name.upper()}": settings[name] for name in settings
    }
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


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DATABASE_URL": "vigie"}, "DATABASE_URL: not an address like postgres://"),
        ({"DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/vigie"}, "The database cannot be used: connection failed"),
        ({"DATABASE_URL": "postgres://127.0.0.1:1"}, "The database cannot be used: "),
        ({"REDIS_URL": "cache:6379"}, "REDIS_URL: not an address like redis://"),
        ({"REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}, "Redis cannot be used: Error 111"),
        ({"recognizer": "parrot"}, "VIGIE_RECOGNIZER: "),
        ({"host": "192.0.2.1"}, "192.0.2.1:1999 cannot be used (Cannot assign requested address). Set VIGIE_HOST"),
        ({"secret_key_file": "/nowhere"}, "VIGIE_SECRET_KEY_FILE: /nowhere cannot be read (No such file or directory)"),
    ],
)
def test_up_refuses_an_installation_that_cannot_work_and_leaves_nothing(
    tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    ended = vigie("up", **{"data_dir": str(tmp_path), "port": "1999", **variables})

    assert (ended.returncode, ended.stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert ended.stderr.startswith(f"vigie: {told}")
    assert len(ended.stderr.splitlines()) == 1
    assert "hunter2" not in ended.stderr


def test_up_refuses_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")

    ended = vigie("up", data_dir=str(tmp_path / "data"))

    told = f"vigie: VIGIE_DATA_DIR: {tmp_path}/data cannot be a folder (File exists)\n"
    assert (ended.returncode, ended.stderr, (tmp_path / "data").read_text()) == (1, told, "mine")


def test_up_tells_a_disk_that_is_full_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, "up"]
    environment = os.environ | {"VIGIE_DATA_DIR": str(tmp_path), "VIGIE_PORT": "1999"}

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "vigie: The database cannot be used: disk I/O error\n"


def test_vigie_tells_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "vigie.sqlite3").write_bytes(bytes(range(256)) * 32)

    ended = vigie("audit", "verify", data_dir=str(tmp_path))

    assert (ended.returncode, ended.stderr) == (1, "vigie: The database cannot be used: file is not a database\n")


def test_the_command_line_speaks_english_and_only_json_explains_in_the_language_of_the_settings(tmp_path: Path) -> None:
    french = {"data_dir": str(tmp_path), "default_language": "fr", "LANG": "fr_FR.UTF-8", "recognizer": "auto"}

    words = vigie("assess", "les arabes dehors", **french).stdout
    told = json.loads(vigie("assess", "les arabes dehors", "--json", **french).stdout)
    found = vigie("doctor", **french).stdout

    assert words.splitlines()[1].strip() == "Wants to drive out Arabs or to take rights away from them."
    assert told["justification"].startswith("Veut exclure les Arabes")
    assert "No speech model is installed" in found


@pytest.mark.parametrize("arguments", [("help",), ("assess", "--help"), ("doctor",), ("assess", "--json", "hello")])
def test_vigie_says_nothing_where_nobody_reads(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "vigie", *arguments],
            env=os.environ | {"VIGIE_DATA_DIR": str(tmp_path)},
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)

    assert (ended.returncode, ended.stderr) == (1, b"")


def test_vigie_needs_no_standard_streams(tmp_path: Path) -> None:
    close = (
        "import os, sys; os.closerange(0, 3); os.execv(sys.executable, [sys.executable, '-m', 'vigie', *sys.argv[1:]])"
    )

    for arguments in (["help"], ["assess", "-"], ["models", "list"]):
        ended = subprocess.run(
            [sys.executable, "-c", close, *arguments],
            env=os.environ | {"VIGIE_DATA_DIR": str(tmp_path)},
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0


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


def test_vigie_tells_its_version(tmp_path: Path) -> None:
    ended = vigie("--version", data_dir=str(tmp_path))

    assert (ended.returncode, ended.stdout) == (0, f"vigie {version('vigie')}\n")


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


@pytest.mark.parametrize("former", [signal.SIG_IGN, signal.default_int_handler])
def test_signals_mean_after_throwaway_data_what_they_meant_before(former: signal.Handlers) -> None:
    before = signal.signal(signal.SIGINT, former), signal.getsignal(signal.SIGTERM)

    with cli.throwaway_data(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)

    after = signal.signal(signal.SIGINT, before[0]), signal.getsignal(signal.SIGTERM)
    assert after == (former, before[1])
