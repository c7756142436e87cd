from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.statistics import (
    MOST_SHOWN,
    Aired,
    Figures,
    Period,
    Stretch,
    Week,
    figures,
    level,
    on_air,
    trend,
    week,
)

PARIS, KATHMANDU, LORD_HOWE = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH = Period(MONDAY, MONDAY + 28 * DAY)


def aired(begin_h: float, hours: float | None, **fields: float) -> Aired:
    """Return a live that begins so many hours after the first Monday."""
    began_at = MONDAY + begin_h * HOUR
    return Aired(0, began_at, None if hours is None else began_at + hours * HOUR, **fields)  # type: ignore[arg-type]


# ── figures ──


def test_figures_of_no_live_know_nothing() -> None:
    assert figures([], MONTH) == Figures(reach={})


def test_figures_of_some_lives() -> None:
    lives = [
        Aired(1, MONDAY, MONDAY + HOUR, 100.0, 300, 10, 3600.0, 0.0, "low"),
        Aired(2, MONDAY + DAY, MONDAY + DAY + 3 * HOUR, 40.0, 90, 5, 5400.0, 1000.0, "high"),
        Aired(3, MONDAY + 27 * DAY, None, None, None, 1, 0.0, 0.0, "low"),
    ]

    assert figures(lives, MONTH) == Figures(
        lives=3,
        aired_s=(1 + 3 + 24) * 3600.0,
        median_s=7200.0,
        longest_s=10_800.0,
        viewers=70.0,
        peak_viewers=300,
        messages=16,
        heard_share=0.9,
        reach={"low": 2, "high": 1},
    )


@pytest.mark.parametrize(
    ("begin_h", "hours", "lives", "aired_h", "longest_h"),
    [
        (-5, 4, 0, 0, None),  # over before
        (-5, 5, 0, 0, None),
        (-5, 6, 1, 1, 6),  # began before
        (28 * 24 - 1, 3, 1, 1, 3),  # ends after
        (28 * 24, 3, 0, 0, None),  # begins after
        (-1, 30 * 24, 1, 28 * 24, 30 * 24),
        (-1, None, 1, 28 * 24, None),  # goes on
    ],
)
def test_figures_count_what_lies_in_the_period_and_lengths_as_they_were(
    begin_h: float, hours: float | None, lives: int, aired_h: float, longest_h: float | None
) -> None:
    found = figures([aired(begin_h, hours)], MONTH)

    assert (found.lives, found.aired_s / 3600) == (lives, aired_h)
    assert found.longest_s == (longest_h and longest_h * 3600)


def test_on_air_counts_what_overlaps_once() -> None:
    found = on_air([aired(2, 2), aired(0, 3), aired(1, 1), aired(10, 1)], MONTH)

    assert [((start - MONDAY) / HOUR, (end - MONDAY) / HOUR) for start, end in found] == [(0, 3), (3, 4), (10, 11)]


# ── the week ──


def hours_of(found: Week) -> dict[int, float]:
    return {hour: round(share, 3) for hour, share in enumerate(found.shares) if share}


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        (UTC, {20: 0.25, 21: 0.25}),
        (PARIS, {21: 0.25, 22: 0.25}),  # an hour ahead in winter
        (KATHMANDU, {24 + 1: 0.062, 24 + 2: 0.25, 24 + 3: 0.188}),  # 5 h 45: the next day
    ],
)
def test_week_is_the_readers(zone: ZoneInfo, hours: dict[int, float]) -> None:
    assert hours_of(week([aired(20, 2)], MONTH, zone)) == hours


def test_week_keeps_to_the_clock_through_summer_time() -> None:
    """Eight Sundays at 20:00 in Paris: 19:00 UTC before 29 March 2026, 18:00 UTC from then on."""
    period = Period(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 27, tzinfo=UTC))
    evenings = [datetime(2026, 3, 8, 20, tzinfo=PARIS) + 7 * DAY * number for number in range(8)]
    lives = [Aired(0, at.astimezone(UTC), at.astimezone(UTC) + HOUR) for at in evenings]

    assert hours_of(week(lives, period, PARIS)) == {6 * 24 + 20: 1.0}


@pytest.mark.parametrize(
    ("day", "hour", "there_h"),
    [
        (datetime(2026, 3, 29, tzinfo=PARIS), 2, 0.0),  # 02:00 to 03:00 was not
        (datetime(2026, 10, 25, tzinfo=PARIS), 2, 2.0),  # and was twice
        (datetime(2026, 4, 5, tzinfo=LORD_HOWE), 1, 1.5),  # half an hour there
    ],
)
def test_week_of_a_day_on_which_the_clock_is_put_forward_or_back(day: datetime, hour: int, there_h: float) -> None:
    midnight = day.astimezone(UTC)
    period = Period(midnight, (day + DAY).astimezone(UTC))
    whole = Aired(0, midnight, None)
    local = [at for at in _hours(period) if at.astimezone(day.tzinfo).hour == hour]

    found = week([whole], period, day.tzinfo)  # type: ignore[arg-type]

    assert found.shares[6 * 24 + hour] == (1.0 if there_h else 0.0)
    assert len(local) / 4 == there_h


def _hours(period: Period) -> list[datetime]:
    quarters = int((period.to_at - period.from_at) / (HOUR / 4))
    return [period.from_at + number * HOUR / 4 for number in range(quarters)]


def usual(lives: Sequence[Aired], period: Period = MONTH) -> list[Stretch]:
    return week(lives, period, UTC).usual()


def weekly(hour: float, hours: float, weeks: Sequence[int] = range(4)) -> list[Aired]:
    return [aired(168 * number + hour, hours) for number in weeks]


@pytest.mark.parametrize(
    ("lives", "stretches"),
    [
        ([], []),
        (weekly(20, 3), [Stretch(0, 20, 3)]),
        (weekly(20, 3, [0, 2]), [Stretch(0, 20, 3)]),  # every other week is half of them
        (weekly(20, 3, [0]), []),
        (weekly(20.5, 2), [Stretch(0, 20, 3)]),  # half past eight to half past ten
        (weekly(20, 3) + weekly(3 * 24 + 8, 1), [Stretch(0, 20, 3), Stretch(3, 8, 1)]),
        (weekly(22, 4), [Stretch(0, 22, 4)]),  # past midnight
        ([aired(-2, 4), *weekly(166, 4)], [Stretch(6, 22, 4)]),  # past the end of the week
        ([aired(0, None)], [Stretch(0, 0, 168)]),
    ],
)
def test_week_knows_the_usual_hours(lives: list[Aired], stretches: list[Stretch]) -> None:
    assert usual(lives) == stretches


def test_week_tells_no_habit_before_three_weeks() -> None:
    two_weeks = Period(MONDAY, MONDAY + 14 * DAY)

    assert usual(weekly(20, 3), two_weeks) == []
    assert not week([], two_weeks, UTC).is_telling


def test_a_stretch_ends_on_the_clock() -> None:
    assert [Stretch(0, 20, 3).to_hour, Stretch(0, 22, 4).to_hour, Stretch(6, 22, 2).to_hour] == [23, 2, 0]


def test_week_has_a_row_a_day() -> None:
    rows = week(weekly(2 * 24 + 7, 1), MONTH, UTC).rows()

    assert [len(row) for row in rows] == [24] * 7
    assert [(day, hour) for day, row in enumerate(rows) for hour, share in enumerate(row) if share] == [(2, 7)]


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 0), (0.01, 1), (0.24, 1), (0.25, 2), (0.49, 2), (0.5, 3), (1.0, 3)]
)
def test_level_of_a_share(share: float, expected: int) -> None:
    assert level(share) == expected


lives_of_a_month = st.lists(
    st.builds(
        aired,
        st.floats(-100, 800),
        st.one_of(st.none(), st.floats(0, 100)),
        viewers=st.one_of(st.none(), st.floats(0, 1e6)),
        peak_viewers=st.one_of(st.none(), st.integers(0, 10**6)),
    ),
    max_size=12,
)


@given(lives_of_a_month, st.sampled_from([UTC, PARIS, KATHMANDU, LORD_HOWE]))
def test_a_week_adds_up_to_what_was_on_air(lives: list[Aired], zone: ZoneInfo) -> None:
    """Four whole weeks without a change of the clock hold each hour of the week four times."""
    found = week(lives, MONTH, zone)

    assert all(0.0 <= share <= 1.0 for share in found.shares)
    aired_s = figures(lives, MONTH).aired_s
    assert 0.0 <= aired_s <= 28 * 86_400
    assert sum(found.shares) * 4 * 3600 == pytest.approx(aired_s, abs=1.0)


@given(lives_of_a_month)
def test_usual_stretches_lie_apart_and_hold(lives: list[Aired]) -> None:
    found = week(lives, MONTH, UTC)

    hours = [(24 * one.day + one.from_hour + more) % 168 for one in found.usual() for more in range(one.hours)]

    assert sorted(hours) == [hour for hour, share in enumerate(found.shares) if level(share) == 3]


# ── from live to live ──


@pytest.mark.parametrize("lives", [[], [aired(0, 1, viewers=5)], [aired(0, 1, viewers=5), aired(2, 1)]])
def test_trend_needs_two_lives_whose_viewers_were_counted(lives: list[Aired]) -> None:
    assert trend(lives) is None


def test_trend_draws_averages_and_peaks_in_order_of_time() -> None:
    found = trend(
        [aired(48, 1, viewers=50, peak_viewers=200), aired(0, 1, viewers=100, peak_viewers=150), aired(24, 1)]
    )

    assert found is not None
    assert found.bars == "M1 100v-50h8V100zM21 100v-25h8V100z"
    assert found.peaks == "M1 25h8M21 0h8"
    assert (found.width, found.lowest, found.highest, found.peak, found.count) == (200, 50, 100, 200, 2)


def test_trend_of_empty_rooms_draws_something() -> None:
    found = trend([aired(0, 1, viewers=0), aired(1, 1, viewers=0)])

    assert found is not None
    assert (found.bars, found.peak) == ("M1 100v-1h8V100zM11 100v-1h8V100z", 0)


def test_trend_shows_the_last_lives_only() -> None:
    found = trend([aired(number, 1, viewers=1 + number) for number in range(MOST_SHOWN + 5)])

    assert found is not None
    assert (found.count, found.lowest, found.width) == (MOST_SHOWN, 6, 10 * MOST_SHOWN)
