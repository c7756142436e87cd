"""What the database itself refuses, whoever writes, and what a row says of itself."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import NOW, make_channel, make_live
from vigie.watch.models import Channel, Gap, Live, LiveSample

pytestmark = pytest.mark.django_db


def test_an_address_is_one_channel_of_a_workspace() -> None:
    channel = make_channel(address="https://live.example.org/a.m3u8")
    make_channel(address=channel.address)  # another workspace

    with pytest.raises(IntegrityError), transaction.atomic():
        make_channel(channel.workspace, address=channel.address)

    assert Channel.objects.filter(address=channel.address).count() == 2


def test_a_removed_channel_is_not_watched() -> None:
    channel = make_channel()
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(removed_at=NOW)

    assert Channel.objects.filter(pk=channel.pk).update(removed_at=NOW, is_watched=False) == 1


def test_a_live_that_ended_makes_room_for_the_next() -> None:
    first = make_live()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_live(first.channel)
    Live.objects.filter(pk=first.pk).update(ended_at=NOW)

    assert make_live(first.channel).pk != first.pk


def test_a_gap_does_not_end_before_it_starts() -> None:
    live = make_live()
    Gap.objects.create(live=live, from_s=1.0, to_s=1.0, cause="an instant")

    with pytest.raises(IntegrityError), transaction.atomic():
        Gap.objects.create(live=live, from_s=5.0, to_s=4.9, cause="backwards")


def test_a_gap_is_told_once() -> None:
    live, other = make_live(), make_live()
    for each in (live, other):
        Gap.objects.create(live=each, from_s=2.0, to_s=3.0, cause="cut")

    with pytest.raises(IntegrityError), transaction.atomic():
        Gap.objects.create(live=live, from_s=2.0, to_s=9.0, cause="cut again")


def test_a_moment_has_one_sample() -> None:
    live = make_live()
    for second in (0, 10):
        LiveSample.objects.create(live=live, at_s=second, viewers=5)

    with pytest.raises(IntegrityError), transaction.atomic():
        LiveSample.objects.create(live=live, at_s=10, viewers=6)


@pytest.mark.parametrize(
    ("heard_s", "lost_s", "share"), [(0.0, 0.0, None), (30.0, 0.0, 1.0), (30.0, 10.0, 0.75), (0.0, 10.0, 0.0)]
)
def test_a_live_says_which_share_of_it_was_heard(heard_s: float, lost_s: float, share: float | None) -> None:
    live = Live(heard_s=heard_s, lost_s=lost_s)

    assert (live.received_s, live.heard_share) == (heard_s + lost_s, share)
