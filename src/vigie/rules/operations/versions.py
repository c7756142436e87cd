"""What people do with rules: written, proposed, tried, put in force, let rest. Each act is accounted for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from vigie.errors import VigieError
from vigie.events import Acted
from vigie.people.models import Membership, Workspace
from vigie.people.presets import PRESETS
from vigie.rules import actions, queries
from vigie.rules.models import IN_FORCE, Mode, Rule, RuleVersion
from vigie.rules.spec import RuleSpec
from vigie.runtime import bus

MOST_KEYWORDS_OF_TEAM = 50_000
"""That the rules in force of a workspace look for: other teams need theirs (`rules.matching`)."""


class NeedsSecondPerson(VigieError):
    """In this workspace a rule is put in force by somebody else than who wrote it."""


class NothingToPublish(VigieError):
    """This rule has no version that could be put in force."""


class DoesNothing(VigieError):
    """This rule does nothing: give it an action, or put it on trial to see when it would have one."""


class ChangedMeanwhile(VigieError):
    """Somebody else changed this rule while you were editing it."""


class RuleIsGone(VigieError):
    """Somebody removed this rule meanwhile."""


class NameTaken(VigieError):
    """Another rule has this name: give yours another one."""


class TooManyKeywords(VigieError):
    """The rules in force of a workspace look for 50,000 keywords at most. Let another rule rest first."""


@transaction.atomic
def add_rule(spec: RuleSpec, *, actor: Membership, now: datetime) -> Rule:
    """Return a new rule, a draft. Raises BadAction, NameTaken."""
    actions.check(spec)
    _lock_names(actor)  # numbers are given one after the other, too
    _refuse_name(spec.name, actor)
    last = Rule.objects.filter(workspace=actor.workspace_id).aggregate(last=Max("number"))["last"]
    rule = Rule.objects.create(workspace_id=actor.workspace_id, number=(last or 0) + 1, name=spec.name, created_at=now)
    RuleVersion.objects.create(rule=rule, version=1, content=spec.as_data(), author=actor.user, changed_at=now)
    _account(rule, actor, "rule.added", name=rule.name)
    return rule


@transaction.atomic
def save_draft(rule: Rule, spec: RuleSpec, *, based_on: int, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, changed: the next version, which does nothing yet. Each draft has one author.

    Raises BadAction, NameTaken, RuleIsGone; ChangedMeanwhile where `based_on` is not its newest version.
    """
    actions.check(spec)
    _lock_names(actor)
    locked = _locked(rule, actor)
    _refuse_name(spec.name, actor, but=locked)
    newest = locked.versions.order_by("-version")[0]
    if newest.version != based_on:
        raise ChangedMeanwhile
    if newest.mode == Mode.DRAFT and newest.author_id == actor.user_id:
        draft = newest
    else:
        locked.versions.filter(mode=Mode.DRAFT).update(mode=Mode.FORMER)
        draft = RuleVersion(rule=locked, version=newest.version + 1)
    draft.content, draft.author, draft.changed_at, draft.proposed_at = spec.as_data(), actor.user, now, None
    draft.save()
    Rule.objects.filter(pk=locked.pk).update(name=spec.name)
    _account(locked, actor, "rule.saved", version=draft.version)
    return draft


@transaction.atomic
def propose(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, for a second person to put in force. Raises NothingToPublish, RuleIsGone."""
    draft = _version(_locked(rule, actor), Mode.DRAFT)
    draft.proposed_at = now
    draft.save(update_fields=["proposed_at"])
    _account(rule, actor, "rule.proposed", version=draft.version)
    return draft


@transaction.atomic
def try_out(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, on trial: it notes what it would do. What is in force goes on.

    Raises NothingToPublish, RuleIsGone, TooManyKeywords, and BadAction and BadRules where this version of Vigie cannot
    use it.
    """
    locked = _locked(rule, actor)
    draft = _version(locked, Mode.DRAFT)
    _check(draft)
    locked.versions.filter(mode=Mode.TRIAL).update(mode=Mode.FORMER)
    draft.mode, draft.in_force_since = Mode.TRIAL, now
    draft.save(update_fields=["mode", "in_force_since"])
    _account(locked, actor, "rule.tried", version=draft.version)
    return draft


@transaction.atomic
def put_in_force(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the version on trial, else the draft of a rule, which acts from now on in place of the former one.

    Raises NeedsSecondPerson where the workspace separates duties and the actor wrote it, DoesNothing where it has no
    action; else as `try_out`.
    """
    locked = _locked(rule, actor)
    version = queries.version_of(locked, Mode.TRIAL) or queries.version_of(locked, Mode.DRAFT)
    if version is None:
        raise NothingToPublish
    if PRESETS[actor.workspace.preset].separates_duties and version.author_id == actor.user_id:
        raise NeedsSecondPerson
    _check(version)
    if not version.content.get("then"):
        raise DoesNothing
    locked.versions.filter(mode__in=[Mode.ACTIVE, Mode.PAUSED]).update(mode=Mode.FORMER)
    version.mode, version.published_by, version.in_force_since = Mode.ACTIVE, actor.user, now
    version.save(update_fields=["mode", "published_by", "in_force_since"])
    _account(locked, actor, "rule.published", version=version.version)
    return version


@transaction.atomic
def publish_draft(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule, in force, whatever is on trial: that is over. Raises as `put_in_force`."""
    if queries.version_of(_locked(rule, actor), Mode.TRIAL):
        end_trial(rule, actor=actor, now=now)
    return put_in_force(rule, actor=actor, now=now)


@transaction.atomic
def pause(rule: Rule, *, actor: Membership) -> None:
    """Let a rule rest. Raises NothingToPublish where it is not in force."""
    locked = _locked(rule, actor)
    _turn(_version(locked, Mode.ACTIVE), Mode.PAUSED)
    _account(locked, actor, "rule.paused")


@transaction.atomic
def resume(rule: Rule, *, actor: Membership, now: datetime) -> None:
    """Let a rule that rests act again. Raises as `try_out`, NothingToPublish where it does not rest."""
    locked = _locked(rule, actor)
    version = _version(locked, Mode.PAUSED)
    _check(version)
    _turn(version, Mode.ACTIVE, since=now)
    _account(locked, actor, "rule.resumed")


@transaction.atomic
def end_trial(rule: Rule, *, actor: Membership, now: datetime) -> RuleVersion:
    """Return the draft of a rule whose trial is over: where there was none, what was tried. Raises NothingToPublish."""
    locked = _locked(rule, actor)
    tried = _version(locked, Mode.TRIAL)
    _turn(tried, Mode.FORMER)
    draft = queries.version_of(locked, Mode.DRAFT)
    if draft is None:
        last = locked.versions.aggregate(last=Max("version"))["last"]
        draft = RuleVersion(rule=locked, version=last + 1, content=tried.content, author=tried.author, changed_at=now)
        draft.save()
    _account(locked, actor, "rule.untried", version=tried.version)
    return draft


def turn(rule: Rule, wanted: str, *, actor: Membership, now: datetime) -> None:
    """Turn a rule to one of `TURNS`. Raises as what it does."""
    TURNS[wanted](rule, actor=actor, now=now)


TURNS: Mapping[str, Callable[..., object]] = {
    "trial": try_out,
    "active": put_in_force,
    "paused": lambda rule, *, actor, now: pause(rule, actor=actor),  # noqa: ARG005 -- called as the others
    "resume": resume,
    "end_trial": end_trial,
}
"""What a rule can be turned to, by the name that pages and programs use."""


@transaction.atomic
def remove_rule(rule: Rule, *, actor: Membership, now: datetime) -> None:
    """Throw a rule away; what it did stays, and it can be brought back. Raises RuleIsGone."""
    Rule.objects.filter(pk=_locked(rule, actor).pk).update(removed_at=now)
    _account(rule, actor, "rule.removed", name=rule.name)


@transaction.atomic
def bring_back(rule: Rule, *, actor: Membership, now: datetime) -> None:
    """Bring a rule back that was thrown away, as it was; what is in force looks on from now.

    Raises NameTaken, TooManyKeywords.
    """
    _lock_names(actor)
    restored = Rule.objects.filter(pk=rule.pk, workspace=actor.workspace_id).exclude(removed_at=None)
    if restored.update(removed_at=None):
        _refuse_name(rule.name, actor, but=rule)
        in_force = rule.versions.filter(mode__in=IN_FORCE)
        for version in in_force:
            _refuse_keywords(version)
        in_force.update(in_force_since=now)
        _account(rule, actor, "rule.restored", name=rule.name)


@transaction.atomic
def import_rules(specs: Iterable[RuleSpec], *, actor: Membership, now: datetime) -> list[Rule]:
    """Return what a document makes: new rules, as drafts; one that has the name of a rule becomes its draft.

    Raises BadAction, changing nothing.
    """
    _lock_names(actor)  # of two imports, the second finds what is new
    rules = []
    for spec in specs:
        rule = queries.rules_for(actor).filter(name=spec.name).select_for_update().first()
        if rule is None:
            rule = add_rule(spec, actor=actor, now=now)
        else:
            newest = rule.versions.order_by("-version")[0]
            if newest.content != spec.as_data():
                save_draft(rule, spec, based_on=newest.version, actor=actor, now=now)
        rules.append(rule)
    return rules


def _locked(rule: Rule, actor: Membership) -> Rule:
    """Return the rule, which nobody else changes meanwhile. Raises RuleIsGone."""
    locked = Rule.objects.select_for_update().filter(pk=rule.pk, workspace=actor.workspace_id, removed_at=None).first()
    if locked is None:
        raise RuleIsGone
    return locked


def _lock_names(actor: Membership) -> None:
    """Let nobody else name a rule of this workspace until the transaction ends."""
    Workspace.objects.select_for_update(no_key=True).get(pk=actor.workspace_id)


def _refuse_name(name: str, actor: Membership, *, but: Rule | None = None) -> None:
    """Raise NameTaken where a rule has this name: an import tells rules apart by their names."""
    if set(queries.rules_for(actor).filter(name=name)) - {but}:
        raise NameTaken


def _version(rule: Rule, mode: Mode) -> RuleVersion:
    version = queries.version_of(rule, mode)
    if version is None:
        raise NothingToPublish
    return version


def _turn(version: RuleVersion, mode: Mode, *, since: datetime | None = None) -> None:
    version.mode, version.in_force_since = mode, since or version.in_force_since
    version.save(update_fields=["mode", "in_force_since"])


def _check(version: RuleVersion) -> None:
    """Raise where a version cannot be put in force as things stand."""
    actions.check(queries.spec_of(version))
    _refuse_keywords(version)


def _refuse_keywords(version: RuleVersion) -> None:
    if queries.keywords_in_force(version.rule) + queries.keywords_in(version.content) > MOST_KEYWORDS_OF_TEAM:
        raise TooManyKeywords


def _account(rule: Rule, actor: Membership, verb: str, **payload: object) -> None:
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "rule", str(rule.pk), payload))
