import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from vigie.notifications.payload import Body, moment, written

AT = datetime(2026, 11, 21, 20, 14, 18, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, None),
        (AT, "2026-11-21T20:14:18Z"),
        (AT.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-11-21T20:14:18Z"),
    ],
)
def test_moments_are_in_utc_to_the_second(at: datetime | None, text: str | None) -> None:
    assert moment(at) == text


def test_a_payload_says_what_when_and_the_rest() -> None:
    text = written(Body("live.started", AT, {"workspace": "veille", "live": {"title": "Ça commence"}}))

    assert json.loads(text) == {
        "type": "live.started",
        "timestamp": "2026-11-21T20:14:18Z",
        "data": {"workspace": "veille", "live": {"title": "Ça commence"}},
    }
    assert "Ça" in text
    assert ": " not in text
