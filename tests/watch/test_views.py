from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_channel, make_live, make_membership
from vigie.people.models import Membership
from vigie.ports import PortError
from vigie.runtime import clock
from vigie.runtime.models import Lease
from vigie.watch import hosts
from vigie.watch.models import Channel, Gap

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def member(client: Client) -> Membership:
    """A supervisor, signed in."""
    membership = make_membership("supervisor")
    client.force_login(membership.user)
    return membership


def address(name: str, member: Membership, pk: int | None = None) -> str:
    kwargs: dict[str, object] = {"workspace": member.workspace.slug}
    return reverse(name, kwargs=kwargs if pk is None else kwargs | {"pk": pk})


# ── the list ──


def test_channels_without_any_says_what_to_do(client: Client, member: Membership) -> None:
    page = client.get(address("channels", member)).content.decode()

    assert "No channel yet" in page
    assert address("channel-add", member) in page


def test_channels_shows_what_is_watched_and_on_air(client: Client, member: Membership) -> None:
    make_live(make_channel(member.workspace, name="Plateau"))
    Channel.objects.update(is_watched=True)
    make_channel(member.workspace, name="Quiet")

    page = client.get(address("channels", member)).content.decode()

    assert page.index("Plateau") < page.index("on air") < page.index("Quiet") < page.index("not watched")


@pytest.mark.parametrize("name", ["channels", "channel", "lives"])
def test_a_channel_without_a_place_is_shown_as_waiting_for_one(client: Client, member: Membership, name: str) -> None:
    channel, now = make_channel(member.workspace), clock.now()
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=now - HOUR)
    page = address(name, member, channel.pk if name == "channel" else None)
    assert "waiting for a place" not in client.get(page).content.decode()

    Lease.objects.create(resource="channel:0", owner="a", expires_at=now + HOUR)

    assert "waiting for a place" in client.get(page).content.decode()


def test_a_channel_says_when_it_is_looked_at_again_and_that_its_host_is_left_alone(
    client: Client, member: Membership
) -> None:
    channel, now = make_channel(member.workspace), clock.now()
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=now + HOUR)
    hosts.remember(channel.address, PortError("HTTP 429", retryable=True, retry_after_s=600.0), now)

    page = client.get(address("channel", member, channel.pk)).content.decode()

    assert (now + HOUR).isoformat() in page
    assert "asks to be left alone" in page


def test_analysts_see_channels_but_no_buttons(client: Client, member: Membership) -> None:
    analyst = make_membership("analyst", workspace=member.workspace)
    make_channel(member.workspace)
    client.force_login(analyst.user)

    page = client.get(address("channels", member)).content.decode()

    assert "unwatch" not in page
    assert address("channel-add", member) not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_channels_asks_as_much_for_one_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make_live(make_channel(member.workspace))

    with django_assert_num_queries(8):
        client.get(address("channels", member))


# ── adding ──


def test_add_channel_watches_it_and_goes_to_its_page(client: Client, member: Membership) -> None:
    answer = client.post(
        address("channel-add", member),
        {"address": "live.example.org/plateau", "name": "", "language": "fr", "is_watched": "on"},
    )

    channel = Channel.objects.get()
    assert answer.headers["Location"] == address("channel", member, channel.pk)
    assert (channel.name, channel.address, channel.is_watched) == ("plateau", "https://live.example.org/plateau", True)
    assert channel.workspace == member.workspace


def test_add_channel_may_leave_it_unwatched(client: Client, member: Membership) -> None:
    client.post(address("channel-add", member), {"address": "live.example.org/a", "name": "A", "language": "fr"})

    assert not Channel.objects.get().is_watched


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("file:///etc/passwd", "Only http, https, rtmp, rtmps and srt addresses can be watched."),
        ("javascript:alert(1)", "Only http, https, rtmp, rtmps and srt addresses can be watched."),
        ("", "This field is required."),
    ],
)
def test_add_channel_says_what_is_wrong_and_adds_nothing(
    client: Client, member: Membership, text: str, line: str
) -> None:
    answer = client.post(address("channel-add", member), {"address": text, "name": "", "language": "fr"})

    assert line in answer.content.decode()
    assert not Channel.objects.exists()


def test_add_channel_twice_says_so(client: Client, member: Membership) -> None:
    make_channel(member.workspace, address="https://live.example.org/a")

    answer = client.post(
        address("channel-add", member), {"address": "LIVE.example.org/a", "name": "", "language": "fr"}
    )

    assert "This channel is on the list already." in answer.content.decode()
    assert Channel.objects.count() == 1


# ── one channel ──


def test_channel_shows_its_lives_with_their_gaps(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace, name="Plateau")
    live = make_live(channel, title="Evening", ended_at=NOW + HOUR, heard_s=3590, lost_s=10)
    Gap.objects.create(live=live, from_s=1, to_s=11, cause="x")
    make_live(channel, title="Tonight")

    page = client.get(address("channel", member, channel.pk)).content.decode()

    assert "Evening" in page
    assert "Tonight" in page
    assert "1 h 00" in page
    assert "heard 99.7%" in page
    assert "1 gap" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_channel_asks_as_much_for_one_live_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    channel = make_channel(member.workspace)
    for index in range(rows):
        make_live(channel, started_at=NOW - index * HOUR, ended_at=NOW)

    with django_assert_num_queries(12):
        client.get(address("channel", member, channel.pk))


def test_channel_has_pages_of_lives(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    for index in range(26):
        make_live(channel, title=f"Live {index}", started_at=NOW - index * HOUR, ended_at=NOW)

    page = client.get(address("channel", member, channel.pk) + "?page=2").content.decode()

    assert "Live 25" in page
    assert "Live 24" not in page
    assert "2 of 2" in page


def test_channel_is_renamed(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)

    client.post(address("channel", member, channel.pk), {"name": "New name", "language": "en"})

    channel.refresh_from_db()
    assert (channel.name, channel.language) == ("New name", "en")


def test_analysts_cannot_rename(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace, name="Kept")
    client.force_login(make_membership("analyst", workspace=member.workspace).user)

    client.post(address("channel", member, channel.pk), {"name": "New name", "language": "en"})

    channel.refresh_from_db()
    assert channel.name == "Kept"


def test_channels_of_others_are_not_found(client: Client, member: Membership) -> None:
    assert client.get(address("channel", member, make_channel().pk)).status_code == 404


# ── watching and removing ──


def test_watching_is_switched_and_the_page_stays(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    page = address("channel", member, channel.pk)

    answer = client.post(address("channel-watch", member, channel.pk), {"next": page})
    assert answer.headers["Location"] == page
    assert Channel.objects.get().is_watched

    client.post(address("channel-unwatch", member, channel.pk))
    assert not Channel.objects.get().is_watched


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_form_leads_to_another_site(client: Client, member: Membership, elsewhere: str) -> None:
    channel = make_channel(member.workspace)

    answer = client.post(address("channel-watch", member, channel.pk), {"next": elsewhere})

    assert answer.headers["Location"] == address("channels", member)


def test_a_removed_channel_leaves_the_list_and_keeps_its_lives(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace, name="Plateau"), ended_at=NOW + HOUR)

    answer = client.post(address("channel-remove", member, live.channel_id), follow=True)

    assert "Plateau was removed." in answer.content.decode()
    assert address("channel", member, live.channel_id) not in answer.content.decode()
    assert client.get(address("live", member, live.pk)).status_code == 200


@pytest.mark.parametrize("name", ["channel-watch", "channel-unwatch", "channel-remove"])
def test_what_changes_a_channel_is_a_post_by_who_may(client: Client, member: Membership, name: str) -> None:
    channel = make_channel(member.workspace)

    assert client.get(address(name, member, channel.pk)).status_code == 405
    client.force_login(make_membership("moderator", workspace=member.workspace).user)
    assert client.post(address(name, member, channel.pk)).status_code == 403
