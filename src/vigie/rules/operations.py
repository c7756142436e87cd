"""What is done with rules, by people; and what rules do, written by Vigie as it happens."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from vigie.errors import VigieError
from vigie.events import Acted, RuleFired
from vigie.people.models import Membership, Workspace
from vigie.people.presets import PRESETS
from vigie.rules import actions, queries
from vigie.rules.models import ActionRun, Arrival, Deed, Firing, Mode, Rule, RuleVersion
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome
from vigie.runtime import bus, engine, ledger
from vigie.runtime.models import WorkState

ACT = "rules.act"
"""The engine's task."""
ONE_MINUTE = timedelta(minutes=1)


class NeedsSecondPerson(VigieError):
    """In this workspace a rule is put in force by somebody else than who wrote it."""


class NothingToPublish(VigieError):
    """This rule has no version that could be put in force."""


class ChangedMeanwhile(VigieError):
    """Somebody else changed this rule while you were editing it."""


class WasFollowed(VigieError):
    """Another process looked at this already."""


# ── versions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_rule(spec: RuleSpec, *, actor: Membership, now: datetime) -> Rule:
    """Return a new rule, a draft. Raises BadAction."""
    actions.check(spec)
    Workspace.objects.select_for_update().get(pk=actor.workspace_id)  # numbers are given one after the other
    last = Rule.objects.filter(workspace=actor.workspace_id).aggregate(last=Max("number"))["last"]
    rule = Rule.objects.create(workspace_id=actor.workspace_id, number=(last or 0) + 1, name=spec.name, created_at=now)
    RuleVersion.objects.create(rule=rule, version=1, content=spec.as_data(), author=actor.user, changed_at=now)
    _account(rule, actor, "rule.added", name=rule.name)
    return rule


@transaction.atomic
def save_draft(rule: Rule, spec: RuleSpec, *, based_on: int, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, changed: the next version, which does nothing yet.

    Raises BadAction; ChangedMeanwhile where `based_on` is not its newest version.
    """
    actions.check(spec)
    locked = _locked(rule, actor)
    newest = locked.versions.order_by("-version")[0]
    if newest.version != based_on:
        raise ChangedMeanwhile
    draft = newest if newest.mode == Mode.DRAFT else RuleVersion(rule=locked, version=newest.version + 1)
    draft.content, draft.author, draft.changed_at, draft.proposed_at = spec.as_data(), actor.user, now, None
    draft.save()
    Rule.objects.filter(pk=locked.pk).update(name=spec.name)
    _account(locked, actor, "rule.saved", version=draft.version)
    return draft


@transaction.atomic
def propose(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, for a second person to put in force. Raises NothingToPublish."""
    draft = _draft(_locked(rule, actor))
    draft.proposed_at = now
    draft.save(update_fields=["proposed_at"])
    _account(rule, actor, "rule.proposed", version=draft.version)
    return draft


@transaction.atomic
def try_out(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, on trial: it notes what it would do. What is in force goes on.

    Raises NothingToPublish.
    """
    locked = _locked(rule, actor)
    draft = _draft(locked)
    locked.versions.filter(mode=Mode.TRIAL).update(mode=Mode.FORMER)
    draft.mode, draft.in_force_since = Mode.TRIAL, now
    draft.save(update_fields=["mode", "in_force_since"])
    _account(locked, actor, "rule.tried", version=draft.version)
    return draft


@transaction.atomic
def put_in_force(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the version on trial, else the draft of a rule, which acts from now on in place of the former one.

    Raises NothingToPublish; NeedsSecondPerson where the workspace separates duties and the actor wrote it.
    """
    locked = _locked(rule, actor)
    version = queries.version_of(locked, Mode.TRIAL) or queries.version_of(locked, Mode.DRAFT)
    if version is None:
        raise NothingToPublish
    if PRESETS[actor.workspace.preset].separates_duties and version.author_id == actor.user_id:
        raise NeedsSecondPerson
    locked.versions.filter(mode__in=[Mode.ACTIVE, Mode.PAUSED]).update(mode=Mode.FORMER)
    version.mode, version.published_by, version.in_force_since = Mode.ACTIVE, actor.user, now
    version.save(update_fields=["mode", "published_by", "in_force_since"])
    _account(locked, actor, "rule.published", version=version.version)
    return version


@transaction.atomic
def pause(rule: Rule, *, actor: Membership) -> None:
    """Let a rule rest. Raises NothingToPublish where it is not in force."""
    _turn(rule, Mode.ACTIVE, Mode.PAUSED, "rule.paused", actor)


@transaction.atomic
def resume(rule: Rule, *, actor: Membership) -> None:
    """Let a rule that rests act again. Raises NothingToPublish where it does not rest."""
    _turn(rule, Mode.PAUSED, Mode.ACTIVE, "rule.resumed", actor)


@transaction.atomic
def end_trial(rule: Rule, *, actor: Membership) -> None:
    """Take a version off its trial; it is a draft again where there is none. Raises NothingToPublish."""
    has_draft = queries.version_of(rule, Mode.DRAFT) is not None
    _turn(rule, Mode.TRIAL, Mode.FORMER if has_draft else Mode.DRAFT, "rule.untried", actor)


@transaction.atomic
def remove_rule(rule: Rule, *, actor: Membership, now: datetime) -> None:
    """Throw a rule away; what it did stays, and it can be brought back."""
    Rule.objects.filter(pk=_locked(rule, actor).pk).update(removed_at=now)
    _account(rule, actor, "rule.removed", name=rule.name)


@transaction.atomic
def bring_back(rule: Rule, *, actor: Membership) -> None:
    """Bring a rule back that was thrown away, as it was."""
    Rule.objects.filter(pk=_locked(rule, actor).pk).update(removed_at=None)
    _account(rule, actor, "rule.restored", name=rule.name)


@transaction.atomic
def import_rules(specs: Iterable[RuleSpec], *, actor: Membership, now: datetime) -> list[Rule]:
    """Return what a document makes: new rules, as drafts; one that has the name of a rule becomes its draft.

    Raises BadAction, changing nothing.
    """
    rules = []
    for spec in specs:
        rule = queries.rules_for(actor).filter(name=spec.name).first()
        if rule is None:
            rule = add_rule(spec, actor=actor, now=now)
        else:
            newest = rule.versions.order_by("-version")[0]
            if newest.content != spec.as_data():
                save_draft(rule, spec, based_on=newest.version, actor=actor, now=now)
        rules.append(rule)
    return rules


def _locked(rule: Rule, actor: Membership) -> Rule:
    """Return the rule, which nobody else changes meanwhile. Raises Rule.DoesNotExist."""
    return Rule.objects.select_for_update().get(pk=rule.pk, workspace=actor.workspace_id)


def _draft(rule: Rule) -> RuleVersion:
    draft = queries.version_of(rule, Mode.DRAFT)
    if draft is None:
        raise NothingToPublish
    return draft


def _turn(rule: Rule, former: Mode, mode: Mode, verb: str, actor: Membership) -> None:
    locked = _locked(rule, actor)
    version = queries.version_of(locked, former)
    if version is None:
        raise NothingToPublish
    version.mode = mode
    version.save(update_fields=["mode"])
    _account(locked, actor, verb, version=version.version)


def _account(rule: Rule, actor: Membership, verb: str, **payload: object) -> None:
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "rule", str(rule.pk), payload))


# ── firings ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def note_outcomes(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome], *, now: datetime) -> list[Firing]:
    """Return what the rules made of some arrivals, written down once: the arrivals are gone with it.

    Raises WasFollowed, changing nothing, where another process did so meanwhile.
    """
    ids = [arrival.pk for arrival in arrivals]
    gone, _ = Arrival.objects.filter(pk__in=ids).delete()
    if gone != len(ids):
        raise WasFollowed
    named = {str(version.pk): version for version in _versions(outcomes)}
    return [
        firing
        for outcome in outcomes
        if (version := named.get(outcome.ruling.id)) and (firing := _note(version, outcome, now))
    ]


def _versions(outcomes: Sequence[Outcome]) -> list[RuleVersion]:
    if not outcomes:
        return []
    ids = {outcome.ruling.id for outcome in outcomes}
    return list(RuleVersion.objects.filter(pk__in=ids).select_related("rule"))


def _note(version: RuleVersion, outcome: Outcome, now: datetime) -> Firing | None:
    """Return the firing; None where it is known, or was counted on one of the same minute."""
    firing = _firing(version, outcome, now)
    same = Firing.objects.filter(version=version, live=firing.live_id, trigger=firing.trigger)
    if same.exists() or (firing.deed == Deed.HELD and _counted_with_former(firing)):
        return None
    firing.save()
    if firing.deed == Deed.ACTED:
        runs = [
            ActionRun(firing=firing, position=position, action=action.do, options=action.options)
            for position, action in enumerate(outcome.ruling.spec.then)
        ]
        ActionRun.objects.bulk_create(runs)
        engine.wake(ACT)
    bus.publish(RuleFired(version.rule.workspace_id, firing.live_id, firing.pk, version.rule_id))
    return firing


def _firing(version: RuleVersion, outcome: Outcome, now: datetime) -> Firing:
    last, held = outcome.occurrences[-1], outcome.held
    acts = Deed.TRIED if version.mode == Mode.TRIAL else Deed.ACTED
    return Firing(
        version=version,
        live_id=int(last.live),
        deed=Deed.HELD if held else acts,
        brake=held.brake.name if held else "",
        figures=dict(held.values) if held else {},
        trigger=last.key,
        refs=[happened.key for happened in outcome.occurrences],
        value=last.value or None,
        at=outcome.at,
        since_s=last.at_s - (outcome.at - outcome.since).total_seconds(),
        at_s=last.at_s,
        noted_at=now,
    )


def _counted_with_former(firing: Firing) -> bool:
    """Count a firing on one of the same minute, if there is any: a flood makes no flood of rows."""
    same = Firing.objects.filter(
        version=firing.version,
        live=firing.live_id,
        deed=Deed.HELD,
        brake=firing.brake,
        at__gt=firing.at - ONE_MINUTE,
        at__lte=firing.at,
    )
    first = same.order_by("at").values_list("pk", flat=True).first()
    return first is not None and bool(Firing.objects.filter(pk=first).update(count=F("count") + 1))


# ── actions ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def perform(run: ActionRun, *, now: datetime) -> bool:
    """Do what an action says and note that it is done, in one transaction; False where another worker took it over.

    Raises VigieError where it cannot be done, changing nothing.
    """
    held = ActionRun.objects.select_for_update(of=("self",)).filter(
        pk=run.pk, state=WorkState.RUNNING, claimed_until=run.claimed_until
    )
    if held.first() is None:
        return False
    options = actions.read_options(run.action, run.options)
    actions.known()[run.action].perform(queries.fired(run.firing_id), options)
    ActionRun.objects.filter(pk=run.pk).update(state=WorkState.DONE, done_at=now, claimed_until=None, reason="")
    return True


@transaction.atomic
def refuse(run: ActionRun, reason: str) -> None:
    """Note why an action cannot be done."""
    ActionRun.objects.filter(pk=run.pk, state=WorkState.RUNNING).update(
        state=WorkState.FAILED, reason=reason[:300], claimed_until=None
    )


@transaction.atomic
def give_up_lost(now: datetime) -> None:
    """Fail the actions on which every worker died."""
    ledger.give_back(list(ledger.lost(ActionRun.objects.all(), now)), now, reason=ledger.LOST)
