import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
)
from vigie.governance.models import AuditEntry
from vigie.people.models import ConnectionState, Membership
from vigie.runtime import clock
from vigie.runtime.models import WorkState
from vigie.watch.models import Channel, ChatState, Gap, Live, LiveState, Platform, Presence

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


def talk(member: Membership, text: str = "Bonjour.", **fields: float) -> Live:
    """Return an open live in which something was said."""
    live = make_live(make_channel(member.workspace), started_at=clock.now() - timedelta(minutes=1))
    make_assessment(make_utterance(live, text=text), score=fields.get("score", 0.0))
    return live


# ── all lives ──


def test_lives_without_any_says_what_to_do(client: Client, member: Membership) -> None:
    client.force_login(make_membership("supervisor", workspace=member.workspace).user)

    page = client.get(address("lives", member)).content.decode()

    assert "No live is watched." in page
    assert address("channel-add", member) in page
    assert 'class="filters"' not in page
    assert "No past live." in page


def test_lives_names_the_channels_that_are_waited_for(client: Client, member: Membership) -> None:
    make_channel(member.workspace, name="Plateau")
    Channel.objects.update(is_watched=True)

    page = client.get(address("lives", member)).content.decode()

    assert "Plateau" in page
    assert "Nothing is on air." in page


def test_lives_shows_state_words_and_alerts_of_each(client: Client, member: Membership) -> None:
    live = talk(member, "Le premier mot.", score=0.8)
    Live.objects.filter(pk=live.pk).update(state=LiveState.LAG, lag_s=24)
    make_alert(make_assessment(make_utterance(live, text="Le dernier mot."), score=0.9))

    page = client.get(address("lives", member)).content.decode()

    assert "Lag 24 s" in page
    assert "Le dernier mot." in page
    assert "1 alert" in page
    assert 'aria-label="Risk over the last 5 minutes, highest 0.90"' in page
    assert f'data-topic="lives:{member.workspace_id} said:{member.workspace_id} alerts:{member.workspace_id}"' in page


@pytest.mark.parametrize(("lag_s", "is_warned"), [(60.0, False), (61.0, True)])
def test_lives_warns_where_words_run_a_minute_late(
    client: Client, member: Membership, lag_s: float, *, is_warned: bool
) -> None:
    make_live(make_channel(member.workspace), lag_s=lag_s)

    page = client.get(address("lives", member)).content.decode()

    assert ("more is said than this machine can transcribe" in page) == is_warned


def test_lives_shows_no_words_to_who_may_not_read(client: Client, member: Membership) -> None:
    talk(member, "Un secret.")
    without = make_membership("analyst", workspace=member.workspace)
    without.role.permissions.remove(*without.role.permissions.filter(codename="read_transcripts"))
    client.force_login(without.user)

    page = client.get(address("lives", member)).content.decode()

    assert "Un secret." not in page
    assert not AuditEntry.objects.exists()


def test_lives_finds_past_ones(client: Client, member: Membership) -> None:
    hour = timedelta(hours=1)
    for name, state in (("Plateau", LiveState.ENDED), ("Quilles", LiveState.FAILED)):
        make_live(make_channel(member.workspace, name=name), state=state, ended_at=NOW + hour)

    page = client.get(address("lives", member) + "?state=failed").content.decode()

    history = page[page.index("history-title") :]
    assert "Quilles</a>" in history
    assert "Plateau</a>" not in history


def test_lives_says_which_filter_makes_no_sense(client: Client, member: Membership) -> None:
    page = client.get(address("lives", member) + "?since=yesterday").content.decode()

    assert "Enter a valid date." in page


def test_lives_of_others_are_not_there(client: Client, member: Membership) -> None:
    make_live(make_channel(name="Elsewhere"))

    assert "Elsewhere" not in client.get(address("lives", member)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_lives_asks_as_much_for_one_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make_alert(make_assessment(make_utterance(talk(member))))
        make_live(make_channel(member.workspace), ended_at=NOW + timedelta(hours=1))

    client.get(address("lives", member))  # the first act of a workspace begins its audit chain

    with django_assert_num_queries(29):
        client.get(address("lives", member))


def test_reading_last_words_is_accounted_for_once_a_visit(client: Client, member: Membership) -> None:
    live = talk(member)

    client.get(address("lives", member))
    client.get(address("lives-on-air", member))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("lives.read", member.user_id)
    assert json.loads(entry.payload.body) == {"lives": [live.pk]}


def test_last_words_asked_for_without_their_page_are_accounted_for(client: Client, member: Membership) -> None:
    client.get(address("lives-on-air", member))

    assert AuditEntry.objects.get().verb == "lives.read"


def test_a_page_that_missed_news_gets_the_rows_alone(client: Client, member: Membership) -> None:
    live = talk(member)

    page = client.get(address("lives-on-air", member)).content.decode().strip()

    assert page.startswith("<li")
    assert f'id="live-{live.pk}"' in page


# ── one live ──


def test_live_shows_words_gaps_and_alerts(client: Client, member: Membership) -> None:
    live = talk(member, "Le premier mot.", score=0.5)
    make_alert(make_assessment(make_utterance(live, text="Un mot grave."), score=0.9))
    Gap.objects.create(live=live, from_s=20, to_s=23.2, cause="the stream stalled")
    make_utterance(live, text="", start_s=40.0, state=WorkState.SKIPPED, reason="waited too long")

    page = client.get(address("live", member, live)).content.decode()

    assert page.index("Le premier mot.") < page.index("Gap, 3.2 s. Nothing was heard.") < page.index("Not transcribed.")
    assert "the stream stalled" in page
    assert "waited too long" in page
    assert "Speech recognition" in page
    assert 'data-may="retry"' in page
    assert page.count('class="tick"') == 1
    assert f'data-topic="words:{live.pk}"' in page


@pytest.mark.parametrize("is_over", [False, True])
def test_live_on_air_that_is_looked_at_has_its_channel_asked_for_sooner(
    client: Client, member: Membership, *, is_over: bool
) -> None:
    channel = make_channel(member.workspace, address="camille", name="@camille", platform="tiktok")
    Presence.objects.create(channel=channel, since=NOW, due_at=NOW)
    live = make_live(channel, ended_at=NOW if is_over else None)

    page = client.get(address("live", member, live)).content.decode()

    assert ("data-look=" in page, Presence.objects.get().looked_at is not None) == (not is_over, not is_over)


def test_live_masks_slurs(client: Client, member: Membership) -> None:
    live = talk(member)
    make_assessment(make_utterance(live, text="Vous, les blorks."), spans=[[10, 16, "slur"]])

    page = client.get(address("live", member, live)).content.decode()

    assert "blorks" not in page
    assert "masked word" in page


def test_live_tells_why_it_is_not_heard(client: Client, member: Membership) -> None:
    live = talk(member)
    Live.objects.filter(pk=live.pk).update(state=LiveState.NO_RECOGNIZER, reason="vigie models get base")

    page = client.get(address("live", member, live)).content.decode()

    assert "no recognizer" in page
    assert "vigie models get base" in page


@pytest.mark.parametrize(("chat_state", "is_told"), [(ChatState.REFUSED, True), (ChatState.OK, False)])
def test_a_chat_that_an_account_keeps_from_being_read_is_mended_in_one_tap(
    client: Client, member: Membership, chat_state: str, *, is_told: bool
) -> None:
    client.force_login(make_membership("supervisor", workspace=member.workspace).user)
    account = make_connection(member.workspace, state=ConnectionState.REVOKED)
    channel = make_channel(member.workspace, platform=Platform.TWITCH, address="plateau")
    live = make_live(channel, chat_state=chat_state)

    page = client.get(address("live", member, live)).content.decode()

    assert ("Connect again" in page) == is_told
    assert (f'name="account" value="{account.pk}"' in page) == is_told


def test_words_around_a_moment_are_read_both_ways(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace))
    for seq in range(1, 251):
        make_utterance(live, seq=seq, text=f"mot{seq:03}")  # one begins every 4 s
    Gap.objects.create(live=live, from_s=478, to_s=479, cause="x")

    page = client.get(address("live-words", member, live) + "?at=480").content.decode()

    assert 'data-before="22"' in page
    assert 'data-after="221"' in page
    assert page.index("mot022") < page.index("Gap, 1 s") < page.index("mot121") < page.index("mot221")
    assert page.count("Gap,") == 1
    assert "mot021" not in page
    assert "mot222" not in client.get(address("live-words", member, live) + "?before=222").content.decode()
    assert "mot222" in client.get(address("live-words", member, live) + "?after=221").content.decode()


def test_reading_a_live_is_accounted_for_once_a_visit(client: Client, member: Membership) -> None:
    live = talk(member)

    client.get(address("live", member, live))
    client.get(address("live-words", member, live))

    acts = AuditEntry.objects.values_list("verb", "actor_id", "object_type", "object_id")
    assert list(acts) == [("transcript.read", member.user_id, "live", str(live.pk))]


def test_live_without_permission_to_read_shows_its_state_alone(client: Client, member: Membership) -> None:
    live = talk(member, "Un secret.")
    without = make_membership("analyst", workspace=member.workspace)
    without.role.permissions.remove(*without.role.permissions.filter(codename="read_transcripts"))
    client.force_login(without.user)

    page = client.get(address("live", member, live)).content.decode()

    assert "Un secret." not in page
    assert "Your role does not read what is said." in page
    assert client.get(address("live-words", member, live)).status_code == 403
    assert "Risk" not in client.get(address("live-lanes", member, live)).content.decode()
    client.get(address("live-alerts", member, live))
    assert AuditEntry.objects.get().verb == "alerts.read"  # theirs it shows


def test_alerts_asked_for_without_their_page_are_accounted_for(client: Client, member: Membership) -> None:
    live = talk(member)

    client.get(address("live-alerts", member, live))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_type, entry.object_id) == ("transcript.read", "live", str(live.pk))


def test_analysts_read_and_cannot_have_words_transcribed_again(client: Client, member: Membership) -> None:
    live = talk(member)
    client.force_login(make_membership("analyst", workspace=member.workspace).user)

    assert 'data-may=""' in client.get(address("live", member, live)).content.decode()


@pytest.mark.parametrize("name", ["live", "live-head", "live-facts", "live-words", "live-alerts", "transcript"])
def test_lives_of_other_workspaces_are_not_found(client: Client, member: Membership, name: str) -> None:
    assert client.get(address(name, member, make_live())).status_code == 404


def test_live_head_is_the_state_alone(client: Client, member: Membership) -> None:
    live = talk(member)

    page = client.get(address("live-head", member, live)).content.decode()

    assert f'id="state-{live.pk}"' in page
    assert f'id="heard-{live.pk}"' in page
    assert "<html" not in page


def test_live_words_gives_what_came_before(client: Client, member: Membership) -> None:
    live = talk(member, "Le premier mot.")
    make_utterance(live, seq=2, text="Le second mot.")

    page = client.get(address("live-words", member, live) + "?before=2").content.decode()

    assert "Le premier mot." in page
    assert "Le second mot." not in page


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "9" * 5000])
def test_live_words_takes_nonsense_for_the_end(client: Client, member: Membership, before: str) -> None:
    live = talk(member, "Le premier mot.")

    page = client.get(address("live-words", member, live) + f"?before={before}")

    assert page.status_code == 200


def test_live_alerts_links_to_each(client: Client, member: Membership) -> None:
    live = talk(member)
    alert = make_alert(make_assessment(make_utterance(live), score=0.9))

    page = client.get(address("live-alerts", member, live)).content.decode()

    assert reverse("alert", kwargs={"workspace": member.workspace.slug, "pk": alert.pk}) in page


def test_live_asks_as_much_for_one_line_as_for_three(client: Client, member: Membership) -> None:
    live = talk(member)
    client.get(address("live", member, live))  # the first act of a workspace begins its audit chain
    asked = []
    for more in (1, 2):
        for _ in range(more):
            make_alert(make_assessment(make_utterance(live)))
        with CaptureQueriesContext(connection) as queries:
            client.get(address("live", member, live))
        asked.append(len(queries))

    assert asked[0] == asked[1]
