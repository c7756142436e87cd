"""What is done with policies, by people, and with assessments, by Vigie itself as texts come in."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import translation
from django.utils.translation import gettext_noop

from vigie.errors import VigieError
from vigie.events import Acted, TextAssessed
from vigie.people.models import Membership, Workspace
from vigie.ports import Verdict
from vigie.risk import queries
from vigie.risk.lexicon_yaml import parse, shipped_policy
from vigie.risk.models import Assessment, Outcome, Policy, Subject
from vigie.runtime import bus, engine, ledger
from vigie.runtime.models import UNFINISHED, WorkState
from vigie.watch.models import ChatMessage, Live

ASSESS = "risk.assess_pending"
"""The engine's task."""
WORDLESS = gettext_noop("no words")
ERASED = gettext_noop("whoever wrote it was erased")
GONE = "…"
"""What stands in place of words that are gone."""


class NothingChanged(VigieError):
    """These are the rules in force already."""


class ChangedMeanwhile(VigieError):
    """Somebody else changed the rules while you were editing them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wrote."""

    lexicon: str
    note: str
    based_on: int
    """The version they started from."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a live that is to be judged."""

    live_id: int
    of: str
    ref_id: int
    seq: int
    start_s: float
    end_s: float
    text: str
    language: str


# ── policies ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ensure_policy(workspace: Workspace, now: datetime) -> Policy:
    """Return the policy in force, without its text; a workspace that never edited its rules gets the shipped ones.

    Those are a new version after an update that changed them, which is accounted for.
    """
    if policy := _up_to_date(workspace.pk):
        return policy
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # of all who look at this moment, one makes it
    return _up_to_date(workspace.pk) or _ship(workspace, now)


def _up_to_date(workspace_id: int) -> Policy | None:
    """Return the policy in force, unless it is the shipped one of another version of Vigie."""
    policy = queries.policy_in_force(workspace_id)
    return policy if policy and (not policy.is_shipped or policy.digest == _digest(shipped_policy())) else None


def _ship(workspace: Workspace, now: datetime) -> Policy:
    former = queries.policy_in_force(workspace.pk)
    shipped = Policy.objects.create(
        workspace=workspace,
        version=former.version + 1 if former else 1,
        lexicon=shipped_policy(),
        digest=_digest(shipped_policy()),
        is_shipped=True,
        created_at=now,
    )
    payload = {"version": shipped.version, "sha256": shipped.digest}
    bus.publish(Acted(workspace.pk, None, "policy.shipped", "policy", str(shipped.pk), payload))
    return shipped


@transaction.atomic
def save_policy(edit: Edit, *, actor: Membership, now: datetime) -> Policy:
    """Return the new version, in force from the next text on.

    Raises BadLexicon (with line and reason), NothingChanged and ChangedMeanwhile, changing nothing.
    """
    parse(edit.lexicon)
    former = ensure_policy(Workspace.objects.select_for_update().get(pk=actor.workspace_id), now)
    digest = _digest(edit.lexicon)
    if former.version != edit.based_on:
        raise ChangedMeanwhile(f"The rules are at version {former.version} now; you started from {edit.based_on}.")
    if digest == former.digest:
        raise NothingChanged
    policy = Policy.objects.create(
        workspace_id=actor.workspace_id,
        version=former.version + 1,
        lexicon=edit.lexicon,
        digest=digest,
        is_shipped=digest == _digest(shipped_policy()),
        note=edit.note,
        author=actor.user,
        created_at=now,
    )
    payload = {"version": policy.version, "note": policy.note, "sha256": digest}
    bus.publish(Acted(actor.workspace_id, actor.user_id, "policy.saved", "policy", str(policy.pk), payload))
    return policy


def restore_policy(policy: Policy, note: str, *, actor: Membership, now: datetime) -> Policy:
    """Return a new version with the rules of a former one. Raises as `save_policy`."""
    newest = queries.policy_in_force(actor.workspace_id)
    edit = Edit(policy.lexicon, note, newest.version if newest else policy.version)
    return save_policy(edit, actor=actor, now=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ── assessments ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def queue_assessment(text: Text) -> Assessment:
    """Return the row of a text that is to be judged.

    One that changed since is judged anew; one that did not is left alone.
    """
    fields = asdict(text)
    assessment, is_new = Assessment.objects.get_or_create(of=text.of, ref_id=text.ref_id, defaults=fields)
    if not is_new and assessment.text == text.text:
        return assessment
    if not is_new:
        anew = {"state": WorkState.PENDING, "outcome": Outcome.WAITING, "attempts": 0, "not_before": None, "reason": ""}
        Assessment.objects.filter(pk=assessment.pk).update(**fields, **anew)
        assessment.refresh_from_db()
    engine.wake(ASSESS)
    return assessment


@transaction.atomic
def note_moment(text: Text) -> Assessment:
    """Return the row of something that happened without words: its text says what, and nobody judges it."""
    fields = asdict(text) | {"state": WorkState.SKIPPED, "outcome": Outcome.NOT_ANALYSED, "reason": WORDLESS}
    assessment, _ = Assessment.objects.get_or_create(of=text.of, ref_id=text.ref_id, defaults=fields)
    return assessment


@transaction.atomic
def forget_erased(workspace_id: int) -> None:
    """Take away the words of messages that are gone: whoever wrote them was erased. What was decided stays."""
    there = ChatMessage.objects.filter(pk=OuterRef("ref_id"))
    gone = Assessment.objects.filter(~Exists(there), live__channel__workspace=workspace_id, of=Subject.CHAT)
    waiting = gone.filter(state__in=UNFINISHED)
    waiting.update(state=WorkState.SKIPPED, outcome=Outcome.NOT_ANALYSED, reason=ERASED, claimed_until=None)
    gone.update(text=GONE, spans=[], signals=[], target="")


@transaction.atomic
def record_assessment(assessment: Assessment, verdict: Verdict, *, analyst: str, policy: Policy, now: datetime) -> None:
    """Write down a verdict and tell it. Does nothing when another worker did so meanwhile, or the text changed."""
    values = {
        "state": WorkState.DONE,
        "outcome": Outcome(verdict.state),
        "category": verdict.category,
        "score": verdict.score,
        "hateful": verdict.hateful,
        "target": verdict.target,
        "stance": verdict.stance,
        "spans": [[span.start, span.end, span.reason] for span in verdict.spans],
        "signals": list(verdict.signals),
        "language": assessment.language,
        "reach": Subquery(Live.objects.filter(pk=assessment.live_id).values("reach")[:1]),
        "analyst": analyst,
        "policy": policy,
        "assessed_at": now,
        "reason": "",
        "claimed_until": None,
    }
    same = Assessment.objects.filter(pk=assessment.pk, state=WorkState.RUNNING, text=assessment.text)
    if same.update(**values):
        _tell(assessment)


@transaction.atomic
def give_back(
    assessments: Sequence[Assessment], now: datetime, *, reason: str, retry_after_s: float | None = None
) -> None:
    """Let texts wait for another try; those tried too often are not judged, and that is told."""
    for assessment in ledger.give_back(assessments, now, reason=reason, retry_after_s=retry_after_s):
        Assessment.objects.filter(pk=assessment.pk).update(outcome=Outcome.NOT_ANALYSED)
        _tell(assessment)


@transaction.atomic
def give_up_lost(now: datetime) -> None:
    """Fail the texts on which every worker died; that is told."""
    give_back(list(ledger.lost(Assessment.objects.all(), now)), now, reason=ledger.LOST)


def _tell(assessment: Assessment) -> None:
    read = Assessment.objects.select_related("live__channel", "policy").defer("policy__lexicon")
    fresh = read.get(pk=assessment.pk)
    with translation.override(settings.LANGUAGE_CODE):
        justification = queries.justification_of(fresh)
    bus.publish(
        TextAssessed(
            workspace_id=fresh.live.channel.workspace_id,
            live_id=fresh.live_id,
            assessment_id=fresh.pk,
            of=fresh.of,
            ref_id=fresh.ref_id,
            seq=fresh.seq,
            text=fresh.text,
            category=fresh.category,
            score=fresh.score,
            hateful=fresh.hateful,
            reach=fresh.reach,
            target=fresh.target,
            spans=tuple((start, end) for start, end, _ in fresh.spans),
            justification=justification,
            analyst=fresh.analyst,
            state=fresh.outcome,
        )
    )
