"""What was found when the installation was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at."""

    what: str
    is_well: bool
    words: str
    fix: str = ""
    """A command, where there is one."""
