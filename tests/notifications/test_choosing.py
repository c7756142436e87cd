from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from vigie.notifications.choosing import Choice, Reader, choose, concerned
from vigie.notifications.kinds import ALERT_RAISED, LIVE_ENDED, LIVE_RESUMED, LIVE_STARTED, NEEDS, WEBHOOK_OFF
from vigie.notifications.quiet import EVERY_DAY, QuietHours

NOW = datetime(2026, 1, 5, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 6, 6, 0, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(7), EVERY_DAY, ZoneInfo("Europe/Paris"))
ALL = frozenset(NEEDS)
EAGER = Reader(1, frozenset(NEEDS.values()), page=ALL, mail=ALL)


@pytest.mark.parametrize("kind", NEEDS)
def test_who_asks_for_everything_is_told_everything_at_once(kind: str) -> None:
    assert choose(EAGER, kind, 7, NOW) == Choice(in_page=True, is_quiet=False, mail_at=NOW)


@pytest.mark.parametrize("kind", NEEDS)
def test_nobody_is_told_what_they_may_not_know(kind: str) -> None:
    kept_out = replace(EAGER, permissions=EAGER.permissions - {NEEDS[kind]})

    assert choose(kept_out, kind, 7, NOW) == Choice(in_page=False, is_quiet=False, mail_at=None)


@pytest.mark.parametrize(("channel", "is_told"), [(7, False), (8, True), (None, True)])
def test_of_a_muted_channel_nothing_is_told(channel: int | None, *, is_told: bool) -> None:
    choice = choose(replace(EAGER, muted=frozenset({7})), LIVE_STARTED, channel, NOW)

    assert (choice.in_page, choice.mail_at is not None) == (is_told, is_told)


@pytest.mark.parametrize(
    ("page", "mail", "in_page", "mailed"),
    [
        ({LIVE_STARTED}, set(), True, False),
        (set(), {LIVE_STARTED}, False, True),
        ({LIVE_ENDED}, {ALERT_RAISED}, False, False),
    ],
)
def test_each_way_is_chosen_on_its_own(
    page: set[str],
    mail: set[str],
    *,
    in_page: bool,
    mailed: bool,
) -> None:
    choice = choose(replace(EAGER, page=frozenset(page), mail=frozenset(mail)), LIVE_STARTED, 7, NOW)

    assert (choice.in_page, choice.mail_at is not None) == (in_page, mailed)


@pytest.mark.parametrize(("asked", "is_told"), [(LIVE_ENDED, True), (LIVE_STARTED, False), (LIVE_RESUMED, False)])
def test_that_a_live_goes_on_is_told_to_those_who_asked_for_its_end(asked: str, *, is_told: bool) -> None:
    choice = choose(replace(EAGER, page=frozenset({asked}), mail=frozenset({asked})), LIVE_RESUMED, 7, NOW)

    assert (choice.in_page, choice.mail_at is not None) == (is_told, is_told)


def test_in_quiet_hours_mails_wait_and_the_page_stays_still() -> None:
    choice = choose(replace(EAGER, quiet=NIGHT), LIVE_STARTED, 7, NOW)

    assert choice == Choice(in_page=True, is_quiet=True, mail_at=MORNING)


def test_out_of_quiet_hours_nothing_waits() -> None:
    assert choose(replace(EAGER, quiet=NIGHT), LIVE_STARTED, 7, MORNING).mail_at == MORNING


@pytest.mark.parametrize(
    ("permissions", "kinds"),
    [
        (set(), []),
        ({"watch.follow_lives"}, [LIVE_STARTED, LIVE_ENDED]),
        ({"watch.follow_lives", "moderation.see_alerts"}, [LIVE_STARTED, LIVE_ENDED, ALERT_RAISED]),
        ({"notifications.manage_webhooks"}, [WEBHOOK_OFF]),
    ],
)
def test_what_one_may_be_told_depends_on_what_one_may_see(permissions: set[str], kinds: list[str]) -> None:
    assert concerned(permissions) == kinds
