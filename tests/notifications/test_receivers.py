from datetime import timedelta

import pytest
from django.db import transaction

from tests.factories import NOW, make_live
from vigie.events import AlertRaised, LiveEnded, LiveResumed, LiveStarted
from vigie.notifications import receivers
from vigie.notifications.models import Happening
from vigie.runtime import clock
from vigie.runtime.models import WorkState
from vigie.watch.models import Channel, Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    live = make_live()
    Channel.objects.update(is_watched=True)
    return live


def started(live: Live) -> LiveStarted:
    return LiveStarted(live.channel.workspace_id, live.pk, live.channel_id, NOW)


def ended(live: Live, after_min: int = 60) -> LiveEnded:
    return LiveEnded(live.channel.workspace_id, live.pk, NOW + timedelta(minutes=after_min), "the stream was closed.")


def resumed(live: Live) -> LiveResumed:
    return LiveResumed(live.channel.workspace_id, live.pk, NOW + timedelta(minutes=61))


def noted() -> list[tuple[str, str]]:
    return list(Happening.objects.order_by("pk").values_list("kind", "state"))


def test_a_live_that_starts_is_to_be_told_at_once(live: Live) -> None:
    receivers.note_start(started(live))

    happening = Happening.objects.get()
    assert (happening.kind, happening.live, happening.workspace, happening.at) == (
        "live_started",
        live,
        live.channel.workspace,
        NOW,
    )
    assert (happening.state, happening.not_before) == (WorkState.PENDING, None)


def test_the_same_start_twice_is_told_once(live: Live) -> None:
    for _ in range(2):
        receivers.note_start(started(live))

    assert noted() == [("live_started", "pending")]


def test_an_end_waits_two_minutes(live: Live) -> None:
    before = clock.now()
    receivers.note_start(started(live))
    receivers.note_end(ended(live))

    end = Happening.objects.get(kind="live_ended")
    assert end.not_before is not None
    assert before + receivers.FLAP <= end.not_before <= clock.now() + receivers.FLAP
    assert end.detail == "the stream was closed."


def test_a_live_that_nobody_watches_any_more_may_still_be_on_air(live: Live) -> None:
    receivers.note_start(started(live))
    Channel.objects.update(is_watched=False)

    receivers.note_end(ended(live))

    end = Happening.objects.get(kind="live_ended")
    assert (end.detail, end.headline) == ("no longer watched", f"{live.channel.name} is no longer watched")


def test_the_end_of_a_live_that_never_began_is_not_told(live: Live) -> None:
    receivers.note_end(ended(live))

    assert noted() == []


def test_a_live_that_is_back_has_not_ended_and_did_not_begin_again(live: Live) -> None:
    receivers.note_start(started(live))
    receivers.note_end(ended(live))
    receivers.take_back_end(resumed(live))

    assert noted() == [("live_started", "pending"), ("live_ended", "skipped")]
    assert Happening.objects.get(kind="live_ended").reason == "the live goes on"


def test_a_live_that_went_on_ends_anew(live: Live) -> None:
    receivers.note_start(started(live))
    receivers.note_end(ended(live))
    receivers.take_back_end(resumed(live))
    receivers.note_end(ended(live, after_min=90))

    assert noted() == [("live_started", "pending"), ("live_ended", "skipped"), ("live_ended", "pending")]


def test_another_live_is_not_taken_back(live: Live) -> None:
    other = make_live()
    receivers.note_start(started(other))
    receivers.note_end(ended(other))
    receivers.take_back_end(resumed(live))

    assert noted() == [("live_started", "pending"), ("live_ended", "pending")]


def test_an_alert_is_told_with_its_score(live: Live) -> None:
    event = AlertRaised(live.channel.workspace_id, live.pk, 41, 5, 1, 0.82)
    for _ in range(2):
        receivers.note_alert(event)

    happening = Happening.objects.get()
    assert (happening.kind, happening.subject_id, happening.live, happening.score) == ("alert_raised", 41, live, 0.82)


def test_what_did_not_happen_is_not_told(live: Live) -> None:
    def start_and_fail() -> None:
        with transaction.atomic():
            receivers.note_start(started(live))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        start_and_fail()

    assert noted() == []
