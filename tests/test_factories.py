from datetime import timedelta

import pytest

from tests.factories import NOW, make_alert, make_assessment, make_live, make_membership, make_utterance

pytestmark = pytest.mark.django_db


def test_an_alert_brings_all_it_needs() -> None:
    alert = make_alert()

    assert alert.live == alert.assessment.live
    assert alert.workspace == alert.live.channel.workspace
    assert (alert.score, alert.threshold) == (0.8, 0.7)


def test_utterances_of_a_live_follow_each_other() -> None:
    live = make_live()

    utterances = [make_utterance(live), make_utterance(live)]

    assert [(utterance.seq, utterance.start_s, utterance.end_s) for utterance in utterances] == [
        (1, 0.0, 3.5),
        (2, 4.0, 7.5),
    ]
    assert utterances[1].spoken_at == NOW + timedelta(seconds=7.5)


def test_an_assessment_is_hateful_by_its_score() -> None:
    assert [make_assessment(score=score).hateful for score in (0.2, 0.7)] == [False, True]


def test_a_member_may_log_in() -> None:
    membership = make_membership("analyst")

    assert membership.role.name == "analyst"
    assert not membership.user.has_usable_password()
