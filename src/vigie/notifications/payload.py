"""What a webhook receives: facts and links, never words that were said. Documented in docs/reference/webhooks.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Body:
    """A payload before it is written."""

    type: str
    """`live.started`, `live.ended`, `live.resumed`, `alert.raised`, `rule.acted` or `test`."""
    at: datetime
    data: Fields


def moment(at: datetime | None) -> str | None:
    """Return a moment as payloads write it: `2026-11-21T20:14:18Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def written(body: Body) -> str:
    """Return the JSON that is signed and sent: the same bytes at each try."""
    return json.dumps(
        {"type": body.type, "timestamp": moment(body.at), "data": dict(body.data)},
        ensure_ascii=False,
        separators=(",", ":"),
    )
