from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.notifications.quiet import EVERY_DAY, QuietHours, quiet_until

PARIS = ZoneInfo("Europe/Paris")
NIGHT = QuietHours(time(22), time(7), EVERY_DAY, PARIS)
LUNCH = QuietHours(time(12), time(14), EVERY_DAY, PARIS)


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (NIGHT, "2026-01-05T21:59:59", None),
        (NIGHT, "2026-01-05T22:00", "2026-01-06T07:00"),
        (NIGHT, "2026-01-06T00:00", "2026-01-06T07:00"),
        (NIGHT, "2026-01-06T06:59:59", "2026-01-06T07:00"),
        (NIGHT, "2026-01-06T07:00", None),
        (LUNCH, "2026-01-05T11:59", None),
        (LUNCH, "2026-01-05T12:00", "2026-01-05T14:00"),
        (LUNCH, "2026-01-05T14:00", None),
    ],
)
def test_quiet_hours_are_a_stretch_of_the_day(hours: QuietHours, now: str, until: str | None) -> None:
    assert quiet_until(hours, paris(now)) == (paris(until) if until else None)


@pytest.mark.parametrize(
    ("now", "is_quiet"),
    [
        ("2026-01-09T23:00", True),  # Friday evening
        ("2026-01-10T06:00", True),  # what began on Friday lasts into Saturday
        ("2026-01-10T23:00", False),
        ("2026-01-11T06:00", False),
    ],
)
def test_quiet_hours_belong_to_the_day_on_which_they_begin(now: str, *, is_quiet: bool) -> None:
    fridays = QuietHours(time(22), time(7), frozenset({5}), PARIS)

    assert (quiet_until(fridays, paris(now)) is not None) is is_quiet


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # 29 March 2026: 02:00 becomes 03:00
        (paris("2026-03-29T00:30"), paris("2026-03-29T07:00")),
        # 25 October 2026: 03:00 becomes 02:00; the night is an hour longer
        (paris("2026-10-25T02:30"), paris("2026-10-25T07:00")),
        (paris("2026-10-25T02:30", fold=1), paris("2026-10-25T07:00")),
    ],
)
def test_a_night_lasts_until_the_clock_says_morning(now: datetime, until: datetime) -> None:
    assert quiet_until(NIGHT, now) == until.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (paris("2026-10-25T02:15"), paris("2026-10-25T02:30", fold=1)),
        (paris("2026-10-25T02:45"), paris("2026-10-25T02:30", fold=1)),
        (paris("2026-10-25T02:15", fold=1), paris("2026-10-25T02:30", fold=1)),
        (paris("2026-10-25T02:30", fold=1), None),
    ],
)
def test_an_end_that_comes_twice_is_the_second_one(now: datetime, until: datetime | None) -> None:
    hours = QuietHours(time(1), time(2, 30), EVERY_DAY, PARIS)

    assert quiet_until(hours, now) == (until.astimezone(UTC) if until else None)


ZONES = ["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC"]
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - given a zone at once


@st.composite
def some_hours(draw: st.DrawFn) -> QuietHours:
    start = draw(CLOCKS)
    end = draw(CLOCKS.filter(lambda clock: clock != start))
    days = draw(st.frozensets(st.integers(1, 7), min_size=1))
    return QuietHours(start, end, days, ZoneInfo(draw(st.sampled_from(ZONES))))


def is_quiet_on_the_wall(hours: QuietHours, now: datetime) -> bool:
    """What somebody would say who looks at the clock on the wall and at the calendar, and knows no time zones."""
    local = now.astimezone(hours.zone)
    clock, today = local.time().replace(fold=0), local.isoweekday()
    yesterday = 7 if today == 1 else today - 1
    if hours.start < hours.end:
        return today in hours.days and hours.start <= clock < hours.end
    return (today in hours.days and clock >= hours.start) or (yesterday in hours.days and clock < hours.end)


@given(hours=some_hours(), now=MOMENTS)
def test_whenever_the_clock_shows_quiet_hours_it_is_quiet(hours: QuietHours, now: datetime) -> None:
    if is_quiet_on_the_wall(hours, now):
        assert quiet_until(hours, now) is not None


@given(hours=some_hours(), now=MOMENTS)
def test_the_end_of_the_quiet_is_later_and_not_quiet(hours: QuietHours, now: datetime) -> None:
    until = quiet_until(hours, now)

    if until is not None:
        assert until > now
        assert until.tzinfo is UTC
        assert quiet_until(hours, until) is None


@given(hours=some_hours(), now=MOMENTS)
def test_quiet_never_lasts_much_longer_than_a_day(hours: QuietHours, now: datetime) -> None:
    until = quiet_until(hours, now)

    assert until is None or until - now <= timedelta(hours=26) or len(hours.days) > 1
