import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_alert, make_assessment, make_channel, make_live, make_utterance, make_workspace
from vigie import events
from vigie.moderation.models import Alert
from vigie.risk.models import Assessment
from vigie.runtime import clock, push
from vigie.site import wall_pushes
from vigie.watch.models import (
    AiringState,
    Gap,
    Live,
    LiveMark,
    LiveSample,
    LiveState,
    MarkKind,
    Platform,
    Presence,
)

pytestmark = pytest.mark.django_db

AGE_S = 600


class Outbox:
    """What waits to be sent to the walls of the team."""

    def places(self) -> list[tuple[str, str, str]]:
        """Return topic, target and swap of each fragment, by topic, in order."""
        return [
            (topic.partition(":")[0], item["en"]["target"], item["en"]["swap"])
            for topic, items in sorted(self._waiting().items())
            for item in items
        ]

    def html(self, target: str, language: str = "en") -> str:
        items = (item[language] for items in self._waiting().values() for item in items)
        return next(item["html"] for item in items if item["target"] == target)

    def _waiting(self) -> dict[str, list[dict[str, dict[str, str]]]]:
        assert push._pusher is not None
        return push._pusher._waiting


@pytest.fixture
def live() -> Live:
    channel = make_channel(make_workspace("team"), name="Plateau", platform=Platform.TIKTOK)
    return make_live(channel, started_at=clock.now() - timedelta(seconds=AGE_S), chat_state="ok", viewers=4128)


@pytest.fixture
def unseen() -> Iterator[Outbox]:
    """Pages may be open, but none of a wall."""
    cache.clear()
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    yield Outbox()
    push.detach()
    loop.close()
    cache.clear()


@pytest.fixture
def outbox(unseen: Outbox, live: Live) -> Outbox:
    """Somebody looks at the wall of the team, and may see everything."""
    team = team_of(live)
    push.note_followed([f"wall:{team}", f"wall-words:{team}", f"wall-alerts:{team}"])
    return unseen


def team_of(live: Live) -> int:
    return live.channel.workspace_id


def said(live: Live, text: str = "Bonjour.", *, score: float = 0.1, seq: int = 1) -> Assessment:
    utterance = make_utterance(live, seq=seq, text=text, start_s=590.0)
    return make_assessment(utterance, score=score, spans=[[10, 16, "slur"]] if "blorks" in text else [])


def assessed(made: Assessment, of: str = "utterance") -> events.TextAssessed:
    return events.TextAssessed(
        workspace_id=team_of(made.live),
        live_id=made.live_id,
        assessment_id=made.pk,
        of=of,
        ref_id=made.ref_id,
        seq=made.seq,
        text=made.text,
        category=made.category,
        score=made.score,
        hateful=made.hateful,
        reach=made.reach,
        target="",
        spans=(),
        justification="",
        analyst=made.analyst,
        state="analysed",
    )


def alert_of(live: Live, score: float = 0.9) -> Alert:
    return make_alert(said(live, "Un mot grave.", score=score))


# ── counts ──


def test_a_sample_shows_viewers_pace_and_reason(live: Live, outbox: Outbox) -> None:
    LiveSample.objects.create(live=live, at_s=580, messages=35)

    wall_pushes.show_counts(events.LiveSampled(team_of(live), live.pk, 580))

    assert outbox.places() == [("wall", f"vitals-{live.pk}", "replace"), ("wall", f"why-{live.pk}", "replace")]
    assert "4,128" in outbox.html(f"vitals-{live.pk}")
    assert ">35</span>" in outbox.html(f"vitals-{live.pk}")
    assert "4,128" not in outbox.html(f"vitals-{live.pk}", "fr")


def test_a_new_picture_is_shown(live: Live, outbox: Outbox) -> None:
    wall_pushes.show_picture(events.PictureTaken(team_of(live), live.pk, 597.0))

    assert outbox.places() == [("wall", f"thumb-{live.pk}", "replace")]
    assert "597" in outbox.html(f"thumb-{live.pk}")


def test_a_sample_costs_few_queries(live: Live, outbox: Outbox) -> None:
    with CaptureQueriesContext(connection) as queries:
        wall_pushes.show_counts(events.LiveSampled(team_of(live), live.pk, 580))

    assert len(queries) == 3


# ── states ──


def test_a_state_turns_the_ring_and_counts_anew(live: Live, outbox: Outbox) -> None:
    Live.objects.update(state=LiveState.RECONNECTING, reason="the stream was closed.")

    wall_pushes.show_state(events.LiveStateChanged(team_of(live), live.pk, "reconnecting", ""))

    assert [target for _, target, _ in outbox.places()] == [
        *(f"vitals-{live.pk}", f"why-{live.pk}", f"age-{live.pk}"),
        *("count-on-air", "count-badly"),
    ]
    assert "reconnecting" in outbox.html(f"vitals-{live.pk}")
    assert "The stream was closed." in outbox.html(f"why-{live.pk}")
    assert '<b class="num">1</b> live badly heard' in outbox.html("count-badly")


def test_an_end_is_told_in_place(live: Live, outbox: Outbox) -> None:
    Live.objects.update(state=LiveState.ENDED, ended_at=clock.now())

    wall_pushes.show_state(events.LiveEnded(team_of(live), live.pk, clock.now(), ""))

    assert 'data-rank="-1"' in outbox.html(f"vitals-{live.pk}")
    assert "Ended at" in outbox.html(f"vitals-{live.pk}")
    assert "elapsed" not in outbox.html(f"age-{live.pk}")


def test_a_burst_says_why_to_look(live: Live, outbox: Outbox) -> None:
    mark = LiveMark.objects.create(live=live, kind=MarkKind.BURST, from_s=580, to_s=590, placed_at=clock.now())

    wall_pushes.show_state(events.MarkPlaced(team_of(live), live.pk, mark.pk))

    assert "The audience bursts out" in outbox.html(f"why-{live.pk}")


# ── tiles that come and go ──


def test_a_live_that_starts_comes_last_on_the_walls_that_show_its_platform(live: Live, outbox: Outbox) -> None:
    wall_pushes.show_start(events.LiveStarted(team_of(live), live.pk, live.channel_id, clock.now()))

    assert outbox.places()[:3] == [
        ("wall", f"unknown-{live.channel_id}", "replace"),
        ("wall", "tiles-all", "append"),
        ("wall", "tiles-tiktok", "append"),
    ]
    assert f'href="/w/team/lives/{live.pk}/"' in outbox.html("tiles-all")


def presence_of(live: Live, airing: str) -> events.PresenceChanged:
    now = clock.now()
    Presence.objects.create(channel=live.channel, airing=airing, reason="It is silent.", since=now, due_at=now)
    return events.PresenceChanged(team_of(live), live.channel_id, airing, "It is silent.")


def test_a_channel_that_nobody_can_tell_of_gets_a_tile(live: Live, outbox: Outbox) -> None:
    Live.objects.update(ended_at=clock.now())

    wall_pushes.show_presence(presence_of(live, AiringState.UNKNOWN))

    assert outbox.places() == [("wall", "tiles-all", "append"), ("wall", "tiles-tiktok", "append")]
    assert "It is silent." in outbox.html("tiles-all")


def test_a_channel_on_air_needs_no_tile_for_what_its_platform_does_not_tell(live: Live, outbox: Outbox) -> None:
    wall_pushes.show_presence(presence_of(live, AiringState.UNKNOWN))

    assert outbox.places() == []


def test_a_channel_that_is_offline_says_so_in_its_place_and_goes_last(live: Live, outbox: Outbox) -> None:
    Live.objects.update(ended_at=clock.now())

    wall_pushes.show_presence(presence_of(live, AiringState.OFFLINE))

    assert outbox.places() == [("wall", f"unknown-{live.channel_id}", "replace")]
    assert "Offline" in outbox.html(f"unknown-{live.channel_id}")
    assert 'data-rank="-1"' in outbox.html(f"unknown-{live.channel_id}")


# ── words ──


def test_what_is_said_is_told_to_who_may_read_it(live: Live, outbox: Outbox) -> None:
    made = said(live, "Vous, les blorks.", score=0.8)

    wall_pushes.show_said(assessed(made))

    assert outbox.places() == [
        ("wall-words", f"last-{live.pk}", "append"),
        ("wall-words", f"bars-{live.pk}", "append"),
        ("wall-words", f"peak-{live.pk}", "replace"),
    ]
    assert f'id="said-{made.pk}"' in outbox.html(f"last-{live.pk}")
    assert "blorks" not in outbox.html(f"last-{live.pk}")
    assert '<path class="r-high" d="M118.1 100v-80h.8V100z"/>' in outbox.html(f"bars-{live.pk}")
    assert "highest 0.80" in outbox.html(f"peak-{live.pk}")
    assert "0,80" in outbox.html(f"peak-{live.pk}", "fr")


@pytest.mark.parametrize(("of", "text"), [("chat", "Bonjour."), ("utterance", "")])
def test_chat_and_silence_are_no_sentences(live: Live, outbox: Outbox, of: str, text: str) -> None:
    wall_pushes.show_said(assessed(said(live, text), of))

    assert outbox.places() == []


@pytest.mark.parametrize(("track", "is_told"), [("media", True), ("chat", False)])
def test_a_gap_of_the_sound_is_hatched(live: Live, outbox: Outbox, track: str, *, is_told: bool) -> None:
    gap = Gap.objects.create(live=live, from_s=550, to_s=565, cause="x", track=track)

    wall_pushes.show_gap(events.GapRecorded(team_of(live), live.pk, gap.pk, 550, 565, "x", track))

    assert outbox.places() == ([("wall-words", f"bars-{live.pk}", "append")] if is_told else [])


# ── alerts ──


def test_an_alert_is_told_to_who_may_see_it(live: Live, outbox: Outbox) -> None:
    alert = alert_of(live)

    wall_pushes.show_alerts(events.AlertRaised(team_of(live), live.pk, alert.pk, alert.assessment_id, 1, 0.9))

    assert {topic for topic, _, _ in outbox.places()} == {"wall-alerts"}
    assert [target for _, target, _ in outbox.places()] == [
        *(f"alarm-{live.pk}", f"why-alarm-{live.pk}", "count-waiting", "side", "rail-alerts", "tabs-alerts")
    ]
    assert "is-high" in outbox.html(f"alarm-{live.pk}")
    assert "High severity" in outbox.html(f"why-alarm-{live.pk}")
    assert "Un mot grave." in outbox.html("side")


# ── nobody there ──


def test_nothing_is_asked_or_rendered_where_nobody_looks(live: Live, unseen: Outbox) -> None:
    team, made = team_of(live), said(live)
    alert = make_alert(made)
    gap = Gap.objects.create(live=live, from_s=550, to_s=565, cause="x")
    told = presence_of(live, AiringState.UNKNOWN)
    push.note_followed([f"wall:{team + 1}", f"lives:{team}"])

    with CaptureQueriesContext(connection) as queries:
        wall_pushes.show_counts(events.LiveSampled(team, live.pk, 600))
        wall_pushes.show_state(events.LiveResumed(team, live.pk, clock.now()))
        wall_pushes.show_start(events.LiveStarted(team, live.pk, live.channel_id, clock.now()))
        wall_pushes.show_presence(told)
        wall_pushes.show_said(assessed(made))
        wall_pushes.show_gap(events.GapRecorded(team, live.pk, gap.pk, 550, 565, "x"))
        wall_pushes.show_alerts(events.AlertChanged(team, live.pk, alert.pk, "dismissed"))

    assert len(queries) == 0
    assert unseen.places() == []
