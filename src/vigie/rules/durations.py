"""Stretches of time as people write them: `30 s`, `2 min`, `1 h`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

_WRITTEN = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,3})?)\s*(ms|s|sec|m|min|h|d|j)?\s*", re.ASCII)
_UNITS_S = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "j": 86_400}


def seconds(written: object) -> object:
    """Return seconds for `90`, `90 s`, `1,5 min`, `2 h`, `1 d`. Raises ValueError for another text."""
    if not isinstance(written, str):
        return written
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"“{written[:40]}” is no duration: write 30 s, 2 min or 1 h")
    return float(found[1].replace(",", ".")) * _UNITS_S[found[2] or "s"]


def written(duration_s: float) -> str:
    """Return the shortest way to write a duration, which `seconds` reads: `2 min`, `90 s`."""
    for unit, length_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if duration_s >= length_s and duration_s % length_s == 0:
            return f"{duration_s / length_s:g} {unit}"
    return f"{duration_s:g} s"


DAY_S = 86_400.0
Duration = Annotated[float, BeforeValidator(seconds), PlainSerializer(written), Field(gt=0, le=DAY_S)]
"""Seconds, above 0, at most a day."""
Lead = Annotated[float, BeforeValidator(seconds), PlainSerializer(written), Field(ge=0, le=DAY_S)]
"""Seconds from 0, at most a day."""
