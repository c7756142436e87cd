"""Why an alert stands where it stands in the queue. The order itself is made in SQL: `queries.alerts_for`."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.ports import HIGH, MEDIUM

LONG_WAIT_S = 600.0


class Severity(StrEnum):
    """How much harm a text may do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Reason(StrEnum):
    """Why an alert stands where it stands."""

    HIGH_SEVERITY = "high_severity"
    MEDIUM_SEVERITY = "medium_severity"
    LOW_SEVERITY = "low_severity"
    ON_AIR = "on_air"
    ENDED = "ended"
    FAR_REACH = "far_reach"
    SAME_LIVE = "same_live"
    LONG_WAIT = "long_wait"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the place of an alert depends on."""

    score: float
    on_air: bool
    live_id: int
    reach: str
    wait_s: float
    """How long it has waited for a decision."""


def severity(score: float) -> Severity:
    """Return the band of a score (0..1)."""
    if score >= HIGH:
        return Severity.HIGH
    return Severity.MEDIUM if score >= MEDIUM else Severity.LOW


def reasons(facts: Facts, above: Facts | None) -> tuple[Reason, ...]:
    """Return why an alert stands below `above` (None for the first), the strongest reason first."""
    found = {
        Reason(f"{severity(facts.score)}_severity"): True,
        Reason.ON_AIR: facts.on_air,
        Reason.ENDED: not facts.on_air,
        Reason.SAME_LIVE: above is not None and above.live_id == facts.live_id,
        Reason.FAR_REACH: facts.reach == "high",
        Reason.LONG_WAIT: facts.wait_s >= LONG_WAIT_S,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def waited(seconds: float) -> str:
    """Return how long an alert has waited: `52 s`, `8 min`, `3 h`. Unit symbols are the same in every language."""
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h"
