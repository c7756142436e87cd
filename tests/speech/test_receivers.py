"""What speech does when it hears of a verdict."""

import pytest

from tests.factories import make_utterance
from vigie.events import TextAssessed
from vigie.speech import receivers
from vigie.speech.models import Utterance

pytestmark = pytest.mark.django_db


def verdict(utterance: Utterance, *, of: str = "utterance", score: float = 0.8) -> TextAssessed:
    return TextAssessed(
        workspace_id=1,
        live_id=utterance.live_id,
        assessment_id=1,
        of=of,
        ref_id=utterance.pk,
        seq=1,
        text="",
        category="hateful",
        score=score,
        hateful=True,
        reach="low",
        target="",
        spans=(),
        justification="",
        analyst="rules",
        state="analysed",
    )


def test_remember_alert_lets_a_live_go_first_after_severe_words() -> None:
    severe, mild, chat = make_utterance(), make_utterance(), make_utterance()

    receivers.remember_alert(verdict(severe))
    receivers.remember_alert(verdict(mild, score=0.5))
    receivers.remember_alert(verdict(chat, of="chat"))

    assert list(Utterance.objects.filter(alerted_at__isnull=False)) == [severe]
