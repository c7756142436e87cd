import json
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import (
    make_alert,
    make_assessment,
    make_channel,
    make_decision,
    make_live,
    make_membership,
    make_ref,
    make_utterance,
)
from tests.moderation.alerts import address, an_alert, queue, text_of
from vigie.adapters.audio.client import FlacCodec
from vigie.events import SAMPLE_RATE
from vigie.governance.models import AuditEntry
from vigie.moderation import operations
from vigie.moderation.models import Alert
from vigie.moderation.operations import Choice
from vigie.people.models import Membership
from vigie.ports import PlacedAudio
from vigie.runtime import clock
from vigie.speech.spool import Spool
from vigie.watch.models import Gap, Live

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# ── the queue ──


def test_the_queue_shows_what_was_said_and_why_it_stands_there(
    client: Client, member: Membership, alert: Alert
) -> None:
    shown = text_of(client.get(queue(member)))

    assert f'href="{address("alert", alert)}"' in shown
    assert 'Il faut <mark class="high">les jeter </mark>dehors.' in shown
    assert "high severity, live on air, high reach, has waited for long" in shown
    assert "Le grand plateau" in shown


def test_an_empty_queue_says_how_many_lives_are_watched(client: Client, member: Membership, live: Live) -> None:
    shown = text_of(client.get(queue(member)))

    assert "Nothing to review." in shown
    assert "1 live is watched." in shown


@pytest.mark.parametrize(("role", "is_offered"), [("moderator", False), ("supervisor", True)])
def test_a_queue_without_lives_says_what_the_reader_may_do_next(client: Client, role: str, *, is_offered: bool) -> None:
    member = make_membership(role)
    client.force_login(member.user)

    shown = text_of(client.get(queue(member)))

    assert "No live is watched." in shown
    assert ("Watch a channel" in shown) is is_offered


@pytest.mark.parametrize(("view", "is_shown"), [("", True), ("high", True), ("nonsense", True), ("decided", False)])
def test_each_view_shows_its_part(
    client: Client, member: Membership, alert: Alert, view: str, *, is_shown: bool
) -> None:
    shown = text_of(client.get(queue(member), {"view": view}))

    assert (f'id="alert-{alert.pk}"' in shown) is is_shown


def test_a_decided_row_is_grey_and_says_who_decided(client: Client, member: Membership, alert: Alert) -> None:
    decision = make_decision(alert, category="threat")

    shown = text_of(client.get(queue(member), {"view": "decided"}))

    assert 'class="row-a taken"' in shown
    assert f'Dismissed<span class="who">{decision.alias}</span>' in shown
    assert "</time>, threat" in shown


def queries_of(client: Client, *addresses: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        for page in addresses:
            client.get(page)
    return len(asked)


def test_the_queue_asks_the_database_as_often_for_one_row_as_for_three(
    client: Client, member: Membership, live: Live
) -> None:
    def fill(start_s: float) -> None:
        make_decision(an_alert(live, start_s=start_s), by=member)
        an_alert(live, start_s=start_s + 50)

    pages = [f"{queue(member)}?view={view}" for view in ("to-review", "decided")]
    fill(100)
    client.get(pages[0])  # the first act of a workspace begins its audit chain
    for_one = queries_of(client, *pages)
    fill(200)
    fill(300)

    assert queries_of(client, *pages) == for_one <= 38


def test_reading_the_queue_is_accounted_for_with_the_alerts_it_shows(
    client: Client, member: Membership, alert: Alert
) -> None:
    client.get(queue(member))
    client.get(queue(member), {"view": "decided"})  # shows none

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("alerts.read", member.user_id)
    assert json.loads(entry.payload.body) == {"alerts": [alert.pk]}


def test_what_was_just_decided_can_be_undone_on_the_next_page(client: Client, member: Membership, alert: Alert) -> None:
    operations.decide(alert.pk, Choice("dismissed"), actor=member, version=1, now=clock.now())

    shown = text_of(client.get(queue(member)))

    assert f'data-undo="{address("alert-undo", alert)}"' in shown
    assert f'data-text="Alert {alert.pk} dismissed."' in shown


def test_news_are_told_in_a_line_with_the_counts(client: Client, member: Membership, live: Live) -> None:
    old = an_alert(live)
    an_alert(live, start_s=150)
    an_alert(live, start_s=200, score=0.5)

    shown = text_of(
        client.get(reverse("alert-news", args=[member.workspace.slug]), {"after": str(old.pk), "view": "high"})
    )

    assert "2 new alerts</b>, 1 high." in " ".join(shown.split())
    assert 'data-key="n"' in shown
    assert 'hx-swap-oob="true"' in shown


@pytest.mark.parametrize("after", ["", "x", "99999999"])
def test_no_news_is_no_line(client: Client, member: Membership, alert: Alert, after: str) -> None:
    shown = text_of(client.get(reverse("alert-news", args=[member.workspace.slug]), {"after": after}))

    assert ('data-key="n"' in shown) is (after != "99999999")


# ── one alert ──


def test_an_alert_shows_its_moment(client: Client, live: Live, alert: Alert) -> None:
    make_utterance(live, text="Bonjour à tous.", start_s=80)
    Gap.objects.create(live=live, from_s=90, to_s=93.2, cause="connection lost")

    shown = " ".join(text_of(client.get(address("alert", alert))).split())

    assert "Bonjour à tous." in shown
    assert "Gap, 3.2 s. Nothing was heard." in shown
    assert 'Il faut <mark class="high">les jeter </mark>dehors.' in shown
    assert "1 of 1" in shown
    assert "Triage, not a verdict" in shown
    assert "not calibrated" in shown


def test_reading_an_alert_is_accounted_for(client: Client, member: Membership, alert: Alert) -> None:
    client.get(address("alert", alert))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.object_id) == ("alert.read", member.user_id, str(alert.pk))


def test_growing_is_part_of_the_same_reading(client: Client, live: Live, alert: Alert) -> None:
    other = an_alert(live, start_s=250)
    client.get(address("alert", alert))

    client.get(address("alert-moment", alert))
    assert verbs() == ["alert.read"]
    for grown in (other, alert, other):  # side by side
        client.get(address("alert-moment", grown))
    assert verbs() == ["alert.read", "alert.read"]


def test_a_moment_asks_for_itself_while_it_grows(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace), heard_s=104)
    alert = an_alert(live)

    page, fragment = (text_of(client.get(address(name, alert))) for name in ("alert", "alert-moment"))

    assert 'hx-trigger="every 5s"' in page
    assert "What follows is still coming in." in fragment
    assert 'id="risk"' in fragment
    Live.objects.filter(pk=live.pk).update(heard_s=200)
    assert "hx-trigger" not in text_of(client.get(address("alert-moment", alert)))


def test_an_alert_asks_the_database_as_often_for_one_line_as_for_three(client: Client, live: Live) -> None:
    alert = an_alert(live)

    def fill(number: int) -> None:
        make_assessment(make_utterance(live, start_s=50 + number), score=0.1)
        Gap.objects.create(live=live, from_s=60 + number, to_s=60.5 + number, cause="stalled")
        make_decision(an_alert(live, start_s=200 + number))

    fill(1)
    client.get(address("alert", alert))
    for_one = queries_of(client, address("alert", alert))
    fill(2)
    fill(3)

    assert queries_of(client, address("alert", alert)) == for_one <= 30


def test_an_analyst_reads_but_neither_hears_nor_decides(client: Client, alert: Alert) -> None:
    analyst = make_membership("analyst", workspace=alert.workspace)
    client.force_login(analyst.user)

    shown = text_of(client.get(address("alert", alert)))

    assert "Your role reads; it does not hear." in shown
    assert "<audio" not in shown
    assert 'id="decide"' not in shown
    assert client.get(address("alert-audio", alert)).status_code == 403
    assert client.get(address("alert-peaks", alert)).status_code == 403
    assert client.post(address("alert-decide", alert)).status_code == 403


@pytest.mark.parametrize("name", ["alert", "alert-moment", "alert-standing", "alert-audio", "alert-peaks"])
def test_an_alert_of_another_workspace_is_not_there(client: Client, member: Membership, name: str) -> None:
    stranger = make_alert()

    assert client.get(reverse(name, args=[member.workspace.slug, stranger.pk])).status_code == 404
    assert client.get(address(name, stranger)).status_code == 404
    assert verbs() == []


@pytest.mark.parametrize("name", ["alert-decide", "alert-undo", "alert-note"])
def test_an_alert_of_another_workspace_cannot_be_changed(client: Client, member: Membership, name: str) -> None:
    stranger = make_alert()
    data = {"state": "dismissed", "version": "1", "note": "mine"}

    assert client.post(reverse(name, args=[member.workspace.slug, stranger.pk]), data).status_code == 404
    stranger.refresh_from_db()
    assert (stranger.version, stranger.notes.count()) == (1, 0)


def test_standing_says_who_decided(client: Client, alert: Alert) -> None:
    decision = make_decision(alert, state="action_taken")

    shown = text_of(client.get(address("alert-standing", alert)))

    assert "Action taken" in shown
    assert decision.alias in shown


# ── sound ──


@pytest.fixture
def sound(settings: Settings, tmp_path: Path, live: Live) -> None:
    """The live was heard from its beginning, for 300 s."""
    settings.DATA_DIR = tmp_path
    pcm = np.full(300 * SAMPLE_RATE, 8192, "<i2").tobytes()
    spool = Spool(make_ref(live))
    spool.turn(PlacedAudio(0, 0, 0.0, pcm))
    spool.write(pcm)
    spool.seal()


@pytest.mark.usefixtures("sound")
def test_the_sound_of_a_moment_is_played_in_parts(client: Client, alert: Alert) -> None:
    whole = client.get(address("alert-audio", alert))
    part = client.get(address("alert-audio", alert), headers={"Range": "bytes=4-7"})

    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/flac")
    assert whole["Cache-Control"] == "private, no-cache"
    content = whole.getvalue()
    assert len(FlacCodec().decode(content)) == 2 * round(93.5 * SAMPLE_RATE)
    assert (part.status_code, part.getvalue()) == (206, content[4:8])


@pytest.mark.usefixtures("sound")
def test_hearing_is_accounted_for_once_a_visit(client: Client, alert: Alert) -> None:
    def hear() -> None:
        client.get(address("alert-audio", alert), headers={"Range": "bytes=0-99"}).getvalue()

    client.get(address("alert", alert))
    hear()
    hear()
    client.get(address("alert", alert))
    hear()

    assert verbs() == ["alert.read", "audio.heard", "alert.read", "audio.heard"]


@pytest.mark.usefixtures("sound")
def test_the_outline_is_made_for_the_page(client: Client, alert: Alert) -> None:
    outline = client.get(address("alert-peaks", alert)).json()

    assert outline == {"length_s": 93.5, "low": [0.25] * 600, "high": [0.25] * 600}


@pytest.mark.usefixtures("sound")
def test_the_page_carries_a_player_that_waits(client: Client, alert: Alert) -> None:
    shown = text_of(client.get(address("alert", alert)))

    assert f'src="{address("alert-audio", alert)}?v=1496000-1496000"' in shown
    assert 'preload="none"' in shown
    assert "autoplay" not in shown


def test_without_sound_the_page_says_so(client: Client, alert: Alert) -> None:
    shown = text_of(client.get(address("alert", alert)))

    assert "No sound of this moment was kept." in shown
    assert client.get(address("alert-audio", alert)).status_code == 404
