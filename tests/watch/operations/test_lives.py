from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests.factories import NOW, make_channel, make_live
from vigie.events import Acted, Event, GapRecorded, LiveEnded, LiveStarted, LiveStateChanged, PictureTaken
from vigie.runtime import leases
from vigie.watch import operations
from vigie.watch.models import ChatState, Gap, Live, LiveState, Reach, Thumbnail, Track
from vigie.watch.operations import NOT_RUNNING, Ending, LiveIsOver
from vigie.watch.timeline import Hole, Mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]

LATER = NOW + timedelta(minutes=5)


def test_a_live_begins_once_and_is_told(told: list[Event]) -> None:
    channel = make_channel()

    live = operations.open_live(channel, title="Marché", now=NOW)

    assert (live.channel, live.title, live.state, live.started_at, live.ended_at, live.epoch) == (
        *(channel, "Marché", LiveState.STARTING, NOW, None),
        None,
    )
    assert told == [
        Acted(channel.workspace_id, None, "live.started", "live", str(live.pk), {"title": "Marché"}),
        LiveStarted(channel.workspace_id, live.pk, channel.pk, NOW),
    ]


def test_a_channel_has_one_open_live() -> None:
    live = make_live()

    with pytest.raises(IntegrityError):
        operations.open_live(live.channel, title="", now=NOW)


def test_a_title_may_be_long() -> None:
    assert len(operations.open_live(make_channel(), title="é" * 500, now=NOW).title) == 200


ODD, KEPT = "\ud83d a\0b " + "x" * 400, "? ab " + "x" * 400
"""What platforms, pages and file names may say: half an emoji, a NUL, too much."""


@pytest.mark.parametrize(
    ("write", "column", "most"),
    [
        (lambda live: operations.change_state(live.pk, LiveState.NO_AUDIO, ODD), "reason", 300),
        (lambda live: operations.change_chat_state(live.pk, ChatState.BROKEN, ODD), "chat_reason", 300),
        (lambda live: operations.end_live(live.pk, Ending(LATER, ODD, is_over=True)), "reason", 300),
        (lambda live: operations.enter_room(live.pk, ODD), "room_id", 64),
        (lambda live: operations.record_gap(live.pk, Hole(0.0, 1.0), ODD), "gaps__cause", 200),
        (lambda live: operations.record_late_gap(live.pk, Hole(0.0, 1.0), ODD, Track.CHAT), "gaps__cause", 200),
    ],
)
def test_what_no_column_holds_is_made_to_fit(write: Callable[[Live], object], column: str, most: int) -> None:
    write(make_live())

    assert Live.objects.values_list(column, flat=True).get() == KEPT[:most]


def test_a_live_whose_title_is_odd_begins() -> None:
    live = operations.open_live(make_channel(), title=ODD, now=NOW, room_id=ODD)

    live.refresh_from_db()
    assert (live.title, live.room_id) == (KEPT[:200], KEPT[:64])


def test_odd_trouble_of_a_channel_that_cannot_be_had_is_one_row_however_often_it_comes() -> None:
    channel = make_channel()

    first, again = (operations.record_unavailable(channel, ODD, at) for at in (NOW, LATER))

    assert (first.pk, Live.objects.get().reason) == (again.pk, KEPT[:300])


def test_a_state_is_written_and_told_when_it_changes(told: list[Event]) -> None:
    live = make_live(state=LiveState.OK)
    workspace_id = live.channel.workspace_id

    operations.change_state(live.pk, LiveState.OK)
    operations.change_state(live.pk, LiveState.RECONNECTING, "broken")
    operations.change_state(live.pk, LiveState.RECONNECTING, "broken")
    operations.change_state(live.pk, LiveState.RECONNECTING, "x" * 400)

    assert told == [
        LiveStateChanged(workspace_id, live.pk, "reconnecting", "broken"),
        LiveStateChanged(workspace_id, live.pk, "reconnecting", "x" * 300),
    ]
    live.refresh_from_db()
    assert (live.state, live.reason) == (LiveState.RECONNECTING, "x" * 300)


def test_a_gap_is_written_counted_and_told(told: list[Event]) -> None:
    live = make_live()

    gap = operations.record_gap(live.pk, Hole(10.0, 12.5), "broken")

    live.refresh_from_db()
    assert (gap.from_s, gap.to_s, gap.cause, live.lost_s) == (10.0, 12.5, "broken", 2.5)
    assert told == [GapRecorded(live.channel.workspace_id, live.pk, gap.pk, 10.0, 12.5, "broken")]


def test_a_gap_told_again_from_the_same_moment_is_the_same_gap() -> None:
    live = make_live()
    operations.record_gap(live.pk, Hole(10.0, 12.5), "broken")

    operations.record_gap(live.pk, Hole(10.0, 15.0), "Vigie was not running")

    live.refresh_from_db()
    assert list(Gap.objects.values_list("from_s", "to_s", "cause")) == [(10.0, 15.0, "Vigie was not running")]
    assert live.lost_s == 5.0


def test_how_far_a_live_was_heard_is_written() -> None:
    live = make_live()

    operations.count_heard(live.pk, Mark(2, 61.5, -10.0), 58.0)

    live.refresh_from_db()
    assert (live.epoch, live.heard_until_s, live.clock_shift_s, live.heard_s) == (2, 61.5, -10.0, 58.0)


@pytest.mark.parametrize(("is_over", "state"), [(True, LiveState.ENDED), (False, LiveState.FAILED)])
def test_a_live_ends_and_is_told(told: list[Event], state: LiveState, *, is_over: bool) -> None:
    live = make_live()
    workspace_id = live.channel.workspace_id

    operations.end_live(live.pk, Ending(LATER, "the end", is_over=is_over))

    live.refresh_from_db()
    assert (live.state, live.reason, live.ended_at) == (state, "the end", LATER)
    assert told == [
        Acted(workspace_id, None, "live.ended", "live", str(live.pk), {"reason": "the end", "state": state}),
        LiveEnded(workspace_id, live.pk, LATER, "the end"),
    ]


def test_nothing_is_written_about_a_live_that_is_over(told: list[Event]) -> None:
    live = make_live(state=LiveState.ENDED, ended_at=NOW)

    with pytest.raises(LiveIsOver):
        operations.change_state(live.pk, LiveState.OK)
    with pytest.raises(LiveIsOver):
        operations.record_gap(live.pk, Hole(0.0, 1.0), "")
    with pytest.raises(LiveIsOver):
        operations.count_heard(live.pk, Mark(0, 1.0, None), 1.0)
    with pytest.raises(LiveIsOver):
        operations.end_live(live.pk, Ending(LATER, "", is_over=True))
    assert told == []


def test_a_channel_that_cannot_be_had_has_a_failed_live_once_for_each_reason() -> None:
    channel = make_channel()

    first = operations.record_unavailable(channel, "HTTP 404", NOW)
    again = operations.record_unavailable(channel, "HTTP 404", LATER)
    other = operations.record_unavailable(channel, "HTTP 503", LATER)

    assert (first.pk, again.pk != other.pk) == (again.pk, True)
    assert list(Live.objects.order_by("pk").values_list("state", "reason", "ended_at")) == [
        (LiveState.FAILED, "HTTP 404", NOW),
        (LiveState.FAILED, "HTTP 503", LATER),
    ]


def test_lives_of_channels_given_up_are_closed() -> None:
    watched, given_up = make_live(), make_live()
    watched.channel.is_watched = True
    watched.channel.save()

    operations.end_unwatched(LATER)

    assert list(Live.objects.filter(ended_at=LATER)) == [given_up]


def test_lives_of_channels_given_up_are_left_to_who_holds_them() -> None:
    held = make_live()
    leases.claim([held.channel.resource], "me", NOW, ttl_s=60, limit=1)

    operations.end_unwatched(NOW)
    held.refresh_from_db()
    assert held.ended_at is None

    operations.end_unwatched(LATER)
    held.refresh_from_db()
    assert held.ended_at == LATER


@pytest.mark.parametrize(
    ("chat_state", "gaps"),
    [(ChatState.OK, [("chat", 40.0), ("media", 30.0)]), (ChatState.NONE, [("media", 30.0)])],
)
def test_an_end_that_nobody_received_is_a_gap(chat_state: ChatState, gaps: list[tuple[str, float]]) -> None:
    live = make_live(chat_state=chat_state, heard_until_s=30.0, chat_until_s=40.0)

    operations.end_unreceived(live.pk, Ending(NOW + timedelta(minutes=10), "", is_over=True))

    told = Gap.objects.order_by("track").values_list("track", "from_s", "to_s", "cause")
    assert list(told) == [(track, from_s, 600.0, NOT_RUNNING) for track, from_s in gaps]


@pytest.mark.parametrize(("is_released", "gaps"), [(False, 1), (True, 0)])
def test_a_live_that_was_given_up_in_good_order_misses_nothing(*, is_released: bool, gaps: int) -> None:
    live = make_live(heard_until_s=30.0)
    leases.claim([live.channel.resource], "me", NOW, ttl_s=60, limit=1)
    if is_released:
        leases.release("me", [live.channel.resource])

    operations.end_unwatched(LATER)

    assert Gap.objects.count() == gaps


def test_a_live_has_one_picture_the_last(told: list[Event]) -> None:
    live = make_live()
    for at_s, jpeg in ((10.0, b"one"), (30.0, b"two")):
        operations.save_picture(live.pk, at_s, jpeg)

    [picture] = Thumbnail.objects.values_list("live", "at_s", "jpeg")
    assert (picture[0], picture[1], bytes(picture[2])) == (live.pk, 30.0, b"two")
    assert told == [PictureTaken(live.channel.workspace_id, live.pk, at_s) for at_s in (10.0, 30.0)]


def test_a_gap_of_the_chat_is_no_loss_of_sound(told: list[Event]) -> None:
    live = make_live()
    gap = operations.record_late_gap(live.pk, Hole(10.0, 20.0), "cut", Track.CHAT)

    live.refresh_from_db()
    assert gap is not None
    assert (gap.track, live.lost_s) == ("chat", 0.0)
    assert told == [GapRecorded(live.channel.workspace_id, live.pk, gap.pk, 10.0, 20.0, "cut", "chat")]


def test_a_gap_of_the_chat_ends_with_its_live() -> None:
    live = make_live(ended_at=NOW + timedelta(seconds=15))

    gap = operations.record_late_gap(live.pk, Hole(10.0, 20.0), "cut", Track.CHAT)

    assert gap is not None
    assert gap.to_s == 15.0
    assert operations.record_late_gap(live.pk, Hole(16.0, 20.0), "cut", Track.CHAT) is None


def test_the_chat_of_a_live_that_is_over_is_written_about_no_more() -> None:
    live = make_live(ended_at=NOW)
    for write in (
        lambda: operations.count_chat(live.pk, 5.0),
        lambda: operations.change_chat_state(live.pk, ChatState.OK),
    ):
        with pytest.raises(LiveIsOver):
            write()


@pytest.mark.parametrize(
    ("state", "reach"), [(ChatState.NONE, Reach.UNKNOWN), (ChatState.OK, Reach.HIGH), (ChatState.BROKEN, Reach.HIGH)]
)
def test_a_live_whose_chat_is_read_no_more_has_no_reach(told: list[Event], state: ChatState, reach: Reach) -> None:
    live = make_live(reach=Reach.HIGH)

    operations.change_chat_state(live.pk, state, "why")

    live.refresh_from_db()
    assert (live.chat_state, live.chat_reason, live.reach) == (state, "why", reach)
    assert told == [LiveStateChanged(live.channel.workspace_id, live.pk, live.state, live.reason)]


@pytest.mark.parametrize(
    ("hole", "told_s", "lost_s"),
    [
        (Hole(5.0, 30.0), (20.0, 30.0), 26.0),  # its beginning is told already
        (Hole(5.0, 15.0), None, 16.0),
        (Hole(20.0, 30.0), (20.0, 30.0), 26.0),  # it only touches
        (Hole(4.0, 30.0), (4.0, 30.0), 26.0),  # the same gap, that went on
        (Hole(0.0, 4.0), (0.0, 4.0), 20.0),
    ],
)
def test_what_an_earlier_gap_tells_is_not_told_twice(
    hole: Hole, told_s: tuple[float, float] | None, lost_s: float
) -> None:
    live = make_live()
    Gap.objects.create(live=live, from_s=4.0, to_s=20.0, cause="cut")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=0.0, to_s=90.0, cause="cut")
    Live.objects.update(lost_s=16.0)

    gap = operations.record_late_gap(live.pk, hole, "late", Track.MEDIA)

    assert (gap and (gap.from_s, gap.to_s)) == told_s
    assert Live.objects.get().lost_s == lost_s


def test_nothing_is_entered_or_shown_of_a_live_that_is_over() -> None:
    live = make_live(ended_at=NOW)

    for write in (
        lambda: operations.enter_room(live.pk, "8"),
        lambda: operations.save_picture(live.pk, 1.0, b"late"),
    ):
        with pytest.raises(LiveIsOver):
            write()
    assert (Live.objects.get().room_id, Thumbnail.objects.count()) == ("", 0)


def test_a_channel_that_was_heard_before_it_failed_has_another_row_for_the_same_trouble() -> None:
    """What was heard before is a live; that nothing can be had now is something else."""
    heard = make_live(state=LiveState.FAILED, reason="HTTP 404", ended_at=NOW)
    Live.objects.update(epoch=0)

    again = operations.record_unavailable(heard.channel, "HTTP 404", LATER)

    assert (again.pk != heard.pk, Live.objects.count()) == (True, 2)


def test_what_is_written_of_one_live_leaves_the_others_alone() -> None:
    live, other = make_live(), make_live()

    operations.record_gap(live.pk, Hole(0.0, 5.0), "cut")
    operations.count_heard(live.pk, Mark(1, 60.0, None), 55.0)
    operations.count_chat(live.pk, 60.0)
    operations.enter_room(live.pk, "8")
    operations.measure_lag(live.pk, 3.5)

    columns = ("lost_s", "heard_s", "chat_until_s", "room_id", "lag_s")
    assert Live.objects.values_list(*columns).get(pk=live.pk) == (5.0, 55.0, 60.0, "8", 3.5)
    assert Live.objects.values_list(*columns).get(pk=other.pk) == (0.0, 0.0, None, "", 0.0)
