"""What the database itself refuses: a second judgement of a text, a score that is none, two policies of one version."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import NOW, make_assessment, make_utterance, make_workspace
from vigie.risk import operations
from vigie.risk.models import Assessment, Policy, Subject

pytestmark = pytest.mark.django_db


def test_a_text_is_assessed_once() -> None:
    utterance = make_utterance()
    first = make_assessment(utterance)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_assessment(utterance, score=0.1)

    assert Assessment.objects.get(of=Subject.UTTERANCE, ref_id=utterance.pk) == first


@pytest.mark.parametrize("score", [-0.01, 1.01])
def test_a_score_is_a_fraction(score: float) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_assessment(score=score)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_a_score_may_be_at_either_end(score: float) -> None:
    assert make_assessment(score=score).score == score


def test_a_version_is_one_policy_of_a_workspace() -> None:
    for workspace in (make_workspace(), make_workspace()):
        operations.ensure_policy(workspace, NOW)
    policy = Policy.objects.latest("pk")

    policy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        policy.save(force_insert=True)

    assert Policy.objects.filter(version=policy.version).count() == 2
