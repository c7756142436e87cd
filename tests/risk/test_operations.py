from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import NOW, make_assessment, make_live, make_membership, make_workspace
from tests.risk.policies import RULES, make_policy
from vigie.events import Acted, TextAssessed
from vigie.people.models import Membership
from vigie.ports import Span, Verdict
from vigie.risk import operations
from vigie.risk.flaws import BadLexicon, Flaw
from vigie.risk.lexicon_yaml import shipped_policy
from vigie.risk.models import Assessment, Outcome, Policy
from vigie.risk.operations import Edit, Text
from vigie.runtime import bus, ledger
from vigie.runtime.models import WorkState
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

EDITED = RULES.replace("[darn]", "[darn, drat]")


@pytest.fixture
def acts() -> Iterator[list[Acted]]:
    seen: list[Acted] = []
    bus.react(Acted, seen.append)
    yield seen
    bus.unreact(Acted, seen.append)


@pytest.fixture
def told() -> Iterator[list[TextAssessed]]:
    seen: list[TextAssessed] = []
    bus.react(TextAssessed, seen.append)
    yield seen
    bus.unreact(TextAssessed, seen.append)


# ── policies ──


def test_a_workspace_starts_with_the_rules_that_come_with_vigie() -> None:
    policy = operations.ensure_policy(make_workspace(), NOW)

    assert (policy.version, policy.is_shipped, policy.author, policy.created_at) == (1, True, None, NOW)
    assert Policy.objects.get().lexicon == shipped_policy()
    assert operations.ensure_policy(policy.workspace, NOW + timedelta(days=1)) == policy


def test_rules_that_nobody_edited_follow_the_product_and_that_is_accounted_for(acts: list[Acted]) -> None:
    former = make_policy(make_workspace())
    Policy.objects.update(is_shipped=True)

    policy = operations.ensure_policy(former.workspace, NOW)

    assert (policy.version, policy.is_shipped, policy.lexicon) == (2, True, shipped_policy())
    payload = {"version": 2, "sha256": policy.digest}
    assert acts == [Acted(former.workspace_id, None, "policy.shipped", "policy", str(policy.pk), payload)]


def test_rules_that_somebody_edited_stay() -> None:
    policy = make_policy(make_workspace())

    assert operations.ensure_policy(policy.workspace, NOW) == policy


def save(member: Membership, lexicon: str = EDITED, based_on: int = 1) -> Policy:
    return operations.save_policy(Edit(lexicon, "why", based_on), actor=member, now=NOW)


@pytest.fixture
def leader() -> Membership:
    member = make_membership("supervisor")
    make_policy(member.workspace)
    return member


def test_an_edit_is_the_next_version_and_accounted_for(leader: Membership, acts: list[Acted]) -> None:
    policy = save(leader)

    assert (policy.version, policy.lexicon, policy.note, policy.author) == (2, EDITED, "why", leader.user)
    assert not policy.is_shipped
    assert operations.ensure_policy(leader.workspace, NOW) == policy
    (act,) = acts
    assert act == Acted(
        leader.workspace_id,
        leader.user_id,
        "policy.saved",
        "policy",
        str(policy.pk),
        {"version": 2, "note": "why", "sha256": policy.digest},
    )


def test_an_edit_changes_the_rules_of_its_team_alone(leader: Membership) -> None:
    other = make_policy(make_workspace())

    save(leader)

    assert operations.ensure_policy(other.workspace, NOW) == other
    assert Policy.objects.filter(workspace=other.workspace).count() == 1


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (
            Edit(EDITED.replace("key: blorks", "kye: blorks"), "why", 1),
            BadLexicon(4, Flaw.MISSING, what="groups", name="key"),
        ),
        (Edit(RULES, "why", 1), operations.NothingChanged()),
        (Edit(EDITED, "why", 7), operations.ChangedMeanwhile("The rules are at version 1 now; you started from 7.")),
    ],
)
def test_a_refused_edit_changes_nothing(leader: Membership, acts: list[Acted], edit: Edit, error: Exception) -> None:
    with pytest.raises(type(error)) as refused:
        operations.save_policy(edit, actor=leader, now=NOW)

    assert str(refused.value) == str(error)

    assert Policy.objects.count() == 1
    assert acts == []


def test_going_back_to_the_shipped_rules_follows_the_product_again(leader: Membership) -> None:
    assert save(leader, shipped_policy()).is_shipped


def test_a_former_version_is_restored_as_a_new_one(leader: Membership) -> None:
    first = Policy.objects.get()
    save(leader)

    restored = operations.restore_policy(first, "back", actor=leader, now=NOW)

    assert (restored.version, restored.lexicon, restored.note) == (3, RULES, "back")


def test_the_version_in_force_cannot_be_restored(leader: Membership) -> None:
    with pytest.raises(operations.NothingChanged):
        operations.restore_policy(Policy.objects.get(), "back", actor=leader, now=NOW)


# ── assessments ──


def text(live_id: int, words: str = "Bonjour.", ref_id: int = 5) -> Text:
    return Text(live_id, "utterance", ref_id, 1, 0.0, 3.5, words, "fr")


def test_a_text_is_queued_once_and_wakes_the_engine(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    live = make_live()

    with django_capture_on_commit_callbacks() as woken:
        operations.queue_assessment(text(live.pk))
        operations.queue_assessment(text(live.pk))

    assert Assessment.objects.count() == 1
    assert len(woken) == 1


def test_a_text_that_changed_is_judged_anew() -> None:
    former = make_assessment()

    operations.queue_assessment(text(former.live_id, "Autre chose.", former.ref_id))

    former.refresh_from_db()
    assert (former.text, former.state, former.outcome) == ("Autre chose.", WorkState.PENDING, Outcome.WAITING)


def test_a_text_is_known_by_its_kind_and_number() -> None:
    live = make_live()
    operations.queue_assessment(text(live.pk, "un"))
    operations.queue_assessment(text(live.pk, "deux", ref_id=6))
    operations.queue_assessment(replace(text(live.pk, "trois"), of="chat"))

    operations.queue_assessment(text(live.pk, "quatre", ref_id=6))

    found = Assessment.objects.order_by("pk").values_list("of", "ref_id", "text")
    assert list(found) == [("utterance", 5, "un"), ("utterance", 6, "quatre"), ("chat", 5, "trois")]


def test_a_text_that_changed_has_all_its_tries_again_at_once() -> None:
    former = make_assessment(state=WorkState.FAILED, outcome=Outcome.NOT_ANALYSED)
    Assessment.objects.update(attempts=ledger.MAX_ATTEMPTS, not_before=NOW, reason="busy")

    operations.queue_assessment(text(former.live_id, "Autre chose.", former.ref_id))

    former.refresh_from_db()
    assert (former.attempts, former.not_before, former.reason) == (0, None, "")
    assert (former.state, former.outcome) == (WorkState.PENDING, Outcome.WAITING)


def test_a_verdict_has_the_reach_that_its_live_has_by_then(told: list[TextAssessed]) -> None:
    assessment = taken()
    make_live(reach="high")
    Live.objects.filter(pk=assessment.live_id).update(reach="medium")

    record(assessment)

    assert [event.reach for event in told] == ["medium"]


def taken(words: str = "blorks are vermin") -> Assessment:
    assessment = make_assessment(state=WorkState.PENDING, outcome=Outcome.WAITING)
    Assessment.objects.filter(pk=assessment.pk).update(text=words)
    ledger.claim(Assessment.objects.filter(pk=assessment.pk), NOW, hold_s=60, limit=1)
    assessment.refresh_from_db()
    return assessment


VERDICT = Verdict(
    state="analysed",
    category="hateful",
    score=0.86,
    hateful=True,
    target="blorks",
    stance="asserts",
    spans=(Span(0, 6, "target"), Span(11, 17, "dehumanization")),
    signals=("dehumanization", "everyone"),
)


def record(assessment: Assessment, verdict: Verdict = VERDICT) -> Policy:
    policy = make_policy(assessment.live.channel.workspace)
    operations.record_assessment(assessment, verdict, analyst="rules 1", policy=policy, now=NOW)
    return policy


def test_a_verdict_is_written_down_and_told(told: list[TextAssessed]) -> None:
    assessment = taken()

    policy = record(assessment)

    assessment.refresh_from_db()
    assert (assessment.state, assessment.outcome, assessment.claimed_until) == (WorkState.DONE, "analysed", None)
    assert (assessment.category, assessment.score, assessment.hateful) == ("hateful", 0.86, True)
    assert (assessment.target, assessment.stance, assessment.analyst) == ("blorks", "asserts", "rules 1")
    assert assessment.spans == [[0, 6, "target"], [11, 17, "dehumanization"]]
    assert assessment.signals == ["dehumanization", "everyone"]
    assert (assessment.policy, assessment.assessed_at) == (policy, NOW)
    assert told == [
        TextAssessed(
            workspace_id=assessment.live.channel.workspace_id,
            live_id=assessment.live_id,
            assessment_id=assessment.pk,
            of="utterance",
            ref_id=assessment.ref_id,
            seq=assessment.seq,
            text="blorks are vermin",
            category="hateful",
            score=0.86,
            hateful=True,
            reach="unknown",
            target="blorks",
            spans=((0, 6), (11, 17)),
            justification="Denies that the blorks are human: likened to animals, vermin, disease or waste."
            " All of them are meant.",
            analyst="rules 1",
            state="analysed",
        )
    ]


def test_a_text_that_cannot_be_judged_is_uncertain_not_harmless(told: list[TextAssessed]) -> None:
    assessment = taken()

    record(assessment, Verdict("abstained", signals=("no_lexicon",)))

    assert [(event.state, event.score, event.justification) for event in told] == [
        ("abstained", 0.0, "Not judged: there are no rules for this language.")
    ]


def test_a_verdict_that_comes_too_late_changes_nothing(told: list[TextAssessed]) -> None:
    assessment = taken()
    Assessment.objects.update(state=WorkState.DONE)

    record(assessment)
    operations.give_back([assessment], NOW, reason="late")

    assessment.refresh_from_db()
    assert (assessment.score, assessment.reason) == (0.8, "")
    assert told == []


def test_a_verdict_on_words_that_changed_meanwhile_is_dropped(told: list[TextAssessed]) -> None:
    assessment = taken()
    Assessment.objects.update(text="other words")

    record(assessment)

    assessment.refresh_from_db()
    assert (assessment.state, assessment.text) == (WorkState.RUNNING, "other words")
    assert told == []


def test_a_text_on_which_every_worker_died_fails_and_is_told(told: list[TextAssessed]) -> None:
    assessment = taken()
    Assessment.objects.update(attempts=ledger.MAX_ATTEMPTS, claimed_until=NOW)

    operations.give_up_lost(NOW)

    assessment.refresh_from_db()
    assert (assessment.state, assessment.outcome, assessment.reason) == (WorkState.FAILED, "not_analysed", ledger.LOST)
    assert [event.state for event in told] == ["not_analysed"]


def test_what_becomes_of_a_text_changes_no_other() -> None:
    beside = make_assessment(state=WorkState.RUNNING, outcome=Outcome.WAITING, score=0.1)
    failed, judged = taken("one"), taken("two")
    Assessment.objects.filter(pk=beside.pk).update(state=WorkState.RUNNING, text=judged.text)
    failed.attempts = ledger.MAX_ATTEMPTS

    operations.give_back([failed], NOW, reason="busy")
    record(judged)

    found = Assessment.objects.order_by("pk").values_list("state", "outcome", "score")
    assert list(found) == [
        (WorkState.RUNNING, "waiting", 0.1),
        (WorkState.FAILED, "not_analysed", 0.8),
        (WorkState.DONE, "analysed", 0.86),
    ]


def test_a_text_given_back_is_tried_again_then_told_as_not_analysed(told: list[TextAssessed]) -> None:
    assessment = taken()
    operations.give_back([assessment], NOW, reason="busy", retry_after_s=30)
    assert (assessment.state, assessment.not_before) == (WorkState.PENDING, NOW + timedelta(seconds=30))
    assert told == []

    assessment.attempts = ledger.MAX_ATTEMPTS
    operations.give_back([assessment], NOW, reason="busy")

    assessment.refresh_from_db()
    assert (assessment.state, assessment.outcome, assessment.reason) == (WorkState.FAILED, "not_analysed", "busy")
    assert [event.state for event in told] == ["not_analysed"]
