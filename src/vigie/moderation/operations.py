"""What can be done with alerts. Every change of state is made by a person, on the version that person saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vigie.events import Acted, AlertChanged, AlertRaised
from vigie.moderation import queries, states
from vigie.moderation.models import Alert, AlertState, Decision, Note
from vigie.people.models import Membership
from vigie.risk.models import Assessment
from vigie.rules.models import Firing
from vigie.runtime import bus


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decided."""

    state: str
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule raises an alert, and how severe it says that the moment is."""

    firing: Firing
    score: float | None = None
    """0..1; None: as the text is judged."""


@transaction.atomic
def raise_alert(assessment: Assessment, *, now: datetime, reason: Reason | None = None) -> Alert:
    """Return the one alert of an assessment, raised now unless it already was; because of its score, or of a rule."""
    workspace = assessment.live.channel.workspace
    alert, is_new = Alert.objects.get_or_create(
        assessment=assessment,
        defaults={
            "workspace": workspace,
            "live": assessment.live,
            "score": assessment.score if reason is None or reason.score is None else reason.score,
            "raised_at": now,
            "threshold": workspace.alert_threshold,
            "firing": reason.firing if reason else None,
        },
    )
    if is_new:
        bus.publish(AlertRaised(workspace.pk, assessment.live_id, alert.pk, assessment.pk, assessment.seq, alert.score))
        rule = {"rule": reason.firing.version.rule_id} if reason else {}
        _account(alert, None, "alert.raised", score=alert.score, threshold=alert.threshold, **rule)
    return alert


@transaction.atomic
def rank_higher(assessment: Assessment) -> None:
    """Let an alert that a rule raised stand where its text belongs, now that this is judged to be worse."""
    raised = Alert.objects.select_for_update(of=("self",)).filter(assessment=assessment, state=AlertState.PENDING)
    alert = raised.filter(score__lt=assessment.score, firing__isnull=False).first()
    if alert is None:
        return
    alert.score = assessment.score
    alert.save(update_fields=["score"])
    bus.publish(AlertChanged(alert.workspace_id, alert.live_id, alert.pk, alert.state))
    _account(alert, None, "alert.ranked", score=alert.score)


@transaction.atomic
def decide(pk: int, choice: Choice, *, actor: Membership, version: int, now: datetime) -> Decision:
    """Return the decision of `actor` on the alert, made looking at its `version`.

    Raises AlreadyDecided (with both versions) and NoSuchMove, changing nothing; Alert.DoesNotExist where the actor's
    workspace has no such alert.
    """
    alert = queries.alerts_for(actor).select_for_update(of=("self",)).get(pk=pk)
    standing = states.moved(_standing(alert), choice.state, seen=version)
    decision = Decision.objects.create(
        alert=alert,
        state=standing.state,
        category=choice.category,
        decided_by=actor.user,
        alias=actor.alias,
        decided_at=now,
    )
    _settle(alert, standing, decision)
    _account(alert, actor, "alert.decided", state=decision.state, category=decision.category, version=standing.version)
    if choice.note:
        _note(alert, choice.note, actor, now)
    return decision


@transaction.atomic
def undo_decision(pk: int, *, actor: Membership, now: datetime) -> Alert:
    """Return the alert as it was before the decision in force, which its author takes back within 10 s.

    Raises CannotUndo, NotYourDecision, TooLateToUndo, changing nothing; Alert.DoesNotExist as `decide`.
    """
    alert = queries.alerts_for(actor).select_for_update(of=("self",)).get(pk=pk)
    if (decision := alert.decision) is None:
        raise states.CannotUndo
    former = queries.decision_before(decision)
    standing = states.undone(
        _standing(alert),
        states.Made(decision.decided_by_id, decision.decided_at),
        former=former.state if former else AlertState.PENDING,
        by=actor.user_id,
        now=now,
    )
    decision.undone_at = now
    decision.save(update_fields=["undone_at"])
    _settle(alert, standing, former)
    _account(alert, actor, "alert.undone", state=standing.state, version=standing.version)
    return alert


@transaction.atomic
def add_note(pk: int, text: str, *, actor: Membership, now: datetime) -> Note:
    """Return a remark on an alert, visible to the team. Raises Alert.DoesNotExist as `decide`."""
    return _note(queries.alerts_for(actor).get(pk=pk), text, actor, now)


@transaction.atomic
def record_queue(alerts: Sequence[Alert], *, actor: Membership) -> None:
    """Account for somebody reading what was said in some alerts of the queue; where there are none, nothing was."""
    if alerts:
        shown = {"alerts": [alert.pk for alert in alerts]}
        bus.publish(Acted(actor.workspace_id, actor.user_id, "alerts.read", payload=shown))


@transaction.atomic
def record_view(alert: Alert, *, actor: Membership) -> None:
    """Account for somebody reading what was said around an alert."""
    _account(alert, actor, "alert.read", live=alert.live_id)


@transaction.atomic
def record_hearing(alert: Alert, *, actor: Membership) -> None:
    """Account for somebody hearing the sound of an alert."""
    _account(alert, actor, "audio.heard", live=alert.live_id)


def _standing(alert: Alert) -> states.Standing:
    return states.Standing(alert.state, alert.version)


def _settle(alert: Alert, standing: states.Standing, decision: Decision | None) -> None:
    """Write where an alert now stands, and tell."""
    alert.state, alert.version, alert.decision = standing.state, standing.version, decision
    alert.save(update_fields=["state", "version", "decision"])
    bus.publish(AlertChanged(alert.workspace_id, alert.live_id, alert.pk, alert.state))


def _note(alert: Alert, text: str, actor: Membership, now: datetime) -> Note:
    note = Note.objects.create(alert=alert, text=text, author=actor.user, alias=actor.alias, written_at=now)
    _account(alert, actor, "alert.noted", note=note.pk)
    return note


def _account(alert: Alert, actor: Membership | None, verb: str, **payload: object) -> None:
    actor_id = actor.user_id if actor else None
    bus.publish(Acted(alert.workspace_id, actor_id, verb, "alert", str(alert.pk), payload))
