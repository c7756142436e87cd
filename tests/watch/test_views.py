from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_channel, make_live, make_membership
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.runtime.models import Lease
from vigie.watch.models import Channel, Presence

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
CHANNELS_QUERIES = 10


@pytest.fixture
def member(client: Client) -> Membership:
    """A supervisor, signed in."""
    membership = make_membership("supervisor")
    client.force_login(membership.user)
    return membership


def make_detected(member: Membership, name: str, *, airing: str, reason: str = "", due_at: datetime = NOW) -> Channel:
    """Return a watched channel of TikTok as it was last seen."""
    channel = make_channel(member.workspace, address=name, name=name, platform="tiktok")
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    Presence.objects.create(channel=channel, airing=airing, reason=reason, since=NOW, checked_at=NOW, due_at=due_at)
    return channel


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

    page = client.get(address("channels-rows", member)).content.decode()

    assert page.index("Plateau") < page.index("on air") < page.index("Quiet") < page.index("not watched")


def test_channels_tells_why_one_is_unknown_and_when_it_is_asked_again(client: Client, member: Membership) -> None:
    channel = make_detected(member, "camille", airing="unknown", reason="TikTok banned this account.", due_at=NOW)

    page = client.get(address("channels", member)).content.decode()

    assert f'id="standing-{channel.pk}"' in page
    assert "TikTok banned this account." in page
    assert NOW.isoformat() in page
    assert f'data-topic="channels:{member.workspace_id}"' in page


def test_channels_keeps_what_is_sought_in_the_address(client: Client, member: Membership) -> None:
    make_detected(member, "camille", airing="unknown", reason="x")
    make_detected(member, "jules", airing="offline")
    query = "?name=&platform=tiktok&standing=unknown"

    page = client.get(address("channels", member) + query).content.decode()

    assert "camille</a>" in page
    assert "jules</a>" not in page
    assert '<option value="unknown" selected>' in page
    assert f"{address('channels-rows', member)}{query.replace('&', '&amp;')}" in page


def test_channels_says_when_none_is_like_that(client: Client, member: Membership) -> None:
    make_channel(member.workspace)

    page = client.get(address("channels", member) + "?name=nobody").content.decode()

    assert "No channel like that." in page
    assert "No channel yet" not in page


def test_channels_has_pages_of_fifty(client: Client, member: Membership) -> None:
    for number in range(51):
        make_channel(member.workspace, name=f"Channel {number:03d}")

    page = client.get(address("channels", member) + "?page=2&platform=web").content.decode()

    assert "Channel 050" in page
    assert "Channel 049" not in page
    assert "?page=1&amp;platform=web" in page


@pytest.mark.parametrize("name", ["channels-rows", "channel", "lives"])
def test_a_channel_without_a_place_is_shown_as_waiting_for_one(client: Client, member: Membership, name: str) -> None:
    channel, now = make_channel(member.workspace), clock.now()
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=now - HOUR)
    page = address(name, member, channel.pk if name == "channel" else None)
    assert "waiting for a place" not in client.get(page).content.decode()

    Lease.objects.create(resource="channel:0", owner="a", expires_at=now + HOUR)

    assert "waiting for a place" in client.get(page).content.decode()


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

    with django_assert_num_queries(CHANNELS_QUERIES):
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


def test_add_channel_adds_all_lines_or_none(client: Client, member: Membership) -> None:
    form = {"address": "@camille\n@a b", "name": "", "language": "fr", "is_watched": "on"}

    answer = client.post(address("channel-add", member), form)
    assert "Line 2: An address holds no space" in answer.content.decode()
    assert "@camille\n@a b</textarea>" in answer.content.decode()
    assert not Channel.objects.exists()

    answer = client.post(address("channel-add", member), form | {"address": "@camille\n@jules"}, follow=True)
    assert "2 channels were added." in answer.content.decode()
    assert list(Channel.objects.values_list("address", "is_watched")) == [("camille", True), ("jules", True)]


# ── looking now ──


def test_a_channel_is_looked_at_once_in_half_a_minute(client: Client, member: Membership) -> None:
    channel = make_detected(member, "camille", airing="offline", due_at=clock.now() + HOUR)
    page = address("channel", member, channel.pk)

    answer = client.post(address("channel-look", member, channel.pk), {"next": page}, follow=True)

    assert "camille is looked at." in answer.content.decode()
    assert Presence.objects.get().due_at < clock.now() + HOUR / 2
    Presence.objects.update(due_at=NOW + HOUR)
    answer = client.post(address("channel-look", member, channel.pk), {"next": page}, follow=True)
    assert "It was looked at just now" in answer.content.decode()
    assert Presence.objects.get().due_at == NOW + HOUR


def test_a_channel_that_is_not_watched_is_not_looked_at(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)

    answer = client.post(address("channel-look", member, channel.pk), follow=True)

    assert "is not watched" in answer.content.decode()


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
