"""What is written of channels as their platforms are asked."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_channel
from vigie.events import Event, LiveEnded, LiveResumed, LiveStarted, PresenceChanged
from vigie.ports import Airing, Sighting
from vigie.runtime import leases
from vigie.runtime.models import Lease
from vigie.watch import operations
from vigie.watch.models import Channel, Gap, Live, LiveSample, Presence
from vigie.watch.operations import presence
from vigie.watch.pacing import PACES, Look
from vigie.watch.presence import FLAP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
LOOK = Look(PACES["tiktok"], Random(1))
AIRED = NOW - timedelta(hours=2)
LIVE = Sighting(
    "camille", Airing.LIVE, platform_id="42", handle="camille", room_id="7", title="Marché", viewers=5, started_at=AIRED
)
OFFLINE = Sighting("camille", Airing.OFFLINE)
LATER = timedelta(seconds=31)
BANNED = Sighting("camille", Airing.UNKNOWN, "TikTok banned this account.", is_permanent=True, platform_id="42")
BLOCKED = Sighting("camille", Airing.UNKNOWN, "TikTok asks for a captcha")


def watched(**fields: str) -> Channel:
    channel = make_channel(address="camille", name="@camille")
    Channel.objects.filter(pk=channel.pk).update(platform="tiktok", is_watched=True, **fields)
    channel.refresh_from_db()
    operations.expect(channel, NOW)
    return channel


def see(channel: Channel, *sightings: Sighting, after: timedelta = timedelta(0)) -> Presence:
    for sighting in sightings:
        operations.record_sighting(channel.pk, sighting, NOW + after, look=LOOK)
    return Presence.objects.get(pk=channel.pk)


def record(channel: Channel, *, actor: None) -> None:
    del actor
    see(channel, LIVE)


def test_expect_makes_a_channel_due_at_once_and_leaves_the_web_alone() -> None:
    channel, web = watched(), make_channel()
    Presence.objects.update(due_at=NOW + timedelta(days=1), failures=4)

    for each in (channel, web):
        operations.expect(each, NOW)

    assert list(Presence.objects.values_list("channel", "due_at", "failures")) == [(channel.pk, NOW, 0)]


def test_a_live_begins_when_its_platform_says_so(told: list[Event]) -> None:
    channel = watched()
    Lease.objects.create(resource=channel.resource, due_at=NOW + timedelta(hours=1))

    belief = see(channel, LIVE)

    live = Live.objects.get()
    assert (live.title, live.room_id, live.started_at, live.aired_at) == ("Marché", "7", NOW, AIRED)
    assert (belief.airing, belief.room_id, belief.viewers, belief.checked_at) == ("live", "7", 5, NOW)
    assert LiveStarted(channel.workspace_id, live.pk, channel.pk, NOW) in told
    assert PresenceChanged(channel.workspace_id, channel.pk, "live", "") in told
    assert Lease.objects.get(pk=channel.resource).due_at is None


@pytest.mark.parametrize("write", [record, operations.start_watching])
def test_a_lease_is_locked_before_the_presence_so_that_nobody_waits_in_a_ring(write: Callable[..., None]) -> None:
    channel = watched()
    with CaptureQueriesContext(connection) as asked:
        write(channel, actor=None)

    tables = re.findall("runtime_lease|watch_presence", " ".join(query["sql"] for query in asked))
    assert list(dict.fromkeys(tables)) == ["runtime_lease", "watch_presence"]


@pytest.mark.parametrize("sighting", [LIVE, OFFLINE])
def test_a_look_at_a_live_that_goes_on_locks_no_lease(sighting: Sighting) -> None:
    channel = watched()
    see(channel, LIVE)
    with CaptureQueriesContext(connection) as asked:
        see(channel, sighting)

    assert not any("runtime_lease" in query["sql"] for query in asked)


@pytest.mark.parametrize(
    ("odd", "column", "kept"),
    [
        ({"viewers": -1}, "viewers", None),
        ({"viewers": 2**31}, "viewers", 2**31 - 1),
        ({"reason": "\ud83d a\0b"}, "reason", "? ab"),
        ({"reason": "x" * 301}, "reason", "x" * 300),
        ({"room_id": "7" * 65}, "room_id", ""),
        ({"room_id": "\0"}, "room_id", ""),
        ({"title": "\ud83d a\0b"}, "channel__lives__title", "? ab"),
        ({"title": "x" * 201}, "channel__lives__title", "x" * 200),
        ({"platform_id": "4" * 65}, "channel__platform_id", ""),
        ({"handle": "c" * 501, "platform_id": "42"}, "channel__address", "camille"),
        ({"handle": "c" * 300, "platform_id": "42"}, "channel__name", "@" + "c" * 119),
    ],
)
def test_what_fits_no_column_is_made_to_fit(odd: dict[str, Any], column: str, kept: object) -> None:
    see(watched(), Sighting("camille", Airing.LIVE, **odd))

    assert Presence.objects.values_list(column, flat=True).get() == kept


def test_a_live_that_goes_on_is_told_once(told: list[Event]) -> None:
    see(watched(), LIVE, LIVE)

    assert [type(event) for event in told].count(LiveStarted) == 1
    assert [type(event) for event in told].count(PresenceChanged) == 1


def test_a_live_ends_when_that_was_said_twice(told: list[Event]) -> None:
    channel = watched()
    belief = see(channel, LIVE, OFFLINE)
    assert Live.objects.get().ended_at is None
    assert belief.due_at <= NOW + timedelta(seconds=20)

    see(channel, OFFLINE)

    live = Live.objects.get()
    assert (live.state, live.ended_at) == ("ended", NOW)
    assert LiveEnded(channel.workspace_id, live.pk, NOW, "") in told


@pytest.mark.parametrize(("is_held", "gaps"), [(True, 0), (False, 1)])
def test_the_end_of_a_live_that_nobody_held_was_not_received(*, is_held: bool, gaps: int) -> None:
    channel = watched()
    leases.claim([channel.resource], "me", NOW, ttl_s=60 if is_held else 1, limit=1)
    see(channel, LIVE)

    see(channel, OFFLINE, OFFLINE, after=LATER)

    assert Gap.objects.count() == gaps


def test_a_live_that_its_platform_took_down_ends_with_the_reason(told: list[Event]) -> None:
    channel = watched()
    belief = see(channel, LIVE, BANNED)
    assert Live.objects.get().ended_at is None
    assert belief.due_at <= NOW + timedelta(seconds=20)

    belief = see(channel, BANNED)

    live = Live.objects.get()
    assert (live.ended_at, belief.reason) == (NOW, "TikTok banned this account.")
    assert belief.due_at > NOW + timedelta(hours=5)
    assert LiveEnded(channel.workspace_id, live.pk, NOW, "TikTok banned this account.") in told


def test_doubt_counts_as_one_of_the_two() -> None:
    channel = watched()
    see(channel, LIVE)
    operations.doubt(channel.pk, NOW + LATER)
    assert Presence.objects.get().due_at == NOW + LATER

    see(channel, OFFLINE, after=LATER)

    assert Live.objects.get().ended_at == NOW + LATER


def test_doubts_alone_never_add_up_to_an_end() -> None:
    channel = watched()
    see(channel, LIVE)
    for _ in range(3):
        operations.doubt(channel.pk, NOW + LATER)
    see(channel, BLOCKED, after=LATER)

    assert (Presence.objects.get().denials, Live.objects.get().ended_at) == (1, None)


def test_doubt_asks_no_sooner_than_the_platform_wants() -> None:
    channel = watched()
    see(channel, LIVE, BLOCKED)
    Presence.objects.update(due_at=NOW + timedelta(hours=1))

    operations.doubt(channel.pk, NOW + LATER)

    assert Presence.objects.get().due_at == NOW + timedelta(hours=1)


def test_doubt_does_not_ask_again_what_was_just_asked() -> None:
    channel = watched()
    due_at = see(channel, LIVE).due_at

    operations.doubt(channel.pk, NOW + timedelta(seconds=29))

    assert Presence.objects.get().due_at == due_at


def test_not_to_know_ends_nothing_and_asks_ever_more_rarely() -> None:
    channel = watched()
    first = see(channel, LIVE, BLOCKED).due_at
    belief = see(channel, *[BLOCKED] * 9)

    assert Live.objects.get().ended_at is None
    assert (belief.airing, belief.reason, belief.failures) == ("unknown", "TikTok asks for a captcha", 10)
    assert belief.due_at > first


@pytest.mark.parametrize(("room_id", "after"), [("7", timedelta(hours=1)), ("8", FLAP)])
def test_a_live_that_is_back_soon_or_in_the_same_room_goes_on(
    told: list[Event], room_id: str, after: timedelta
) -> None:
    channel = watched()
    see(channel, LIVE, OFFLINE, OFFLINE)

    see(channel, Sighting("camille", Airing.LIVE, room_id=room_id), after=after)

    live = Live.objects.get()
    assert (live.state, live.ended_at) == ("reconnecting", None)
    assert LiveResumed(channel.workspace_id, live.pk, NOW + after) in told
    assert [type(event) for event in told].count(LiveStarted) == 1


def test_another_live_is_another_row() -> None:
    channel = watched()
    see(channel, LIVE, OFFLINE, OFFLINE)

    see(channel, Sighting("camille", Airing.LIVE, room_id="8"), after=timedelta(hours=1))

    assert Live.objects.count() == 2


def test_a_channel_that_is_watched_no_longer_begins_nothing() -> None:
    channel = watched()
    Channel.objects.update(is_watched=False)

    see(channel, LIVE)

    assert not Live.objects.exists()


def test_how_many_watch_is_counted_though_no_chat_is_read() -> None:
    channel = watched()

    see(channel, LIVE)
    see(channel, replace(LIVE, viewers=9), after=LATER)
    see(channel, replace(LIVE, viewers=None), after=2 * LATER)

    live = Live.objects.get()
    assert list(LiveSample.objects.order_by("at_s").values_list("at_s", "viewers")) == [(0, 5), (30, 9)]
    assert (live.viewers, live.peak_viewers, Presence.objects.get().viewers) == (9, 9, 9)


def test_look_at_notes_who_is_on_the_screen() -> None:
    channel = watched()
    operations.look_at([channel.pk], NOW)

    assert Presence.objects.get().looked_at == NOW


def test_put_off_lets_a_channel_be_looked_at_later() -> None:
    channel = watched()
    presence.put_off(channel.pk, NOW + LATER)

    assert Presence.objects.get().due_at == NOW + LATER


def test_a_live_is_followed_into_another_room() -> None:
    channel = watched()
    see(channel, LIVE, Sighting("camille", Airing.LIVE, room_id="8"))
    assert Live.objects.get().room_id == "8"

    see(channel, OFFLINE, OFFLINE)
    see(channel, Sighting("camille", Airing.LIVE, room_id="9"), after=FLAP)

    assert (Live.objects.get().room_id, Live.objects.count()) == ("9", 1)


def test_a_live_goes_on_only_while_none_came_after_it() -> None:
    channel = watched()
    see(channel, LIVE, OFFLINE, OFFLINE)
    see(channel, replace(LIVE, room_id="8"), OFFLINE, OFFLINE, after=timedelta(hours=1))

    see(channel, LIVE, after=timedelta(hours=2))

    assert list(Live.objects.order_by("pk").values_list("room_id", flat=True)) == ["7", "8", "7"]


def test_a_live_without_a_room_is_another_one_however_many_have_none() -> None:
    channel = watched()
    nameless = Sighting("camille", Airing.LIVE)
    see(channel, nameless, OFFLINE, OFFLINE)

    see(channel, nameless, after=timedelta(hours=1))

    assert Live.objects.count() == 2


def test_doubt_and_looks_concern_one_channel() -> None:
    channel, other = watched(), watched()
    for each in (channel, other):
        see(each, LIVE)
    due_at = Presence.objects.get(pk=other.pk).due_at

    operations.doubt(channel.pk, NOW + LATER)
    operations.look_at([channel.pk], NOW)
    presence.put_off(channel.pk, NOW + timedelta(days=1))

    left = Presence.objects.get(pk=other.pk)
    assert (left.denials, left.looked_at, left.due_at) == (0, None, due_at)


def test_what_somebody_has_on_the_screen_is_asked_for_sooner() -> None:
    channel = watched()
    operations.look_at([channel.pk], NOW)

    assert see(channel, OFFLINE).due_at <= NOW + timedelta(seconds=35)


def test_a_platform_that_asks_to_be_left_alone_is_left_alone_also_after_an_answer() -> None:
    channel = watched()
    operations.record_sighting(channel.pk, OFFLINE, NOW, look=replace(LOOK, asked_s=900.0))

    assert Presence.objects.get().due_at == NOW + timedelta(seconds=900)


def test_a_change_of_the_reason_alone_is_told(told: list[Event]) -> None:
    channel = watched()
    see(channel, BLOCKED, BLOCKED, replace(BLOCKED, reason="TikTok answered nothing."))

    changes = [event for event in told if isinstance(event, PresenceChanged)]
    assert [(event.state, event.reason) for event in changes] == [
        ("unknown", "TikTok asks for a captcha"),
        ("unknown", "TikTok answered nothing."),
    ]
