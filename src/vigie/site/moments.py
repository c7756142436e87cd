"""Moments and stretches of a live, as addresses name them: seconds since it started. Pure."""

import re
from collections.abc import Mapping

_SECONDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?", re.ASCII)


def seconds(text: str) -> float | None:
    """Return the moment that a text names, in seconds; None for anything else."""
    return float(text) if _SECONDS.fullmatch(text) else None


def stretch_in(asked: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the stretch between `from` and `to`; None where they make none."""
    from_s, to_s = (seconds(asked.get(name, "")) for name in ("from", "to"))
    return (from_s, to_s) if from_s is not None and to_s is not None and from_s < to_s else None
