from datetime import timedelta
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import (
    NOW,
    make_alert,
    make_assessment,
    make_channel,
    make_connection,
    make_live,
    make_membership,
    make_utterance,
    make_workspace,
)
from vigie.adapters.tiktok.media import RESTRICTED
from vigie.people.models import ConnectionState, Membership, Preset
from vigie.ports import Airing, PortError, Sighting
from vigie.runtime import clock
from vigie.runtime.models import Lease
from vigie.watch import hosts, operations
from vigie.watch.models import Channel, Gap, Live, LiveSample, LiveState, Presence
from vigie.watch.pacing import PACES, Look

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUERIES = 21


@pytest.fixture
def member(client: Client) -> Membership:
    """A supervisor, signed in."""
    membership = make_membership("supervisor")
    client.force_login(membership.user)
    return membership


def address(member: Membership, channel: Channel, name: str = "channel") -> str:
    return reverse(name, kwargs={"workspace": member.workspace.slug, "pk": channel.pk})


def page_of(client: Client, member: Membership, channel: Channel, query: str = "") -> str:
    return client.get(address(member, channel) + query).content.decode()


def detected(member: Membership, platform: str = "tiktok", **fields: object) -> Channel:
    """Return a watched channel of a platform as it was last seen; without fields nobody has looked yet."""
    channel = make_channel(member.workspace, address="camille", name="@camille", platform=platform)
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    known = {"since": NOW, "due_at": NOW, "checked_at": NOW if fields else None}
    Presence.objects.create(channel=channel, **(known | fields))
    return channel


def test_a_removal_is_asked_about_first(client: Client, member: Membership) -> None:
    channel = detected(member)

    page = page_of(client, member, channel)

    assert '<h2 id="remove-title">Remove @camille?</h2>' in page
    assert f'action="{address(member, channel, "channel-remove")}"' in page


# ── how it stands ──


def test_channel_tells_why_it_is_unknown_and_what_to_do(client: Client, member: Membership) -> None:
    channel = detected(member, airing="unknown", reason="TikTok knows no such account.", is_permanent=True)

    page = page_of(client, member, channel)

    assert "TikTok knows no such account." in page
    assert "Check how the name is written." in page
    assert 'href="https://www.tiktok.com/@camille"' in page
    assert 'rel="noopener noreferrer"' in page


def test_channel_nobody_looked_at_asks_for_itself_again(client: Client, member: Membership) -> None:
    channel = detected(member)
    now = address(member, channel, "channel-now")

    page = page_of(client, member, channel)
    assert "being looked at…" in page
    assert f'hx-get="{now}" hx-trigger="every 5s"' in page

    Presence.objects.update(checked_at=NOW, airing="offline")
    fragment = client.get(now).content.decode()
    assert fragment.lstrip().startswith("<div")
    assert "not on air" in fragment
    assert "hx-get" not in fragment


def test_channel_says_when_it_is_looked_at_again_and_that_its_host_is_left_alone(
    client: Client, member: Membership
) -> None:
    channel, now = make_channel(member.workspace), clock.now()
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=now + HOUR)
    hosts.remember(channel.address, PortError("HTTP 429", retryable=True, retry_after_s=600.0), now)

    page = page_of(client, member, channel)

    assert (now + HOUR).isoformat() in page
    assert "asks to be left alone" in page


def test_channel_on_air_shows_its_live_and_its_figures(client: Client, member: Membership) -> None:
    channel = detected(member, "twitch", airing="live")
    live = make_live(channel, title="Marché", viewers=1234, chat_reason="No Twitch account is there.")

    page = page_of(client, member, channel)

    assert f"lives/{live.pk}/" in page
    assert "Marché" in page
    assert "1,234" in page
    assert "Chat not read: No Twitch account is there." in page


@pytest.mark.parametrize(("platform", "is_told"), [("twitch", True), ("tiktok", False)])
def test_channel_offers_to_mend_the_account_its_platform_needs(
    client: Client, member: Membership, platform: str, *, is_told: bool
) -> None:
    make_connection(member.workspace, login="our_reader", state=ConnectionState.REVOKED)
    channel = detected(member, platform, airing="offline")

    page = page_of(client, member, channel)

    assert ("our_reader" in page) == is_told
    assert ("Connect again" in page) == is_told


@pytest.mark.parametrize(
    ("role", "platform", "preset", "words"),
    [
        ("supervisor", "twitch", Preset.CHANNEL_MODERATION, "Connect an account"),
        ("moderator", "twitch", Preset.CHANNEL_MODERATION, "Ask a supervisor or an administrator."),
        ("supervisor", "tiktok", Preset.CHANNEL_MODERATION, ""),
        ("supervisor", "twitch", Preset.PUBLIC_BODY, ""),  # its chats are off
    ],
)
def test_channel_offers_to_connect_the_account_that_nobody_connected(
    client: Client, role: str, platform: str, preset: Preset, words: str
) -> None:
    reader = make_membership(role, workspace=make_workspace(preset=preset))
    client.force_login(reader.user)
    channel = detected(reader, platform, airing="offline")

    page = page_of(client, reader, channel)

    assert ("has no account of Twitch that reads chats" in page) == bool(words)
    assert words in page
    make_connection(reader.workspace)
    assert "has no account of Twitch" not in page_of(client, reader, channel)


def test_channel_tells_why_its_live_is_not_heard_and_what_to_do(client: Client, member: Membership) -> None:
    channel = detected(member, airing="live")
    reason = f"@camille: {RESTRICTED}"
    make_live(channel, state=LiveState.RECONNECTING, reason=reason)

    page = page_of(client, member, channel)

    assert reason in page
    assert "An operator can give the session of an account" in page


def test_channel_that_is_looked_at_is_asked_for_sooner(client: Client, member: Membership) -> None:
    channel = detected(member, airing="offline")

    page_of(client, member, channel)

    looked_at = Presence.objects.get().looked_at
    assert looked_at is not None
    assert clock.now() - looked_at < HOUR


def test_who_keeps_a_channel_on_the_screen_says_so(client: Client, member: Membership) -> None:
    channel = detected(member, airing="offline")
    page = page_of(client, member, channel)
    Presence.objects.update(looked_at=None)

    answer = client.post(address(member, channel, "channel-seen"))

    assert f'data-look="{address(member, channel, "channel-seen")}"' in page
    assert (answer.status_code, answer.content) == (204, b"")
    assert Presence.objects.get().looked_at is not None


def test_channel_tells_the_names_it_had(client: Client, member: Membership) -> None:
    channel = detected(member, airing="offline")
    Channel.objects.update(platform_id="42")
    sighting = Sighting("camille", Airing.OFFLINE, platform_id="42", handle="camille.live")
    operations.record_sighting(channel.pk, sighting, NOW, look=Look(PACES["tiktok"], Random(1)))

    page = page_of(client, member, channel)

    assert "@camille.live" in page
    assert "Formerly" in page


# ── statistics ──


def aired(channel: Channel, days_ago: int, hours: int, *, viewers: int = 0) -> Live:
    began = clock.now() - days_ago * DAY
    live = make_live(channel, started_at=began, ended_at=began + hours * HOUR, heard_s=90, lost_s=10, reach="high")
    LiveSample.objects.create(live=live, at_s=0, messages=500, viewers=viewers)
    Live.objects.filter(pk=live.pk).update(peak_viewers=2 * viewers)
    return live


@pytest.mark.parametrize(
    ("query", "lives", "on_air"),
    [("?days=7", 1, "2 h 00"), ("", 2, "6 h 00"), ("?days=90", 3, "7 h 00"), ("?days=odd", 2, "6 h 00")],
)
def test_channel_counts_what_lies_in_the_days_asked_for(
    client: Client, member: Membership, query: str, lives: int, on_air: str
) -> None:
    channel = make_channel(member.workspace)
    for days_ago, hours in ((5, 2), (20, 4), (80, 1)):
        aired(channel, days_ago, hours, viewers=100)

    page = page_of(client, member, channel, query)

    record = page[page.index("record-title") : page.index("past-title")]
    assert f'<dd class="num">{lives}</dd>' in record
    assert f'<dd class="num">{on_air}</dd>' in record
    assert f'<dd class="num">{500 * lives:,}</dd>' in record
    assert "90%" in record


def test_channel_draws_its_week_and_its_viewers_with_a_sentence_and_a_table(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    for days_ago, viewers in ((5, 100), (12, 300)):
        aired(channel, days_ago, 1, viewers=viewers)

    page = page_of(client, member, channel)

    assert "No habit: there is no hour of the week" in page
    assert 'aria-label="2 lives: from 100 to 300 viewers on average, at most 600 at once."' in page
    assert page.count("<summary>Table</summary>") == 2


def test_channel_without_a_live_says_so(client: Client, member: Membership) -> None:
    assert "No live in the last 30 days." in page_of(client, member, make_channel(member.workspace))


def test_channel_counts_alerts_for_those_who_see_them(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    live = aired(channel, 1, 1)
    make_alert(make_assessment(make_utterance(live)))
    make_alert(make_assessment(make_utterance(live)), state="dismissed")

    page = page_of(client, member, channel)

    assert "1 decided" in page
    assert "2 alerts" in page
    without = make_membership("analyst", workspace=member.workspace)
    without.role.permissions.remove(*without.role.permissions.filter(codename="see_alerts"))
    client.force_login(without.user)
    page = page_of(client, without, channel)
    assert "decided" not in page
    assert "2 alerts" not in page


# ── past lives ──


def test_channel_shows_its_lives_with_their_gaps(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace, name="Plateau")
    live = make_live(channel, title="Evening", ended_at=NOW + HOUR, heard_s=3590, lost_s=10)
    Gap.objects.create(live=live, from_s=1, to_s=11, cause="x")
    make_live(channel, title="Tonight")

    page = page_of(client, member, channel)

    assert "Evening" in page
    assert "Tonight" in page
    assert "1 h 00" in page
    assert "heard 99.7%" in page
    assert "1 gap" in page


def test_channel_shows_failed_attempts_with_their_reason(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    make_live(channel, state=LiveState.FAILED, ended_at=NOW, reason="https://example.org/: HTTP 404.")

    page = page_of(client, member, channel)

    assert "Attempt" in page
    assert "https://example.org/: HTTP 404." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_channel_asks_as_much_for_one_live_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    channel = make_channel(member.workspace)
    for index in range(rows):
        make_alert(make_assessment(make_utterance(aired(channel, index + 1, 1, viewers=5))))

    with django_assert_num_queries(QUERIES):
        page_of(client, member, channel)


def test_channel_has_pages_of_lives(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)
    for index in range(26):
        make_live(channel, title=f"Live {index}", started_at=NOW - index * HOUR, ended_at=NOW)

    page = page_of(client, member, channel, "?page=2&days=7")

    assert "Live 25" in page
    assert "Live 24" not in page
    assert "2 of 2" in page
    assert "?page=1&amp;days=7" in page


# ── its name ──


def test_channel_is_renamed(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace)

    client.post(address(member, channel), {"name": "New name", "language": "en"})

    channel.refresh_from_db()
    assert (channel.name, channel.language) == ("New name", "en")


def test_analysts_cannot_rename(client: Client, member: Membership) -> None:
    channel = make_channel(member.workspace, name="Kept")
    client.force_login(make_membership("analyst", workspace=member.workspace).user)

    client.post(address(member, channel), {"name": "New name", "language": "en"})

    channel.refresh_from_db()
    assert channel.name == "Kept"


def test_channels_of_others_are_not_found(client: Client, member: Membership) -> None:
    assert client.get(address(member, make_channel())).status_code == 404
