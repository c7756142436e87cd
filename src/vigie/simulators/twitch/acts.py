"""What a moderator can do, and how `channel.moderate` tells it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict

from vigie.simulators.twitch.users import TwitchUser


class ActDetails(TypedDict, total=False):
    """What an act may have: see `Act`."""

    target: str
    moderator: str
    reason: str
    duration_s: float
    message_id: str


@dataclass(frozen=True, slots=True)
class Act:
    """`ban`, `timeout`, `unban`, `untimeout`, `delete`, `clear`, `warn`, `mod`, `unmod`, `vip`, `unvip`, `slow`, ..."""

    action: str
    target: str = ""
    """Login of whom it is about; whoever wrote `message_id` where that is given."""
    moderator: str = ""
    """Login; empty for the broadcaster."""
    reason: str = ""
    duration_s: float = 0.0
    """Of a timeout, or between messages in slow mode."""
    message_id: str = ""

    def __post_init__(self) -> None:
        if self.action in {"ban", "timeout", "unban", "untimeout", "warn", "mod", "unmod", "vip", "unvip"}:
            needs = self.target
        else:
            needs = self.message_id if self.action == "delete" else self.action
        if not needs or (self.action == "timeout" and self.duration_s <= 0):
            raise ValueError(f"{self.action}: say whom, which message, or for how long.")

    def ends_at(self, now: datetime) -> datetime | None:
        """Return when a timeout ends; None for a ban."""
        return now + timedelta(seconds=self.duration_s) if self.action == "timeout" else None


def detail_of(act: Act, target: TwitchUser | None, *, text: str, now: datetime) -> dict[str, Any] | None:
    """Return what only this action has; None for actions that have nothing. `text` is that of the message deleted."""
    whom: dict[str, Any] = target.labels() if target else {}
    ends_at = act.ends_at(now)
    details: dict[str, dict[str, Any]] = {
        "ban": {**whom, "reason": act.reason},
        "timeout": {**whom, "reason": act.reason, "expires_at": ends_at.isoformat() if ends_at else ""},
        "warn": {**whom, "reason": act.reason, "chat_rules_cited": None},
        "delete": {**whom, "message_id": act.message_id, "message_body": text},
        "slow": {"wait_time_seconds": int(act.duration_s)},
        "followers": {"follow_duration_minutes": int(act.duration_s // 60)},
        "raid": {**whom, "viewer_count": 0},
    }
    return details.get(act.action, whom or None)
