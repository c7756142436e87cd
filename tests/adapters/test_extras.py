"""What is installed without any extra of the package: adapters are imported all the same, and media plays."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.chirps import write_wav
from tools import ROOT

IMPORT_ALL = """
from importlib import import_module
from pkgutil import walk_packages
import vigie.adapters
for module in walk_packages(vigie.adapters.__path__, "vigie.adapters."):
    if module.name not in {"vigie.adapters.whisper.hub", "vigie.adapters.whisper.model"}:
        import_module(module.name)
        print(module.name)
"""
"""The two left out are imported on first use, where their absence is told."""


WATCH = """
from vigie.site.cli import main
main()
"""


def modules_of_extras() -> set[str]:
    """Return what can be imported because an extra is there, and what comes along unseen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {item.partition(">")[0] for extra in project["optional-dependencies"].values() for item in extra}
    named = {
        module
        for module, packages in packages_distributions().items()
        if wanted & {package.lower().replace("_", "-") for package in packages}
    }
    return named | {"Crypto", "requests"}


def without_extras(program: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program that finds nothing of what the extras bring."""
    absent = f"import sys; sys.modules.update(dict.fromkeys({sorted(modules_of_extras())}))"
    command = [sys.executable, "-c", f"{absent}{program}", *arguments]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)


def test_extras_bring_what_they_are_known_for() -> None:
    assert {"streamlink", "faster_whisper", "pocketsphinx", "huggingface_hub"} <= modules_of_extras()


def test_adapters_need_no_extra_to_be_imported() -> None:
    told = without_extras(IMPORT_ALL)

    assert told.returncode == 0, told.stderr
    assert "vigie.adapters.web.client" in told.stdout


def test_a_file_is_watched_without_extras_and_what_is_missing_is_told(tmp_path: Path) -> None:
    media = write_wav(tmp_path / "chirp.wav", 3.0)

    told = without_extras(WATCH, "watch", str(media), "--json", VIGIE_DATA_DIR=str(tmp_path), VIGIE_RECOGNIZER="")

    assert (told.returncode, told.stderr) == (0, "Voice detection is not installed: pip install 'vigie[whisper]'.\n")
    assert json.loads(told.stdout.splitlines()[-1])["audio_s"] == 3.0
