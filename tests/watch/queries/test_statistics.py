from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_channel, make_live
from vigie.watch import queries
from vigie.watch.models import Live, LiveSample, LiveState
from vigie.watch.statistics import Aired, Period

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TODAY = Period(NOW, NOW + 24 * HOUR)


def count(live: Live, *stretches: tuple[int, int | None]) -> None:
    """Write down messages and viewers of one stretch after the other."""
    for number, (messages, viewers) in enumerate(stretches):
        LiveSample.objects.create(live=live, at_s=10 * number, messages=messages, viewers=viewers)


def test_aired_in_tells_what_was_counted_in_each_live() -> None:
    channel = make_channel()
    open_live = make_live(channel, started_at=NOW + 5 * HOUR, reach="high")
    ended = make_live(channel, started_at=NOW, ended_at=NOW + HOUR, aired_at=NOW - HOUR, heard_s=90, lost_s=10)
    count(ended, (3, 10), (4, None), (0, 20))
    Live.objects.filter(pk=ended.pk).update(peak_viewers=25)
    count(make_live(), (100, 100))  # of another channel

    assert queries.aired_in(channel, TODAY) == [
        Aired(ended.pk, NOW - HOUR, NOW + HOUR, 15.0, 25, 7, 90.0, 10.0, "unknown"),
        Aired(open_live.pk, NOW + 5 * HOUR, None, None, None, 0, 0.0, 0.0, "high"),
    ]


@pytest.mark.parametrize(
    ("begin_h", "end_h", "is_in"), [(-2, -1, False), (-2, 0, False), (-2, 1, True), (23, 30, True), (24, 25, False)]
)
def test_aired_in_takes_the_lives_that_touch_the_period(begin_h: int, end_h: int, *, is_in: bool) -> None:
    live = make_live(started_at=NOW + begin_h * HOUR, ended_at=NOW + end_h * HOUR)

    assert bool(queries.aired_in(live.channel, TODAY)) is is_in


def test_aired_in_leaves_failed_attempts_out() -> None:
    attempt = make_live(state=LiveState.FAILED, ended_at=NOW + HOUR)

    assert queries.aired_in(attempt.channel, TODAY) == []


@pytest.mark.parametrize("lives", [1, 3])
def test_aired_in_asks_as_much_for_one_live_as_for_three(
    django_assert_num_queries: DjangoAssertNumQueries, lives: int
) -> None:
    channel = make_channel()
    for number in range(lives):
        count(make_live(channel, started_at=NOW + number * HOUR, ended_at=NOW + (number + 1) * HOUR), (1, 1))

    with django_assert_num_queries(2):
        assert len(queries.aired_in(channel, TODAY)) == lives
