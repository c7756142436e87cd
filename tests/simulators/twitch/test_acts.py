from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vigie.simulators.twitch.acts import Act, detail_of
from vigie.simulators.twitch.users import TwitchUser

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LEA = TwitchUser("7", "lea", "Léa")
WHOM = {"user_id": "7", "user_login": "lea", "user_name": "Léa"}


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        (Act("ban", "lea", reason="spam"), {**WHOM, "reason": "spam"}),
        (
            Act("timeout", "lea", reason="spam", duration_s=60),
            {**WHOM, "reason": "spam", "expires_at": "2026-11-21T00:01:00+00:00"},
        ),
        (Act("warn", "lea", reason="doucement"), {**WHOM, "reason": "doucement", "chat_rules_cited": None}),
        (Act("unban", "lea"), WHOM),
        (Act("vip", "lea"), WHOM),
        (Act("delete", message_id="m1"), {**WHOM, "message_id": "m1", "message_body": "Coucou"}),
    ],
)
def test_an_act_about_somebody_tells_whom(act: Act, detail: dict[str, Any]) -> None:
    assert detail_of(act, LEA, text="Coucou", now=NOW) == detail


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        (Act("clear"), None),
        (Act("slow", duration_s=30), {"wait_time_seconds": 30}),
        (Act("followers", duration_s=600), {"follow_duration_minutes": 10}),
    ],
)
def test_an_act_about_the_chat_tells_what(act: Act, detail: dict[str, Any] | None) -> None:
    assert detail_of(act, None, text="", now=NOW) == detail


def test_only_a_timeout_ends() -> None:
    assert Act("ban", "lea").ends_at(NOW) is None
    assert Act("timeout", "lea", duration_s=1.5).ends_at(NOW) == NOW + timedelta(seconds=1.5)


@pytest.mark.parametrize(
    "wrong", [{"action": "ban"}, {"action": "delete"}, {"action": "timeout", "target": "lea"}, {"action": ""}]
)
def test_an_act_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="say whom"):
        Act(**wrong)  # type: ignore[arg-type] # strings only
