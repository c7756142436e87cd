"""Stretches of time as people write them: `30 s`, `2 min`, `1 h`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"\s*([0-9]{1,9}(?:[.,][0-9]{1,3})?)\s*(ms|s|sec|m|min|h|d|j)?\s*")
_UNITS_S = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "j": 86_400}
DAY_S = 86_400.0


def seconds(written: object) -> float:
    """Return seconds, to the millisecond, for `90`, `90 s`, `1,5 min`, `2 h`, `1 d`. Raises ValueError for all else."""
    if isinstance(written, str) and (found := _WRITTEN.fullmatch(written)):
        return round(float(found[1].replace(",", ".")) * _UNITS_S[found[2] or "s"], 3)
    if isinstance(written, int | float) and not isinstance(written, bool) and abs(written) <= DAY_S:
        return round(float(written), 3)
    what = f"“{written:.40}”" if isinstance(written, str) else "it"
    raise PydanticCustomError(
        "no_duration", "{what} is no duration of at most a day: write 30 s, 2 min or 1 h", {"what": what}
    )


def written(duration_s: float) -> str:
    """Return the shortest way to write a duration, which `seconds` reads: `2 min`, `90 s`."""
    for unit, length_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if duration_s >= length_s and duration_s % length_s == 0:
            return f"{duration_s / length_s:g} {unit}"
    return f"{duration_s:.3f}".rstrip("0").rstrip(".") + " s"


Duration = Annotated[float, BeforeValidator(seconds), PlainSerializer(written), Field(gt=0, le=DAY_S)]
"""Seconds, above 0, at most a day."""
Lead = Annotated[float, BeforeValidator(seconds), PlainSerializer(written), Field(ge=0, le=DAY_S)]
"""Seconds from 0, at most a day."""
