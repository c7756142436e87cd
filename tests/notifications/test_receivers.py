from datetime import timedelta

import pytest
from django.db import transaction

from tests.factories import NOW, make_live, make_membership
from tests.notifications.rows import make_notice
from vigie.events import AlertRaised, LiveEnded, LiveResumed, LiveStarted
from vigie.notifications import receivers
from vigie.notifications.models import Happening
from vigie.people.models import Membership
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


def resumed(live: Live, after_min: int = 61) -> LiveResumed:
    return LiveResumed(live.channel.workspace_id, live.pk, NOW + timedelta(minutes=after_min))


def tell_the_end(member: Membership) -> None:
    """Let two minutes pass, and tell a member."""
    end = Happening.objects.get(kind="live_ended", state=WorkState.PENDING)
    make_notice(member, end)
    end.state = WorkState.DONE
    end.save()


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


def test_a_live_whose_end_was_told_goes_on_and_that_is_told_at_once(live: Live) -> None:
    receivers.note_start(started(live))
    receivers.note_end(ended(live))
    tell_the_end(make_membership(workspace=live.channel.workspace))
    for _ in range(2):
        receivers.take_back_end(resumed(live))

    assert noted() == [("live_started", "pending"), ("live_ended", "skipped"), ("live_resumed", "pending")]
    happening = Happening.objects.get(kind="live_resumed")
    assert (happening.live, happening.at, happening.not_before) == (live, NOW + timedelta(minutes=61), None)
    assert happening.headline == f"{live.channel.name}: the live goes on"


def test_each_time_that_a_live_goes_on_is_told_once(live: Live) -> None:
    member = make_membership(workspace=live.channel.workspace)
    receivers.note_start(started(live))
    for minutes in (60, 120):
        receivers.note_end(ended(live, after_min=minutes))
        tell_the_end(member)
        receivers.take_back_end(resumed(live, after_min=minutes + 10))
        receivers.take_back_end(resumed(live, after_min=minutes + 10))
    receivers.note_end(ended(live, after_min=180))
    receivers.take_back_end(resumed(live, after_min=181))

    resumptions = Happening.objects.filter(kind="live_resumed").order_by("at")
    assert [one.at for one in resumptions] == [NOW + timedelta(minutes=70), NOW + timedelta(minutes=130)]


def test_a_live_that_did_not_go_on_stays_over(live: Live) -> None:
    def resume_and_fail() -> None:
        with transaction.atomic():
            receivers.take_back_end(resumed(live))
            raise RuntimeError

    receivers.note_start(started(live))
    receivers.note_end(ended(live))
    tell_the_end(make_membership(workspace=live.channel.workspace))
    with pytest.raises(RuntimeError):
        resume_and_fail()

    assert noted() == [("live_started", "pending"), ("live_ended", "done")]


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
