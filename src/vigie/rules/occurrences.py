"""What happened, as rules look at it: one value for chat, gifts, speech, verdicts, counts."""

from dataclasses import dataclass
from datetime import datetime

from vigie.rules.kinds import When


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened in a live. Fields that its kind does not have are empty."""

    kind: When
    key: str
    """Of this one among all of its live: `chat:12`."""
    at: datetime
    """Aware UTC."""
    live: str
    channel: str
    """Whose live; what a rule's list of channels names, see `Ruling`."""
    team: str = ""
    """The workspace; empty in a recording."""
    at_s: float = 0.0
    """The same moment in seconds since the live started; 0 in a recording."""
    text: str = ""
    user: str = ""
    """Who did it: the same person, the same text."""
    names: tuple[str, ...] = ()
    """What that person is called: login, name, pseudonym."""
    roles: frozenset[str] = frozenset()
    value: int = 0
    """Of a gift, a raid, a wave: how much; of a count: the total."""
    count: int = 1
    """How many likes or gifts it stands for."""
    score: float | None = None
    strength: float | None = None
    """Of a surge of the chat: standard deviations above the usual."""
    category: str = ""
    target: str = ""
    viewers: int | None = None
    """As last counted before it; None where nobody counts."""
    since: datetime | None = None
    """When what it tells of began, where that was earlier."""
    is_history: bool = False
    """Replayed by the platform: it triggers nothing."""
