"""The bus: reactions inside the transaction, followers after it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from vigie.events import Acted
from vigie.runtime import bus
from vigie.runtime.models import Lease

EVENT = Acted(workspace_id=None, actor_id=None, verb="tested")


class Recorder:
    """Writes a row as a reaction and counts as a follower."""

    def __init__(self, *, fails: bool = False) -> None:
        self.seen: list[str] = []
        self.fails = fails

    def react(self, event: Acted) -> None:
        Lease.objects.create(resource=event.verb)
        if self.fails:
            raise ValueError("the reaction failed")

    def follow(self, event: Acted) -> None:
        self.seen.append(event.verb)


@pytest.fixture
def recorder(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    made = Recorder(fails=getattr(request, "param", False))
    bus.react(Acted, made.react)
    bus.follow(Acted, made.follow)
    yield made
    bus.unreact(Acted, made.react)
    bus.unfollow(Acted, made.follow)


@pytest.mark.django_db(transaction=True)
def test_bus_runs_reactions_with_their_cause_and_followers_after_it(recorder: Recorder) -> None:
    with transaction.atomic():
        bus.publish(EVENT)
        assert Lease.objects.count() == 1
        assert recorder.seen == []

    assert recorder.seen == ["tested"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("recorder", [True], indirect=True)
def test_bus_rolls_everything_back_when_a_reaction_fails(recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="the reaction failed"), transaction.atomic():
        bus.publish(EVENT)

    assert Lease.objects.count() == 0
    assert recorder.seen == []


@pytest.mark.django_db(transaction=True)
def test_bus_keeps_going_when_a_follower_fails(recorder: Recorder) -> None:
    def broken(_: Acted) -> None:
        raise ValueError("the follower failed")

    bus.follow(Acted, broken)
    try:
        with transaction.atomic():
            bus.publish(EVENT)
    finally:
        bus.unfollow(Acted, broken)

    assert Lease.objects.count() == 1
    assert recorder.seen == ["tested"]


@pytest.mark.django_db(transaction=True)
def test_bus_refuses_an_event_outside_a_transaction() -> None:
    with pytest.raises(bus.NotInTransaction):
        bus.publish(EVENT)


def test_bus_calls_a_handler_once_however_often_it_was_given(recorder: Recorder) -> None:
    bus.follow(Acted, recorder.follow)

    bus.unfollow(Acted, recorder.follow)
    with pytest.raises(ValueError, match="not in list"):
        bus.unfollow(Acted, recorder.follow)
    bus.follow(Acted, recorder.follow)
