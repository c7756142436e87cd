import html
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import (
    make_alert,
    make_assessment,
    make_live,
    make_membership,
    make_utterance,
    make_workspace,
)
from tests.site.walls import on_air, say, watched, without
from vigie.governance.models import AuditEntry
from vigie.moderation.models import AlertState
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import (
    AiringState,
    ChatState,
    Live,
    LiveSample,
    LiveState,
    Platform,
    Presence,
    Reach,
    Thumbnail,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in."""
    membership = make_membership("moderator")
    client.force_login(membership.user)
    return membership


def address(name: str, member: Membership, live: Live | None = None) -> str:
    kwargs: dict[str, object] = {"workspace": member.workspace.slug}
    return reverse(name, kwargs=kwargs if live is None else kwargs | {"pk": live.pk})


def wall(client: Client, member: Membership, query: str = "") -> str:
    return client.get(address("wall", member) + query).content.decode()


def tiles(page: str) -> list[str]:
    """Return the ids of the tiles, in their order."""
    return re.findall(r'<li class="tile[^>]*id="([^"]+)"', page)


# ── the page ──


def test_wall_without_anything_says_what_to_do(client: Client, member: Membership) -> None:
    client.force_login(make_membership("supervisor", workspace=member.workspace).user)

    page = wall(client, member)

    assert tiles(page) == []
    assert "No live is watched." in page
    assert address("channel-add", member) in page


def test_wall_shows_how_a_live_does(client: Client, member: Membership) -> None:
    live = on_air(member, "@plateau")
    LiveSample.objects.create(live=live, at_s=570, messages=35)
    say(live, "Le premier mot.")

    page = wall(client, member)

    assert tiles(page) == [f"tile-{live.pk}"]
    for words in ("@plateau", "TikTok", "4,128", ">35</span>", "Le premier mot.", "Nothing to report for"):
        assert words in page
    assert 'aria-labelledby="pace"' in page
    assert '<p id="pace" hidden>Messages a minute, over 5 minutes</p>' in page
    assert "Risk over the last 5 minutes, highest 0.00" in page


def test_wall_puts_alerts_first_and_says_why(client: Client, member: Membership) -> None:
    calm, badly, grave, medium = (on_air(member) for _ in range(4))
    Live.objects.filter(pk=badly.pk).update(state=LiveState.LAG, lag_s=24)
    Live.objects.filter(pk=grave.pk).update(reach=Reach.HIGH)
    say(grave, score=0.9)
    say(medium, score=0.5)

    page = wall(client, member)

    assert tiles(page) == [f"tile-{live.pk}" for live in (grave, medium, badly, calm)]
    for words in ("High severity", "High reach", "not calibrated", "Medium severity", "Lag 24 s"):
        assert words in page
    assert "<b>High</b>" in page
    assert 'class="alarm is-high"' in page


def test_wall_masks_slurs(client: Client, member: Membership) -> None:
    say(on_air(member), "Vous, les blorks.", score=0.8, spans=[[10, 16, "slur"]])

    page = wall(client, member)

    assert "blorks" not in page
    assert page.count("masked word") == 2


def test_wall_counts(client: Client, member: Membership) -> None:
    for score in (0.9, 0.8, 0.5):
        say(on_air(member), score=score)
    on_air(member, state=LiveState.NO_AUDIO)

    page = re.sub(r"<[^>]+>|\s+", " ", wall(client, member))
    page = re.sub(r" +", " ", page)

    assert "4 on air" in page
    assert "3 alerts, 2 high" in page
    assert "1 live badly heard" in page


@pytest.mark.parametrize(
    ("late_s", "told"),
    [
        ([0.2], "< 1 s"),
        ([1.4], "1 s"),
        ([4.0, 90.0, 3.0], "4 s"),
        ([75.0], "1 min 15"),
    ],
    ids=["at once", "a moment", "median", "minutes"],
)
def test_wall_says_how_late_words_are_on_the_screen(
    client: Client, member: Membership, late_s: list[float], told: str
) -> None:
    live = on_air(member)
    for seconds in late_s:
        said = make_utterance(live)
        make_assessment(said, assessed_at=said.spoken_at + timedelta(seconds=seconds))

    assert f'<b class="num">{told}</b> speech → screen' in html.unescape(wall(client, member))


def test_wall_says_nothing_of_a_delay_where_nothing_was_said(client: Client, member: Membership) -> None:
    on_air(member)

    assert 'id="delay" hidden' in wall(client, member)


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        (LiveState.NO_AUDIO, "", "No audio"),
        (LiveState.NO_RECOGNIZER, "no speech model is installed", "No speech model is installed"),
        (LiveState.RECONNECTING, "the stream was closed.", "The stream was closed."),
    ],
)
def test_wall_says_why_a_live_is_badly_heard(
    client: Client, member: Membership, state: str, reason: str, told: str
) -> None:
    live = on_air(member, state=state)
    Live.objects.update(reason=reason)

    page = wall(client, member)
    for words in (told, "4,128", 'class="spark"', "Risk over the last 5 minutes: not analysed"):
        assert words in page
    assert f"tile-{live.pk}" in tiles(wall(client, member, "?heard=badly"))


def test_wall_says_that_a_chat_is_not_read(client: Client, member: Membership) -> None:
    on_air(member)
    Live.objects.update(chat_state=ChatState.REFUSED, chat_reason="the account was disconnected")

    assert "Chat not read: the account was disconnected" in wall(client, member)


def test_wall_keeps_what_just_ended_at_its_end(client: Client, member: Membership) -> None:
    over, calm = on_air(member), on_air(member)
    Live.objects.filter(pk=over.pk).update(ended_at=clock.now(), state=LiveState.ENDED)
    make_alert(make_assessment(make_utterance(over), score=0.8), state=AlertState.DISMISSED)

    page = wall(client, member)

    assert tiles(page) == [f"tile-{calm.pk}", f"tile-{over.pk}"]
    assert "Ended at" in page
    assert "1 alert, nothing waits" in page


# ── channels without a live ──


def test_wall_shows_what_nobody_knows_and_counts_what_is_offline(client: Client, member: Membership) -> None:
    unknown = watched(member, airing=AiringState.UNKNOWN, reason="Twitch does not answer.")
    for _ in range(2):
        watched(member, airing=AiringState.OFFLINE)

    page = wall(client, member)

    assert tiles(page) == [f"unknown-{unknown.pk}"]
    for words in ("State unknown", "Twitch does not answer.", "asked again and again", "2 watched channels are not"):
        assert words in page


def test_wall_says_when_only_a_person_can_mend_a_channel(client: Client, member: Membership) -> None:
    watched(member, airing=AiringState.UNKNOWN, reason="There is no such account.", is_permanent=True)

    page = wall(client, member)

    assert "Only a person can mend this" in page
    assert "asked again" not in page


# ── filters ──


@pytest.mark.parametrize(
    ("query", "shown", "target"),
    [
        ("", {"a", "b", "c"}, "tiles-all"),
        ("?platform=tiktok", {"a", "b"}, "tiles-tiktok"),
        ("?platform=twitch", {"c"}, "tiles-twitch"),
        ("?heard=badly", {"b"}, "tiles-badly"),
        ("?platform=web", set(), "tiles-web"),
        ("?platform=nonsense&heard=well", {"a", "b", "c"}, "tiles-all"),
    ],
)
def test_wall_shows_what_its_address_asks_for(
    client: Client, member: Membership, query: str, shown: set[str], target: str
) -> None:
    on_air(member, "a")
    on_air(member, "b", state=LiveState.LAG)
    on_air(member, "c", platform=Platform.TWITCH)

    page = wall(client, member, query)

    assert set(re.findall(r'class="name clip1"\s+href="[^"]+">([^<]+)<', page)) == shown
    assert f'id="{target}"' in page
    assert ("No live like that now." in page) == (bool(query) and "nonsense" not in query)


# ── who sees what ──


def test_wall_shows_no_words_to_who_may_not_read(client: Client, member: Membership) -> None:
    say(on_air(member), "Un secret.", score=0.9)
    client.force_login(without(member, "read_transcripts").user)

    page = wall(client, member)

    assert "Un secret." not in page.partition("<aside")[0]
    assert "wall-words:" not in page
    assert not AuditEntry.objects.exists()


def test_wall_shows_no_alerts_to_who_may_not_see_them(client: Client, member: Membership) -> None:
    say(on_air(member), "Un secret.", score=0.9)
    client.force_login(without(member, "see_alerts").user)

    page = wall(client, member)

    assert "wall-alerts:" not in page
    assert "<aside" not in page
    assert "High severity" not in page
    assert client.get(address("wall-alerts", member)).status_code == 403


def test_wall_of_others_is_not_there(client: Client, member: Membership) -> None:
    elsewhere = on_air(make_membership(workspace=make_workspace("elsewhere")))
    say(elsewhere, "Un secret.", score=0.9)

    page = wall(client, member)

    assert tiles(page) == []
    assert "Un secret." not in page


def test_reading_the_wall_is_accounted_for_once_a_visit(client: Client, member: Membership) -> None:
    live = on_air(member)

    wall(client, member)
    client.get(address("wall-tiles", member))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("lives.read", member.user_id)
    assert json.loads(entry.payload.body) == {"lives": [live.pk]}


def test_tiles_asked_for_without_their_page_are_accounted_for(client: Client, member: Membership) -> None:
    client.get(address("wall-tiles", member))

    assert AuditEntry.objects.get().verb == "lives.read"


# ── cost ──


@pytest.mark.parametrize("count", [1, 50])
def test_wall_asks_as_much_for_one_live_as_for_fifty(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        say(on_air(member), score=0.8)
        watched(member, airing=AiringState.UNKNOWN)

    wall(client, member)  # the first act of a workspace begins its audit chain

    with django_assert_num_queries(39):
        wall(client, member)


# ── parts ──


def test_tiles_alone_come_in_the_order_of_attention(client: Client, member: Membership) -> None:
    calm, grave = on_air(member), on_air(member)
    say(grave, score=0.9)

    page = client.get(address("wall-tiles", member)).content.decode()

    assert tiles(page) == [f"tile-{grave.pk}", f"tile-{calm.pk}"]
    assert "<html" not in page


def test_counters_and_alerts_alone(client: Client, member: Membership) -> None:
    say(on_air(member), "Un mot grave.", score=0.9)

    counters = client.get(address("wall-counters", member)).content.decode()
    side = client.get(address("wall-alerts", member)).content.decode()

    assert [f'id="count-{name}"' in counters for name in ("on-air", "waiting", "badly")] == [True] * 3
    assert "Un mot grave." in side


def test_what_was_decided_lately_is_told(client: Client, member: Membership) -> None:
    alert = make_alert(make_assessment(make_utterance(on_air(member, "@plateau"))), state=AlertState.DISMISSED)
    alert.decisions.update(decided_at=clock.now())

    page = client.get(address("wall-alerts", member)).content.decode()

    for words in ("Decided lately", "Dismissed", "@plateau", alert.decisions.get().alias):
        assert words in page


# ── looking ──


def test_who_opens_the_wall_has_its_channels_asked_for_sooner(client: Client, member: Membership) -> None:
    for team in (member, make_membership()):
        for airing in AiringState.values:
            watched(team, airing=airing)

    wall(client, member)

    looked_at = Presence.objects.exclude(looked_at=None).values_list("channel__workspace", "airing")
    ours = member.workspace_id
    assert set(looked_at) == {(ours, AiringState.LIVE), (ours, AiringState.UNKNOWN)}  # off air, it has no tile


@pytest.mark.parametrize(("query", "is_looked_at"), [("", True), ("?platform=twitch", True), ("?platform=web", False)])
def test_who_keeps_looking_says_so(client: Client, member: Membership, query: str, *, is_looked_at: bool) -> None:
    channel = watched(member, airing=AiringState.LIVE)

    answer = client.post(address("wall-look", member) + query)

    assert (answer.status_code, answer.content) == (204, b"")
    assert (Presence.objects.get(channel=channel).looked_at is not None) == is_looked_at


# ── pictures ──


def test_thumbnail_may_be_kept_since_its_address_names_its_moment(client: Client, member: Membership) -> None:
    live = on_air(member)
    Thumbnail.objects.create(live=live, at_s=595.4, jpeg=b"\xff\xd8grey")

    picture = client.get(address("live-thumbnail", member, live))

    assert (picture.content, picture["Content-Type"]) == (b"\xff\xd8grey", "image/jpeg")
    assert picture["Cache-Control"] == "private, max-age=86400, immutable"
    assert f"{address('live-thumbnail', member, live)}?at=595" in wall(client, member)


def test_live_without_a_picture_has_none(client: Client, member: Membership) -> None:
    live = on_air(member)

    assert client.get(address("live-thumbnail", member, live)).status_code == 404
    assert "<img" not in wall(client, member)


def test_thumbnails_of_others_are_not_found(client: Client, member: Membership) -> None:
    live = make_live()
    Thumbnail.objects.create(live=live, at_s=1, jpeg=b"x")

    assert client.get(address("live-thumbnail", member, live)).status_code == 404
