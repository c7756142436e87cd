from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.factories import NOW, make_channel, make_live, make_membership
from vigie.people.models import Membership
from vigie.runtime.models import Lease
from vigie.watch import queries
from vigie.watch.models import Channel, Gap, Live, LiveState, Presence, Track
from vigie.watch.queries import Sought, Standing, Wanted
from vigie.watch.wording import NOT_SET_UP

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def member() -> Membership:
    make_live()  # of another workspace
    return make_membership()


def test_channels_for_lists_the_teams_by_name_without_removed_ones(member: Membership) -> None:
    b, a = (make_channel(member.workspace, name=name) for name in "ba")
    make_channel(member.workspace, name="c")
    member.workspace.channels.filter(name="c").update(removed_at=NOW)

    assert list(queries.channels_for(member)) == [a, b]


def test_with_activity_counts_lives_and_tells_the_last(member: Membership) -> None:
    busy, quiet = make_channel(member.workspace, name="a"), make_channel(member.workspace, name="b")
    make_live(busy, started_at=NOW - HOUR, ended_at=NOW)
    make_live(busy, started_at=NOW)

    found = queries.with_activity(queries.channels_for(member), NOW)

    assert [(c.lives_count, c.last_live_at, c.is_on_air) for c in found] == [(2, NOW, True), (0, None, False)]  # type: ignore[attr-defined]
    assert list(found) == [busy, quiet]


def leased(channel: Channel, *, due_at: datetime, expires_at: datetime | None = None) -> Channel:
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=due_at, expires_at=expires_at)
    return channel


def test_a_channel_waits_for_a_place_when_it_is_due_and_every_watcher_looks_at_others(member: Membership) -> None:
    soon, before = NOW + timedelta(seconds=20), NOW - timedelta(minutes=2)
    leased(make_channel(member.workspace, name="held"), due_at=before, expires_at=soon)
    leased(make_channel(member.workspace, name="later"), due_at=soon)
    leased(make_channel(member.workspace, name="just due"), due_at=NOW - timedelta(seconds=20))
    waiting = leased(make_channel(member.workspace, name="waiting"), due_at=before)
    given_up = leased(make_channel(member.workspace, name="given up"), due_at=before)
    Channel.objects.filter(pk=given_up.pk).update(is_watched=False)
    make_channel(member.workspace, name="new")

    found = queries.with_activity(queries.channels_for(member), NOW)

    assert {c.name: (c.next_look_at, c.is_waiting) for c in found} == {  # type: ignore[attr-defined]
        "held": (None, False),
        "later": (soon, False),
        "just due": (NOW - timedelta(seconds=20), False),
        "waiting": (before, True),
        "given up": (None, False),
        "new": (None, False),
    }
    assert list(queries.waiting_for_a_place(NOW)) == [waiting]


# ── how they stand ──


def detected(member: Membership, name: str, *, is_watched: bool = True, **fields: object) -> Channel:
    channel = make_channel(member.workspace, name=name, address=name, platform="tiktok")
    Channel.objects.filter(pk=channel.pk).update(is_watched=is_watched)
    if fields:
        Presence.objects.create(channel=channel, **({"since": NOW, "due_at": NOW, "checked_at": NOW} | fields))
    return channel


def test_channels_stand_as_is_known_of_them(member: Membership) -> None:
    detected(member, "live", airing="live")
    detected(member, "offline", airing="offline")
    detected(member, "unknown", airing="unknown", reason="TikTok banned this account.")
    detected(member, "not set up", airing="unknown", reason=min(NOT_SET_UP))
    detected(member, "never asked", checked_at=None)
    detected(member, "added by a script")
    detected(member, "given up", is_watched=False, airing="live")
    make_live(detected(member, "given up late", is_watched=False, airing="offline"))

    found = queries.with_activity(queries.channels_for(member), NOW)

    assert {channel.name: channel.standing for channel in found} == {  # type: ignore[attr-defined]
        "live": Standing.LIVE,
        "offline": Standing.OFFLINE,
        "unknown": Standing.UNKNOWN,
        "not set up": Standing.NOT_SET_UP,
        "never asked": Standing.LOOKING,
        "added by a script": Standing.LOOKING,
        "given up": Standing.UNWATCHED,
        "given up late": Standing.LIVE,
    }


def test_streams_stand_as_they_were_tried(member: Membership) -> None:
    leased(make_channel(member.workspace, name="tried"), due_at=NOW)
    Lease.objects.update(token=1)
    leased(make_channel(member.workspace, name="first look"), due_at=NOW)
    make_live(leased(make_channel(member.workspace, name="live"), due_at=NOW))

    found = queries.with_activity(queries.channels_for(member), NOW)

    assert {channel.name: channel.standing for channel in found} == {  # type: ignore[attr-defined]
        "tried": Standing.OFFLINE,
        "first look": Standing.LOOKING,
        "live": Standing.LIVE,
    }


def test_a_channel_on_air_tells_since_when_and_before_how_many(member: Membership) -> None:
    make_live(detected(member, "a"), aired_at=NOW - HOUR, viewers=7)
    make_live(detected(member, "b"), ended_at=NOW + HOUR, viewers=7)

    found = queries.with_activity(queries.channels_for(member), NOW)

    assert [(each.live_since, each.viewers_now) for each in found] == [(NOW - HOUR, 7), (None, None)]  # type: ignore[attr-defined]


def test_attempts_are_no_lives(member: Membership) -> None:
    channel = detected(member, "a")
    attempt = make_live(channel, state=LiveState.FAILED, ended_at=NOW)
    broken = make_live(channel, state=LiveState.FAILED, started_at=NOW - HOUR, ended_at=NOW)
    Live.objects.filter(pk=broken.pk).update(epoch=0)
    broken.refresh_from_db()

    [found] = queries.with_activity(queries.channels_for(member), NOW)

    assert (found.lives_count, found.last_live_at) == (1, NOW - HOUR)  # type: ignore[attr-defined]
    assert (queries.is_attempt(attempt), queries.is_attempt(broken)) == (True, False)


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        (Sought(), ["Camille", "jules"]),
        (Sought("CAM"), ["Camille"]),
        (Sought("jul"), ["jules"]),
        (Sought("%"), []),
        (Sought(platform="tiktok"), ["Camille", "jules"]),
        (Sought(platform="twitch"), []),
        (Sought(standing="offline"), ["Camille"]),
        (Sought("cam", "tiktok", "looking"), []),
    ],
)
def test_channels_are_sought_by_name_platform_and_standing(
    member: Membership, sought: Sought, names: list[str]
) -> None:
    detected(member, "Camille", airing="offline")
    detected(member, "jules")

    found = queries.sought_among(queries.with_activity(queries.channels_for(member), NOW), sought)

    assert [channel.name for channel in found] == names


def test_a_detected_channel_is_looked_at_when_its_platform_is_asked_and_waits_for_a_place_on_air_only(
    member: Membership,
) -> None:
    """After a live its lease is free and due; until the next live nobody will take it, and nobody has to."""
    later = NOW + HOUR
    channel = detected(member, "a", airing="offline", due_at=later)
    leased(channel, due_at=NOW - HOUR)
    Lease.objects.create(resource="owner:a", owner="a", expires_at=later)

    [found] = queries.with_activity(queries.channels_for(member), NOW)
    assert (found.next_look_at, found.is_waiting) == (later, False)  # type: ignore[attr-defined]

    make_live(channel)
    [found] = queries.with_activity(queries.channels_for(member), NOW)
    assert found.is_waiting  # type: ignore[attr-defined]


def test_nobody_waits_for_a_place_while_no_watcher_is_at_work(member: Membership) -> None:
    leased(make_channel(member.workspace), due_at=NOW - HOUR, expires_at=NOW - HOUR)

    assert not queries.waiting_for_a_place(NOW)


def test_on_air_is_in_order_of_start_and_keeps_what_ended_just_now(member: Membership) -> None:
    channels = [make_channel(member.workspace) for _ in range(4)]
    last = make_live(channels[0], started_at=NOW - HOUR)
    first = make_live(channels[1], started_at=NOW - 3 * HOUR)
    leaving = make_live(channels[2], started_at=NOW - 2 * HOUR, ended_at=NOW - timedelta(minutes=9))
    make_live(channels[3], started_at=NOW - 2 * HOUR, ended_at=NOW - timedelta(minutes=11))

    assert list(queries.on_air_for(member, NOW)) == [first, leaving, last]


def test_off_air_is_what_is_watched_and_not_shown_on_air(member: Membership) -> None:
    on_air, leaving, waiting, unwatched = (make_channel(member.workspace) for _ in range(4))
    member.workspace.channels.exclude(pk=unwatched.pk).update(is_watched=True)
    make_live(on_air)
    make_live(leaving, started_at=NOW - HOUR, ended_at=NOW - timedelta(minutes=9))
    make_live(waiting, started_at=NOW - HOUR, ended_at=NOW - timedelta(minutes=11))

    assert list(queries.off_air_for(member, NOW)) == [waiting]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted(), ["a2", "b", "a1"]),
        (Wanted(state=LiveState.FAILED), ["b"]),
        (Wanted(since=date(2026, 1, 2)), ["a2", "b"]),
        (Wanted(until=date(2026, 1, 2)), ["b", "a1"]),
        (Wanted(since=date(2026, 1, 2), until=date(2026, 1, 2)), ["b"]),
    ],
)
def test_history_finds_past_lives_newest_first(member: Membership, wanted: Wanted, titles: list[str]) -> None:
    a, b = make_channel(member.workspace), make_channel(member.workspace)
    day = timedelta(days=1)
    for channel, title, ago in ((a, "a1", 4), (b, "b", 3), (a, "a2", 2)):
        state = LiveState.FAILED if title == "b" else LiveState.ENDED
        make_live(channel, title=title, state=state, started_at=NOW - ago * day, ended_at=NOW - ago * day + HOUR)
    make_live(a, title="open")

    assert [live.title for live in queries.history_for(member, wanted)] == titles


def test_history_of_one_channel_counts_gaps_of_its_sound(member: Membership) -> None:
    live = make_live(make_channel(member.workspace), ended_at=NOW + HOUR)
    make_live(make_channel(member.workspace), ended_at=NOW + HOUR)
    Gap.objects.create(live=live, from_s=1, to_s=2, cause="x")
    Gap.objects.create(live=live, from_s=4, to_s=9, cause="x", track=Track.CHAT)

    [found] = queries.history_for(member, Wanted(channel_id=live.channel_id))

    assert (found, found.gaps_count) == (live, 1)  # type: ignore[attr-defined]


def test_days_of_the_history_are_those_of_the_reader(member: Membership) -> None:
    channel = make_channel(member.workspace)
    night = NOW.replace(hour=23, minute=30)
    make_live(channel, started_at=night, ended_at=night + HOUR)
    wanted = Wanted(since=date(2026, 1, 6))

    with timezone.override(ZoneInfo("Europe/Paris")):
        assert queries.history_for(member, wanted).count() == 1
    with timezone.override(ZoneInfo("UTC")):
        assert queries.history_for(member, wanted).count() == 0


def test_gaps_between_are_those_that_begin_there() -> None:
    live = make_live()
    gaps = [Gap.objects.create(live=live, from_s=at, to_s=at + 1, cause="x") for at in (30, 10, 20)]

    assert list(queries.gaps_between(live, 10, 30)) == [gaps[1], gaps[2]]
    assert list(queries.gaps_between(live, 15, None)) == [gaps[2], gaps[0]]


def test_sound_gaps_of_groups_by_live_and_leaves_the_chat_out() -> None:
    one, other = make_live(), make_live()
    gap = Gap.objects.create(live=other, from_s=1, to_s=2, cause="x")
    Gap.objects.create(live=one, from_s=1, to_s=2, cause="x", track=Track.CHAT)

    assert queries.sound_gaps_of([one, other]) == {one.pk: [], other.pk: [gap]}


@pytest.mark.parametrize(("heard", "lost", "share"), [(0.0, 0.0, None), (99.0, 1.0, 0.99), (0.0, 5.0, 0.0)])
def test_heard_share_of_a_live(heard: float, lost: float, share: float | None) -> None:
    assert make_live(heard_s=heard, lost_s=lost).heard_share == share


def test_duration_of_a_live_is_known_once_it_is_over() -> None:
    assert make_live().duration_s is None
    assert make_live(ended_at=NOW + HOUR).duration_s == 3600
