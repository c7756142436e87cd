"""Which recognizer there is, and what to do when there is none."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from vigie.ports import VoiceActivity
from vigie.runtime import registry
from vigie.site.options import Options
from vigie.speech import recognizers
from vigie.speech.recognizers import Choice


@pytest.fixture
def options(settings: Settings, tmp_path: Path) -> Options:
    settings.MODELS_DIR = tmp_path
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"recognizer": "auto", "model": "base"})
    chosen: Options = settings.OPTIONS
    return chosen


def install(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").touch()
    return folder


@pytest.mark.parametrize("wanted", ["auto", "whisper"])
def test_choose_takes_the_model_that_is_installed(options: Options, tmp_path: Path, wanted: str) -> None:
    folder = install(tmp_path / "base")
    options.recognizer = wanted

    assert recognizers.choose() == Choice("whisper", folder)
    assert recognizers.missing() == ""
    recognizers.check()


def test_choose_takes_a_folder_for_a_model(options: Options, tmp_path: Path) -> None:
    options.model = str(install(tmp_path / "elsewhere" / "mine"))

    assert recognizers.choose() == Choice("whisper", tmp_path / "elsewhere" / "mine")


def test_choose_takes_pocketsphinx_only_when_asked(options: Options) -> None:
    assert recognizers.choose() == Choice("none")
    options.recognizer = "pocketsphinx"
    assert recognizers.choose() == Choice("pocketsphinx")


def test_choose_takes_nothing_when_told_so(options: Options, tmp_path: Path) -> None:
    install(tmp_path / "base")
    options.recognizer = "none"

    assert recognizers.choose() == Choice("none")
    assert "VIGIE_RECOGNIZER" in recognizers.missing()


def test_missing_names_the_command_that_gets_the_model(options: Options) -> None:
    assert recognizers.missing().endswith(": vigie models get base")


def test_check_refuses_what_is_not_here(options: Options, tmp_path: Path) -> None:
    options.recognizer = "whisper"
    with pytest.raises(recognizers.NoSuchModel) as missing:
        recognizers.check()
    options.recognizer = "parrot"
    with pytest.raises(recognizers.UnknownRecognizer) as unknown:
        recognizers.check()

    assert str(missing.value) == f"There is no speech model 'base' in {tmp_path}. Get it: vigie models get base"
    assert str(unknown.value) == ("There is no recognizer 'parrot': choose from auto, whisper, pocketsphinx, none.")


@pytest.mark.parametrize(("recognizer", "language"), [("pocketsphinx", "en"), ("auto", "fr"), ("none", "fr")])
def test_a_language_that_may_be_known_is_not_refused(options: Options, recognizer: str, language: str) -> None:
    options.recognizer = recognizer

    recognizers.check_language(language)


def test_a_language_that_the_recognizer_does_not_know_is_refused_with_the_way_out(options: Options) -> None:
    options.recognizer = "pocketsphinx"

    with pytest.raises(recognizers.UnknownLanguage, match=r"knows English only, not 'fr': --language en$"):
        recognizers.check_language("fr")


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The extra that brings voice detection is not installed."""
    former = registry.current(VoiceActivity)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    registry.provide(VoiceActivity, "vigie.adapters.silero.client.SileroVoiceActivity")
    yield
    registry.provide(VoiceActivity, former) if former else registry.withdraw(VoiceActivity)


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("recognizer", ["auto", "whisper", "pocketsphinx"])
def test_missing_says_first_that_no_voice_can_be_found(options: Options, tmp_path: Path, recognizer: str) -> None:
    install(tmp_path / "base")
    options.recognizer = recognizer

    assert recognizers.missing() == "Voice detection is not installed: pip install 'vigie[whisper]'."
    assert recognizers.lacking_model() == ""
