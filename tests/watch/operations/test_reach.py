"""What the counts of a live mean is written down: bursts as marks, reach as a word."""

from datetime import datetime, timedelta
from typing import Unpack

import pytest

from tests.factories import NOW, LiveFields, make_channel, make_live
from vigie.watch import virality
from vigie.watch.models import Channel, ChatState, Gap, Live, LiveMark, LiveSample, Track
from vigie.watch.operations import reach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    reach._history_before.cache_clear()


def on_air(channel: Channel | None = None, ended_at: datetime | None = None, **fields: Unpack[LiveFields]) -> Live:
    """Return a live whose chat is read."""
    given: LiveFields = {"chat_state": ChatState.OK}
    given.update(fields)
    return make_live(channel, ended_at=ended_at, **given)


def counted(live: Live, *messages: int, **each: int) -> None:
    """Let the live have so many messages in each ten seconds, by as many people."""
    LiveSample.objects.bulk_create(
        LiveSample(live=live, at_s=10 * place, messages=number, commenters=number, **each)
        for place, number in enumerate(messages)
    )


def marks() -> list[tuple[float, float]]:
    return list(LiveMark.objects.order_by("from_s").values_list("from_s", "to_s"))


def at(place: int) -> timedelta:
    return timedelta(seconds=10 * place + 5)


def test_a_burst_is_marked_once_and_grows() -> None:
    live = on_air()
    counted(live, *[10] * 40, 60, 70, 65, 10, 10, 10, 10)

    reach.reckon(live.pk, NOW + at(42))
    assert marks() == [(400.0, 420.0)]
    for _ in range(2):
        reach.reckon(live.pk, NOW + at(47))

    assert marks() == [(400.0, 430.0)]


def test_a_calm_live_has_no_marks_and_a_low_reach() -> None:
    live = on_air()
    counted(live, *[10] * 60, viewers=100)

    reach.reckon(live.pk, NOW + at(60))

    live.refresh_from_db()
    assert (marks(), live.reach) == ([], "low")


def test_a_live_that_is_passed_on_has_a_high_reach() -> None:
    channel = make_channel()
    Channel.objects.filter(pk=channel.pk).update(platform="tiktok")
    live = on_air(channel)
    counted(live, *[10] * 54, viewers=100, shares=1)
    LiveSample.objects.bulk_create(
        LiveSample(
            live=live, at_s=540 + 10 * n, messages=60, commenters=50, viewers=400 + 300 * n, shares=30, follows=20
        )
        for n in range(6)
    )

    reach.reckon(live.pk, NOW + at(60))

    live.refresh_from_db()
    assert live.reach == "high"


def test_too_little_is_not_measured() -> None:
    live = on_air()
    counted(live, 10, 10)

    reach.reckon(live.pk, NOW + at(2))

    live.refresh_from_db()
    assert live.reach == "unknown"


def test_what_was_not_received_is_unknown_and_not_nothing() -> None:
    live = on_air()
    counted(live, *[100] * 30, *[0] * 10, *[100] * 10)
    Gap.objects.create(live=live, track=Track.CHAT, from_s=300.0, to_s=400.0, cause="cut")

    reach.reckon(live.pk, NOW + at(50))

    assert marks() == []


def test_silence_is_nothing_and_not_unknown() -> None:
    live = on_air()
    LiveSample.objects.create(live=live, at_s=0, messages=1, commenters=1, viewers=5)
    for n in range(60):
        LiveSample.objects.update_or_create(live=live, at_s=10 * n, defaults={"viewers": 5})

    reach.reckon(live.pk, NOW + at(60))

    live.refresh_from_db()
    assert live.reach == "low"


def test_the_last_burst_of_a_live_that_is_over_is_marked_and_its_reach_is_left() -> None:
    live = on_air(ended_at=NOW + at(50), reach="high")
    counted(live, *[10] * 40, 60, 70, 65)

    reach.reckon(live.pk, NOW + at(5000))

    live.refresh_from_db()
    assert (marks(), live.reach) == ([(400.0, 430.0)], "high")


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"chat_state": ChatState.OK}, "low"),
        ({"chat_state": ChatState.BROKEN, "chat_until_s": 580.0}, "low"),  # of the last minute, most was received
        ({"chat_state": ChatState.BROKEN, "chat_until_s": 530.0}, "unknown"),
        ({"chat_state": ChatState.REFUSED}, "unknown"),
    ],
)
def test_reach_is_unknown_while_the_chat_is_broken(fields: LiveFields, known: str) -> None:
    live = on_air(**fields)
    counted(live, *[10] * 53)

    reach.reckon(live.pk, NOW + at(60))

    live.refresh_from_db()
    assert live.reach == known


def test_lives_whose_chat_nobody_read_say_nothing_of_what_is_usual() -> None:
    channel = make_channel()
    for _ in range(3):
        counted(make_live(channel, ended_at=NOW), *[0] * 60, viewers=50)

    assert reach._history(on_air(channel)) is None


def test_a_live_that_is_gone_is_no_trouble() -> None:
    reach.reckon(7, NOW)

    assert marks() == []


def test_reach_is_explained_by_what_it_is_computed_from() -> None:
    live = on_air()
    counted(live, *[10] * 36, *[60] * 6, viewers=100)

    reach.reckon(live.pk, NOW + at(43))
    found = reach.explain_reach(live, NOW + at(43))

    live.refresh_from_db()
    assert found is not None
    assert live.reach == found.band


def test_nothing_explains_the_reach_of_a_live_that_just_began() -> None:
    assert reach.explain_reach(make_live(), NOW) is None


def test_what_is_usual_comes_from_the_lives_before() -> None:
    channel = make_channel()
    former = make_live(
        channel, started_at=NOW - timedelta(days=1), ended_at=NOW - timedelta(hours=20), chat_state=ChatState.OK
    )
    counted(former, *[200] * 30, viewers=5000)
    live = on_air(channel)

    found = reach._history(live)

    assert found is not None
    assert (found.lives, found.usual.viewers) == (1, 5000.0)


def test_one_live_is_reckoned_and_no_other() -> None:
    other, live = on_air(reach="high"), on_air()
    for each, much in ((other, 60), (live, 10)):
        counted(each, *[10] * 40, *[much] * 10, viewers=100)

    reach.reckon(live.pk, NOW + at(50))

    assert dict(Live.objects.values_list("pk", "reach")) == {other.pk: "high", live.pk: "low"}
    assert marks() == []


def test_a_burst_late_in_a_long_live_is_marked_where_it_was() -> None:
    live = on_air()
    counted(live, *[10] * 200, 60, 70, 65, *[10] * 20)

    reach.reckon(live.pk, NOW + at(223))

    assert marks() == [(2000.0, 2030.0)]


def signals(live: Live, place: int) -> dict[virality.Signal, float | None]:
    found = reach.explain_reach(live, NOW + at(place))
    assert found is not None
    return {feature.signal: feature.now for feature in found.features}


@pytest.mark.parametrize(
    ("platform", "follows", "expected"),
    [("tiktok", 0, (12.0, 0.0)), ("tiktok", 1, (12.0, 6.0)), ("twitch", 0, (None, None)), ("twitch", 1, (None, 6.0))],
)
def test_what_a_platform_does_not_tell_is_unknown_and_not_nothing(
    platform: str, follows: int, expected: tuple[float | None, float | None]
) -> None:
    live = on_air(make_channel(platform=platform))
    counted(live, *[10] * 60, viewers=100, shares=2, follows=follows)

    found = signals(live, 60)

    assert (found[virality.Signal.SHARES], found[virality.Signal.FOLLOWS]) == expected


def test_the_stretch_under_way_is_left_out() -> None:
    live = on_air()
    counted(live, *[10] * 60, 900, viewers=100)

    assert signals(live, 60)[virality.Signal.MESSAGES] == 60.0


def test_what_is_usual_is_told_by_the_last_lives_of_the_same_channel_that_are_over() -> None:
    channel = make_channel()
    for hours in range(virality.MOST_LIVES + 2):
        started_at = NOW - timedelta(hours=50 - hours)
        former = make_live(channel, started_at=started_at, ended_at=started_at + at(30), chat_state=ChatState.OK)
        counted(former, *[5] * 30, viewers=1000 * hours)
    counted(on_air(), *[5] * 30, viewers=10**6)  # of another channel

    found = reach._history(on_air(channel))

    assert found is not None
    assert (found.lives, found.usual.viewers) == (virality.MOST_LIVES, 6500.0)
