"""Which recognizer an installation has, and what to do when it has none. `site.bootstrap` builds it."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from vigie.errors import VigieError
from vigie.ports import PortError, VoiceActivity
from vigie.runtime import registry

AUTO, WHISPER, POCKETSPHINX, NONE = NAMES = ("auto", "whisper", "pocketsphinx", "none")


class UnknownRecognizer(VigieError):
    """There is no such recognizer."""


class NoSuchModel(VigieError):
    """This speech model is not here."""


class UnknownLanguage(VigieError):
    """The recognizer does not know this language."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What hears: `whisper` with the folder of its model, `pocketsphinx`, or `none`."""

    recognizer: str
    model: Path | None = None


def model_folder(name: str) -> Path:
    """Return where the model of that name is, or would be; a path is taken as it is."""
    given = Path(name).expanduser()
    return given if given.is_absolute() or given.is_dir() else Path(settings.MODELS_DIR) / name


def is_model(folder: Path) -> bool:
    """Return whether a folder holds a whole model."""
    return (folder / "model.bin").is_file()


def choose() -> Choice:
    """Return what the settings ask for, as far as it is here."""
    wanted, folder = settings.OPTIONS.recognizer, model_folder(settings.OPTIONS.model)
    if wanted in {AUTO, WHISPER} and is_model(folder):
        return Choice(WHISPER, folder)
    return Choice(POCKETSPHINX if wanted == POCKETSPHINX else NONE)


def check() -> None:
    """Raise UnknownRecognizer or NoSuchModel where the settings name what is not here."""
    wanted, model = settings.OPTIONS.recognizer, settings.OPTIONS.model
    if wanted not in NAMES:
        raise UnknownRecognizer(f"There is no recognizer {wanted!r}: choose from {', '.join(NAMES)}.")
    if wanted == WHISPER and not is_model(model_folder(model)):
        raise NoSuchModel(
            f"There is no speech model {model!r} in {settings.MODELS_DIR}. Get it: vigie models get {model}"
        )


def check_language(language: str) -> None:
    """Raise UnknownLanguage where the recognizer that the settings name knows another language only."""
    if choose().recognizer == POCKETSPHINX and language != "en":
        raise UnknownLanguage(f"pocketsphinx knows English only, not {language!r}: --language en")


def missing() -> str:
    """Return in a line what is missing to hear anything, and the fix; empty when nothing is. Loads voice detection."""
    if settings.OPTIONS.recognizer == NONE:
        return _("Speech is not recognized: VIGIE_RECOGNIZER is set to none.")
    try:
        registry.find(VoiceActivity)
    except PortError as error:
        return str(error)
    return lacking_model()


def lacking_model() -> str:
    """Return in a line that the model that is wanted is not here, and the fix; empty when it is, or none is wanted."""
    if settings.OPTIONS.recognizer == NONE or choose().recognizer != NONE:
        return ""
    return _("No speech model is installed: vigie models get %(model)s") % {"model": settings.OPTIONS.model}
