"""The speech models of this machine: a folder each, under `MODELS_DIR`. `vigie models` lists, gets, removes them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from vigie.errors import VigieError
from vigie.ports import ModelHub, PortError
from vigie.runtime import registry
from vigie.speech import recognizers

Progress = Callable[[int, int], None]


class UnknownModel(VigieError):
    """There is no such speech model."""


class NotHere(VigieError):
    """This speech model is not on this machine."""


class FetchForbidden(VigieError):
    """VIGIE_OFFLINE forbids to fetch models."""


class NotFetched(VigieError):
    """The speech model could not be fetched."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be fetched."""

    name: str
    repository: str
    size_bytes: int
    """About."""


OFFERS = {
    offer.name: offer
    for offer in (
        Offer("tiny", "Systran/faster-whisper-tiny", 78_000_000),
        Offer("base", "Systran/faster-whisper-base", 148_000_000),
        Offer("small", "Systran/faster-whisper-small", 486_000_000),
        Offer("medium", "Systran/faster-whisper-medium", 1_530_000_000),
        Offer("large-v3", "Systran/faster-whisper-large-v3", 3_090_000_000),
    )
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the list."""

    name: str
    size_bytes: int
    """On this machine; about, where it would be fetched."""
    is_here: bool
    is_used: bool
    """The one that VIGIE_MODEL names."""


def listed() -> list[Entry]:
    """Return the models that can be fetched, then those that somebody put here, by name."""
    names = [*OFFERS, *sorted(path.name for path in _folders() if path.name not in OFFERS)]
    return [_entry(name) for name in names]


def get(name: str, progress: Progress) -> bool:
    """Fetch a model; return False when it is here already. An attempt that broke goes on where it stopped.

    Raises UnknownModel, FetchForbidden or NotFetched. The model is used from the next utterance on.
    """
    offer = OFFERS.get(name)
    if offer is None:
        raise UnknownModel(f"There is no speech model {name!r}: choose from {', '.join(OFFERS)}.")
    folder = _folder(name)
    if recognizers.is_model(folder):
        return False
    if settings.OPTIONS.offline:
        raise FetchForbidden(f"VIGIE_OFFLINE forbids to fetch models; copy the folder of one to {folder}.")
    try:
        registry.get(ModelHub).fetch(offer.repository, folder, progress)
    except PortError as error:
        raise NotFetched(str(error)) from error
    except ImportError as error:
        raise NotFetched("Speech models need an extra: pip install 'vigie[whisper]'.") from error
    return True


def remove(name: str) -> int:
    """Delete a model, or what is there of one; return the bytes freed. Raises NotHere."""
    folder = next((path for path in _folders(whole=False) if path.name == name), None)
    if folder is None:
        raise NotHere(f"There is no speech model {name!r} in {settings.MODELS_DIR}.")
    if folder.is_symlink():  # somebody else's folder stays
        folder.unlink()
        return 0
    size_bytes = _size(folder)
    shutil.rmtree(folder)
    return size_bytes


def _entry(name: str) -> Entry:
    folder = _folder(name)
    is_here = recognizers.is_model(folder)
    return Entry(
        name=name,
        size_bytes=_size(folder) if is_here else OFFERS[name].size_bytes,
        is_here=is_here,
        is_used=recognizers.model_folder(settings.OPTIONS.model) == folder,
    )


def _folders(*, whole: bool = True) -> list[Path]:
    root = Path(settings.MODELS_DIR)
    folders = (path for path in root.iterdir() if path.is_dir()) if root.is_dir() else ()
    return [path for path in folders if recognizers.is_model(path) or not whole]


def _folder(name: str) -> Path:
    return Path(settings.MODELS_DIR) / name


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
