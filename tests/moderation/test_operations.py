from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import NOW, make_alert, make_assessment, make_decision, make_membership
from vigie.events import Acted, AlertChanged, AlertRaised, Event
from vigie.moderation import operations
from vigie.moderation.models import Alert, AlertState, Decision, Note
from vigie.moderation.operations import Choice
from vigie.moderation.states import AlreadyDecided, CannotUndo, NoSuchMove, NotYourDecision, TooLateToUndo
from vigie.people.models import Membership
from vigie.runtime import bus

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=5)
TOLD = (Acted, AlertRaised, AlertChanged)


@pytest.fixture
def told() -> Iterator[list[Event]]:
    """What is published, in order."""
    events: list[Event] = []
    for kind in TOLD:
        bus.react(kind, events.append)
    yield events
    for kind in TOLD:
        bus.unreact(kind, events.append)


@pytest.fixture
def alert() -> Alert:
    return make_alert()


@pytest.fixture
def moderator(alert: Alert) -> Membership:
    return make_membership(workspace=alert.workspace)


def standing(alert: Alert) -> tuple[str, int, int | None]:
    alert.refresh_from_db()
    return alert.state, alert.version, alert.decision_id


# ── raising ──


def test_raising_makes_one_pending_alert(told: list[Event]) -> None:
    assessment = make_assessment(score=0.82)
    workspace = assessment.live.channel.workspace

    alert = operations.raise_alert(assessment, now=NOW)

    assert (alert.workspace, alert.live, alert.score, alert.threshold) == (workspace, assessment.live, 0.82, 0.7)
    assert (alert.state, alert.version, alert.decision, alert.raised_at) == ("pending", 1, None, NOW)
    assert told == [
        AlertRaised(workspace.pk, assessment.live_id, alert.pk, assessment.pk, assessment.seq, 0.82),
        Acted(workspace.pk, None, "alert.raised", "alert", str(alert.pk), {"score": 0.82, "threshold": 0.7}),
    ]


def test_raising_again_gives_the_same_alert_and_tells_nothing(alert: Alert, told: list[Event]) -> None:
    assert operations.raise_alert(alert.assessment, now=LATER) == alert
    assert told == []


# ── deciding ──


@pytest.mark.parametrize("state", [AlertState.REVIEWED, AlertState.ACTION_TAKEN, AlertState.DISMISSED])
def test_a_decision_has_its_person_and_is_told(
    alert: Alert, moderator: Membership, told: list[Event], state: AlertState
) -> None:
    decision = operations.decide(alert.pk, Choice(state, "threat"), actor=moderator, version=1, now=NOW)

    assert standing(alert) == (state, 2, decision.pk)
    assert (decision.category, decision.decided_by, decision.alias) == ("threat", moderator.user, moderator.alias)
    assert told == [
        AlertChanged(alert.workspace_id, alert.live_id, alert.pk, state),
        Acted(
            alert.workspace_id,
            moderator.user_id,
            "alert.decided",
            "alert",
            str(alert.pk),
            {"state": state, "category": "threat", "version": 2},
        ),
    ]


def test_a_note_is_written_with_the_decision(alert: Alert, moderator: Membership) -> None:
    operations.decide(alert.pk, Choice("dismissed", note="A quotation."), actor=moderator, version=1, now=NOW)

    note = alert.notes.get()
    assert (note.text, note.author, note.alias, note.written_at) == (
        "A quotation.",
        moderator.user,
        moderator.alias,
        NOW,
    )


def test_the_second_of_two_people_is_told_of_the_first(alert: Alert, moderator: Membership) -> None:
    other = make_membership(workspace=alert.workspace)
    first = operations.decide(alert.pk, Choice("dismissed"), actor=other, version=1, now=NOW)

    with pytest.raises(AlreadyDecided) as refusal:
        operations.decide(alert.pk, Choice("action_taken", note="mine"), actor=moderator, version=1, now=LATER)

    assert (refusal.value.seen, refusal.value.current) == (1, 2)
    assert standing(alert) == ("dismissed", 2, first.pk)
    assert not Note.objects.exists()


def test_a_decided_alert_can_be_reopened_by_anyone(alert: Alert, moderator: Membership) -> None:
    make_decision(alert)

    reopened = operations.decide(alert.pk, Choice("pending"), actor=moderator, version=2, now=LATER)

    assert standing(alert) == ("pending", 3, reopened.pk)


def test_a_decision_is_not_replaced_without_reopening(alert: Alert, moderator: Membership) -> None:
    decision = make_decision(alert, state="dismissed")

    with pytest.raises(NoSuchMove):
        operations.decide(alert.pk, Choice("action_taken"), actor=moderator, version=2, now=LATER)

    assert standing(alert) == ("dismissed", 2, decision.pk)


# ── taking back ──


def test_a_decision_is_taken_back_by_its_author(alert: Alert, moderator: Membership, told: list[Event]) -> None:
    decision = make_decision(alert, by=moderator)

    operations.undo_decision(alert.pk, actor=moderator, now=LATER)

    assert standing(alert) == ("pending", 3, None)
    decision.refresh_from_db()
    assert decision.undone_at == LATER
    assert told == [
        AlertChanged(alert.workspace_id, alert.live_id, alert.pk, "pending"),
        Acted(
            alert.workspace_id,
            moderator.user_id,
            "alert.undone",
            "alert",
            str(alert.pk),
            {"state": "pending", "version": 3},
        ),
    ]


def test_taking_back_a_reopening_restores_the_decision_before_it(alert: Alert, moderator: Membership) -> None:
    former = make_decision(alert, state="action_taken")
    operations.decide(alert.pk, Choice("pending"), actor=moderator, version=2, now=NOW)

    operations.undo_decision(alert.pk, actor=moderator, now=LATER)

    assert standing(alert) == ("action_taken", 4, former.pk)


def test_what_was_taken_back_is_passed_over(alert: Alert, moderator: Membership) -> None:
    make_decision(alert, by=moderator)
    operations.undo_decision(alert.pk, actor=moderator, now=NOW)
    operations.decide(alert.pk, Choice("reviewed"), actor=moderator, version=3, now=NOW)

    operations.undo_decision(alert.pk, actor=moderator, now=LATER)

    assert standing(alert) == ("pending", 5, None)


def test_the_decision_of_another_cannot_be_taken_back(alert: Alert, moderator: Membership) -> None:
    decision = make_decision(alert)

    with pytest.raises(NotYourDecision):
        operations.undo_decision(alert.pk, actor=moderator, now=NOW)

    assert standing(alert) == ("dismissed", 2, decision.pk)


def test_after_ten_seconds_a_decision_stays(alert: Alert, moderator: Membership) -> None:
    decision = make_decision(alert, by=moderator)

    with pytest.raises(TooLateToUndo):
        operations.undo_decision(alert.pk, actor=moderator, now=NOW + timedelta(seconds=11))

    assert standing(alert) == ("dismissed", 2, decision.pk)


def test_nothing_is_there_to_take_back(alert: Alert, moderator: Membership) -> None:
    with pytest.raises(CannotUndo):
        operations.undo_decision(alert.pk, actor=moderator, now=NOW)


# ── notes, reading, hearing ──


def test_a_note_is_accounted_for_without_its_words(alert: Alert, moderator: Membership, told: list[Event]) -> None:
    note = operations.add_note(alert.pk, "Seen before.", actor=moderator, now=NOW)

    assert standing(alert) == ("pending", 1, None)
    assert told == [
        Acted(alert.workspace_id, moderator.user_id, "alert.noted", "alert", str(alert.pk), {"note": note.pk})
    ]


@pytest.mark.parametrize(
    ("record", "verb"), [(operations.record_view, "alert.read"), (operations.record_hearing, "audio.heard")]
)
def test_looking_and_hearing_are_accounted_for(
    alert: Alert, moderator: Membership, told: list[Event], record: Callable[..., None], verb: str
) -> None:
    record(alert, actor=moderator)

    assert told == [Acted(alert.workspace_id, moderator.user_id, verb, "alert", str(alert.pk), {"live": alert.live_id})]


# ── whatever is tried ──

CHANGES: dict[str, Callable[[Alert, Membership], object]] = {
    "decide": lambda alert, actor: operations.decide(
        alert.pk, Choice("dismissed"), actor=actor, version=alert.version, now=NOW
    ),
    "reopen": lambda alert, actor: operations.decide(
        alert.pk, Choice("pending"), actor=actor, version=alert.version, now=NOW
    ),
    "undo_decision": lambda alert, actor: operations.undo_decision(alert.pk, actor=actor, now=NOW),
    "add_note": lambda alert, actor: operations.add_note(alert.pk, "words", actor=actor, now=NOW),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_reaches_the_alerts_of_another_workspace(alert: Alert, change: str) -> None:
    stranger = make_membership()

    with pytest.raises(Alert.DoesNotExist):
        CHANGES[change](alert, stranger)

    assert standing(alert) == ("pending", 1, None)


def test_every_change_of_state_names_a_person(alert: Alert, moderator: Membership, told: list[Event]) -> None:
    for change in ("decide", "undo_decision", "decide", "reopen", "add_note"):
        CHANGES[change](alert, moderator)
        alert.refresh_from_db()

    acts = [event for event in told if isinstance(event, Acted)]
    changes = [event for event in told if isinstance(event, AlertChanged)]
    assert [act.verb for act in acts] == [
        "alert.decided",
        "alert.undone",
        "alert.decided",
        "alert.decided",
        "alert.noted",
    ]
    assert {act.actor_id for act in acts} == {moderator.user_id}
    assert len(changes) == 4


def test_the_database_refuses_an_alert_decided_by_nobody(alert: Alert) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(state="dismissed")


def test_the_database_refuses_a_decision_without_a_person(alert: Alert) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(alert=alert, state="dismissed", alias="M-00", decided_at=NOW)


def test_a_live_takes_its_alerts_along_when_it_is_erased(alert: Alert) -> None:
    make_decision(alert)

    alert.live.delete()

    assert not Alert.objects.exists()
    assert not Decision.objects.exists()


def test_a_failed_account_undoes_the_decision(alert: Alert, moderator: Membership) -> None:
    def refuse(event: Acted) -> None:
        raise ValueError(event.verb)

    bus.react(Acted, refuse)
    try:
        with pytest.raises(ValueError, match="decided"):
            operations.decide(alert.pk, Choice("dismissed"), actor=moderator, version=1, now=NOW)
    finally:
        bus.unreact(Acted, refuse)

    assert standing(alert) == ("pending", 1, None)
