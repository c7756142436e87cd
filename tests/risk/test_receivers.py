import pytest
from django.db import transaction

from tests.factories import make_utterance
from vigie.events import UtteranceSettled
from vigie.risk import receivers
from vigie.risk.models import Assessment, Outcome
from vigie.runtime.models import WorkState
from vigie.speech.models import Utterance

pytestmark = pytest.mark.django_db


def settled(utterance: Utterance, text: str = "Bonjour.", state: str = "done") -> UtteranceSettled:
    return UtteranceSettled(
        workspace_id=utterance.live.channel.workspace_id,
        live_id=utterance.live_id,
        utterance_id=utterance.pk,
        seq=utterance.seq,
        start_s=utterance.start_s,
        end_s=utterance.end_s,
        text=text,
        source=utterance.source,
        language="fr",
        state=state,
    )


def test_what_was_said_waits_to_be_judged() -> None:
    utterance = make_utterance(seq=7, start_s=24.0)

    receivers.queue_speech(settled(utterance))

    assessment = Assessment.objects.get()
    assert (assessment.of, assessment.ref_id, assessment.live_id) == ("utterance", utterance.pk, utterance.live_id)
    assert (assessment.seq, assessment.start_s, assessment.end_s) == (7, 24.0, 27.5)
    assert (assessment.text, assessment.language) == ("Bonjour.", "fr")
    assert (assessment.state, assessment.outcome) == (WorkState.PENDING, Outcome.WAITING)


@pytest.mark.parametrize(("text", "state"), [("", "done"), (" \n", "done"), ("", "skipped"), ("", "failed")])
def test_silence_and_what_was_not_heard_are_not_judged(text: str, state: str) -> None:
    receivers.queue_speech(settled(make_utterance(), text, state))

    assert not Assessment.objects.exists()


def test_words_and_their_assessment_are_written_together_or_not_at_all() -> None:
    utterance = make_utterance()

    with transaction.atomic():
        receivers.queue_speech(settled(utterance))
        transaction.set_rollback(True)

    assert not Assessment.objects.exists()
