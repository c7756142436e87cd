"""What several commands are given."""

from typer import BadParameter

from vigie.ports import LANGUAGES


def known_language(code: str) -> str:
    """Return the code of a language, or nothing for none. Raises BadParameter for another than those of `LANGUAGES`."""
    if code and code not in LANGUAGES:
        raise BadParameter(f"{code!r} is no language that can be heard; these are (ISO 639-1): {' '.join(LANGUAGES)}.")
    return code
