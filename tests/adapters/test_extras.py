"""What is installed without any extra of the package: media plays, and what is missing is told."""

import json
from pathlib import Path

from tests.adapters.extras import modules_of_extras, without_extras
from tests.chirps import write_wav

WATCH = """
from vigie.site.cli import main
main()
"""


def test_extras_bring_what_they_are_known_for() -> None:
    assert {"streamlink", "faster_whisper", "pocketsphinx", "huggingface_hub"} <= modules_of_extras()


def test_a_file_is_watched_without_extras_and_what_is_missing_is_told(tmp_path: Path) -> None:
    media = write_wav(tmp_path / "chirp.wav", 3.0)

    told = without_extras(WATCH, "watch", str(media), "--json", VIGIE_DATA_DIR=str(tmp_path), VIGIE_RECOGNIZER="")

    assert (told.returncode, told.stderr) == (0, "Voice detection is not installed: pip install 'vigie[whisper]'.\n")
    assert json.loads(told.stdout.splitlines()[-1])["audio_s"] == 3.0
