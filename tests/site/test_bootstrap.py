"""The wiring: what is said becomes an assessment and an alert, each written with what causes it."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from tests.factories import make_channel, make_live
from vigie.moderation.models import Alert
from vigie.ports import (
    AudioCodec,
    LanguageIdentifier,
    LiveRef,
    MediaSource,
    PlacedCaption,
    PortError,
    Reach,
    VoiceActivity,
)
from vigie.risk.models import Assessment, Outcome
from vigie.risk.tasks import assess_pending
from vigie.runtime import registry
from vigie.site import bootstrap
from vigie.site.consumers import TOPICS
from vigie.speech import operations as speech

NOW = datetime(2026, 1, 5, 10, 1, tzinfo=UTC)
SEVERE = "Les migrants sont des parasites, il faut tous les expulser."
ORDINARY = "Aujourd'hui, on parle de la piste cyclable."


def say(text: str) -> None:
    live = make_live(make_channel(language="fr"))
    ref = LiveRef(live.pk, live.channel.workspace_id, "fr", live.started_at)
    speech.add_caption(ref, PlacedCaption(1.0, 4.0, text, "fr"), NOW)


@pytest.mark.django_db
def test_words_wait_to_be_judged_as_soon_as_they_are_known() -> None:
    say(ORDINARY)

    assert [(row.text, row.outcome) for row in Assessment.objects.all()] == [(ORDINARY, Outcome.WAITING)]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "alerts"), [(SEVERE, 1), (ORDINARY, 0)])
def test_severe_words_raise_one_alert_and_ordinary_ones_none(text: str, alerts: int) -> None:
    say(text)

    assess_pending()
    assess_pending()

    assert Assessment.objects.get().outcome == Outcome.ANALYSED
    assert Alert.objects.count() == alerts


@pytest.mark.django_db
def test_everything_is_accounted_for_in_a_chain_that_holds() -> None:
    say(SEVERE)
    assess_pending()

    call_command("audit", "verify")


@pytest.mark.parametrize("port", [MediaSource, AudioCodec, VoiceActivity, LanguageIdentifier])
def test_every_port_has_an_adapter(port: type) -> None:
    assert registry.find(port) is not None


async def test_sources_reach_files_only_where_a_program_lets_them() -> None:
    with pytest.raises(PortError, match="not an address"):
        await registry.get(MediaSource).resolve(__file__)

    bootstrap.let_sources_reach(Reach.DISK)
    try:
        assert (await registry.get(MediaSource).resolve(__file__)).protocol == "file"
    finally:
        bootstrap.let_sources_reach(Reach.NETWORK)


def test_every_topic_that_is_pushed_has_its_permission() -> None:
    of_the_wall = {"wall", "wall-words", "wall-alerts"}
    of_a_live = {"live", "words", "chat"}
    of_a_team = {"lives", "said", "alerts", "notices", "channels", "clips", "obs", "rules"}
    assert set(TOPICS) == of_a_live | of_a_team | of_the_wall
