"""What may be set while a server runs, and its watch."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

KINDS: dict[type, set[type]] = {
    bool: {bool},
    int: {int},
    float: {int, float},
    type(None): {int, float, type(None)},
    frozenset: {list, frozenset},
}
"""What a setting may be set to, by the kind of what it is at first."""


@dataclass(slots=True)
class Settings:
    """Twitch's own limits, unless a test says otherwise. Read at every use."""

    points: int = 800
    """Size of every bucket of Helix: so many calls at once, and as many a minute."""
    token_life_s: float = 14_400.0
    rotates: bool = False
    """Whether refreshing makes the refresh token worthless and gives another."""
    refused_scopes: frozenset[str] = frozenset()
    """What people take off the list when they consent."""
    subscribe_within_s: float = 10.0
    reconnect_within_s: float = 30.0
    keepalive_s: float | None = None
    """Seconds of silence before a keepalive; None for what the client asks, or 10."""
    max_connections: int = 3
    max_subscriptions: int = 300
    max_total_cost: int = 10
    cursor_life_s: float = 600.0
    """For how long the next page can be asked."""

    def change(self, changes: Mapping[str, object]) -> None:
        """Set some of them. Raises ValueError for unknown names and values of another kind; then nothing is set."""
        known = {one.name: type(getattr(Settings(), one.name)) for one in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"{name}: not one of {', '.join(known)}.")
            if type(value) not in KINDS[known[name]]:
                raise ValueError(f"{name}: {value!r} is of another kind.")
        for name, value in changes.items():
            setattr(self, name, frozenset(value) if isinstance(value, list) else value)


class Watch:
    """The wall clock, which can be put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return what time it is, UTC."""
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._ahead += timedelta(seconds=seconds)
