import pytest
from django.db import transaction

from tests.factories import make_assessment, make_channel, make_live, make_utterance, make_workspace
from vigie.events import TextAssessed
from vigie.moderation import receivers
from vigie.moderation.models import Alert
from vigie.people.models import Workspace
from vigie.risk.models import Assessment

pytestmark = pytest.mark.django_db


def assessed(assessment: Assessment) -> TextAssessed:
    return TextAssessed(
        workspace_id=assessment.live.channel.workspace_id,
        live_id=assessment.live_id,
        assessment_id=assessment.pk,
        of=assessment.of,
        ref_id=assessment.ref_id,
        seq=assessment.seq,
        text=assessment.text,
        category=assessment.category,
        score=assessment.score,
        hateful=assessment.hateful,
        reach=assessment.reach,
        target=assessment.target,
        spans=(),
        justification="",
        analyst=assessment.analyst,
        state=assessment.outcome,
    )


def an_assessment(score: float, *, threshold: float = 0.7, outcome: str = "analysed") -> Assessment:
    channel = make_channel(make_workspace(alert_threshold=threshold))
    return make_assessment(make_utterance(make_live(channel)), score=score, outcome=outcome)


def receive(assessment: Assessment) -> None:
    with transaction.atomic():
        receivers.raise_alerts(assessed(assessment))


@pytest.mark.parametrize(
    ("score", "threshold", "raised"), [(0.69, 0.7, 0), (0.7, 0.7, 1), (0.9, 0.7, 1), (0.5, 0.4, 1), (0.8, 0.9, 0)]
)
def test_an_alert_is_raised_from_the_workspace_s_threshold_on(score: float, threshold: float, raised: int) -> None:
    receive(an_assessment(score, threshold=threshold))

    assert Alert.objects.count() == raised


@pytest.mark.parametrize("outcome", ["abstained", "not_analysed", "waiting"])
def test_what_was_not_judged_raises_none(outcome: str) -> None:
    receive(an_assessment(0.9, outcome=outcome))

    assert not Alert.objects.exists()


def test_a_workspace_without_alerts_raises_none() -> None:
    assessment = an_assessment(0.9)
    Workspace.objects.update(modules=["chat"])

    receive(assessment)

    assert not Alert.objects.exists()


def test_hearing_twice_raises_one() -> None:
    assessment = an_assessment(0.9)

    receive(assessment)
    receive(assessment)

    assert Alert.objects.get().assessment == assessment
