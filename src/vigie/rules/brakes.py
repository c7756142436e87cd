"""Why a rule that matched did not act. Said as it is, or in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Brake(StrEnum):
    """What holds a rule back, with places for figures."""

    HISTORY = "history: it happened before Vigie was connected"
    EXCEPT = "exception: %(which)s"
    QUORUM = "quorum: %(people)d of %(needed)d"
    SCHEDULE = "schedule: the rule is not in force at that time"
    COOLDOWN = "cooldown: it acted %(ago)s ago for the same %(scope)s"
    HOURLY_CAP = "hourly cap: it acted %(cap)d times within the hour"


@dataclass(frozen=True, slots=True)
class Held:
    """One reason, with its figures."""

    brake: Brake
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.brake.value % self.values)
