"""Accounts, as Twitch knows them."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class TwitchUser:
    """An account. The login and the name may change, the id does not."""

    user_id: str
    login: str
    display_name: str = ""
    """Empty for the login itself."""
    created_at: datetime = datetime(2016, 5, 4, 12, tzinfo=UTC)
    description: str = ""
    broadcaster_type: str = ""
    """`partner`, `affiliate` or empty."""

    @property
    def name(self) -> str:
        """What people see."""
        return self.display_name or self.login

    def labels(self, prefix: str = "user") -> dict[str, str]:
        """Return how answers and events name them: `user_id`, `user_login`, `user_name`."""
        return {f"{prefix}_id": self.user_id, f"{prefix}_login": self.login, f"{prefix}_name": self.name}


def rfc3339(at: datetime) -> str:
    """Return a moment as Twitch writes it, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
