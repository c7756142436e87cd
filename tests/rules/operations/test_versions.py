"""What people do with rules."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once
from tests.factories import NOW, make_membership, make_workspace
from tests.rules.rows import acting, make_rule
from vigie.events import Acted
from vigie.people.models import Membership, Preset, Role
from vigie.rules import operations, queries
from vigie.rules.actions import BadAction
from vigie.rules.document import BadRules
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.rules.operations import ChangedMeanwhile, NeedsSecondPerson, NothingToPublish, TooManyKeywords, versions
from vigie.runtime import bus

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
UNKNOWN = acting(then=["explode"])


@pytest.fixture
def actor() -> Membership:
    return make_membership(Role.SUPERVISOR)


@pytest.fixture
def told() -> Iterator[list[Acted]]:
    acts: list[Acted] = []
    bus.react(Acted, acts.append)
    yield acts
    bus.unreact(Acted, acts.append)


def stands(rule: Rule) -> list[tuple[int, str]]:
    """Return the versions of a rule and what they do."""
    return list(rule.versions.order_by("version").values_list("version", "mode"))


# ── written ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_rule_is_a_draft(actor: Membership, told: list[Acted]) -> None:
    rule = operations.add_rule(acting(then=["mark"]), actor=actor, now=NOW)

    version = rule.versions.get()
    assert (rule.number, rule.name, version.version, version.mode) == (1, "Clip it", 1, Mode.DRAFT)
    assert (queries.spec_of(version), version.author, version.changed_at) == (acting(then=["mark"]), actor.user, NOW)
    [act] = told
    assert act == Acted(actor.workspace_id, actor.user_id, "rule.added", "rule", str(rule.pk), {"name": "Clip it"})


def test_numbers_are_of_the_workspace_and_never_given_again(actor: Membership) -> None:
    first, second = (operations.add_rule(acting(name), actor=actor, now=NOW) for name in ("One", "Two"))
    operations.remove_rule(second, actor=actor, now=NOW)

    third = operations.add_rule(acting(), actor=actor, now=NOW)
    other = operations.add_rule(acting(), actor=make_membership(), now=NOW)

    assert [rule.number for rule in (first, second, third, other)] == [1, 2, 3, 1]


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_the_same_moment_get_two_numbers(actor: Membership) -> None:
    one, two = (partial(operations.add_rule, acting(name), actor=actor, now=NOW) for name in ("One", "Two"))
    ends = at_once(one, two)

    assert ends == ["done", "done"]
    assert sorted(Rule.objects.values_list("number", flat=True)) == [1, 2]


def test_what_cannot_be_done_is_not_written(actor: Membership) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)

    with pytest.raises(BadAction, match="“explode” is no action"):
        operations.add_rule(UNKNOWN, actor=actor, now=NOW)
    with pytest.raises(BadAction):
        operations.save_draft(rule, UNKNOWN, based_on=1, actor=actor, now=NOW)

    assert Rule.objects.count() == 1
    assert queries.spec_of(rule.versions.get()) == acting()


def test_a_draft_is_changed_in_place_by_who_wrote_it(actor: Membership, told: list[Acted]) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    operations.propose(rule, actor=actor, now=NOW)

    draft = operations.save_draft(rule, acting("Another name"), based_on=1, actor=actor, now=LATER)

    assert stands(rule) == [(1, Mode.DRAFT)]
    assert (draft.changed_at, draft.proposed_at) == (LATER, None)
    assert Rule.objects.get().name == "Another name"
    assert [act.verb for act in told] == ["rule.added", "rule.proposed", "rule.saved"]


def test_a_draft_of_somebody_else_becomes_another_version(actor: Membership) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    other = make_membership(Role.MODERATOR, workspace=actor.workspace)

    draft = operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=other, now=LATER)

    assert (draft.version, draft.author) == (2, other.user)
    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.DRAFT)]


def test_who_edits_what_was_changed_meanwhile_is_told(actor: Membership) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    other = make_membership(Role.MODERATOR, workspace=actor.workspace)
    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=other, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        operations.save_draft(rule, acting(per_hour=4), based_on=1, actor=actor, now=NOW)

    assert [queries.spec_of(version).per_hour for version in rule.versions.order_by("version")] == [60, 3]


def test_what_is_in_force_goes_on_while_the_next_version_is_written(actor: Membership) -> None:
    rule = make_rule(actor.workspace, acting()).rule

    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=actor, now=NOW)

    assert stands(rule) == [(1, Mode.ACTIVE), (2, Mode.DRAFT)]
    assert queries.spec_of(rule.versions.get(version=1)) == acting()


# ── in force ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_tried_then_put_in_force_then_replaced(actor: Membership, told: list[Acted]) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    tried = operations.try_out(rule, actor=actor, now=NOW)
    assert (stands(rule), tried.in_force_since) == ([(1, Mode.TRIAL)], NOW)

    active = operations.put_in_force(rule, actor=actor, now=LATER)
    assert (stands(rule), active.in_force_since, active.published_by) == ([(1, Mode.ACTIVE)], LATER, actor.user)

    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=actor, now=LATER)
    operations.try_out(rule, actor=actor, now=LATER)
    assert stands(rule) == [(1, Mode.ACTIVE), (2, Mode.TRIAL)]

    operations.save_draft(rule, acting(per_hour=4), based_on=2, actor=actor, now=LATER)
    operations.put_in_force(rule, actor=actor, now=LATER)
    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.ACTIVE), (3, Mode.DRAFT)]

    operations.try_out(rule, actor=actor, now=LATER)
    operations.put_in_force(rule, actor=actor, now=LATER)
    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.FORMER), (3, Mode.ACTIVE)]
    published = [act.payload for act in told if act.verb == "rule.published"]
    assert published == [{"version": 1}, {"version": 2}, {"version": 3}]


def test_another_trial_replaces_the_former_one(actor: Membership) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    operations.try_out(rule, actor=actor, now=NOW)
    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=actor, now=NOW)

    operations.try_out(rule, actor=actor, now=NOW)

    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.TRIAL)]


def test_a_trial_that_is_over_leaves_a_draft_and_what_was_tried_stays(actor: Membership) -> None:
    rule = operations.add_rule(acting(per_hour=3), actor=actor, now=NOW)
    operations.try_out(rule, actor=actor, now=NOW)

    draft = operations.end_trial(rule, actor=actor, now=LATER)

    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.DRAFT)]
    assert (queries.spec_of(draft), draft.author) == (acting(per_hour=3), actor.user)


def test_a_trial_that_is_over_leaves_the_draft_there_is(actor: Membership) -> None:
    rule = operations.add_rule(acting(), actor=actor, now=NOW)
    operations.try_out(rule, actor=actor, now=NOW)
    written = operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=actor, now=NOW)

    assert operations.end_trial(rule, actor=actor, now=LATER) == written
    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.DRAFT)]


def test_a_rule_rests_and_acts_again_from_then_on(actor: Membership, told: list[Acted]) -> None:
    rule = make_rule(actor.workspace, acting()).rule

    operations.pause(rule, actor=actor)
    assert (stands(rule), queries.versions_in_force()) == ([(1, Mode.PAUSED)], [])

    operations.resume(rule, actor=actor, now=LATER)
    assert (stands(rule), rule.versions.get().in_force_since) == ([(1, Mode.ACTIVE)], LATER)
    assert [act.verb for act in told] == ["rule.paused", "rule.resumed"]


def test_a_rule_that_rests_is_replaced_by_its_next_version(actor: Membership) -> None:
    rule = make_rule(actor.workspace, acting(), mode=Mode.PAUSED).rule
    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=actor, now=NOW)

    operations.put_in_force(rule, actor=actor, now=NOW)

    assert stands(rule) == [(1, Mode.FORMER), (2, Mode.ACTIVE)]


@pytest.mark.parametrize(
    ("act", "mode"),
    [
        (lambda rule, actor: operations.propose(rule, actor=actor, now=NOW), Mode.ACTIVE),
        (lambda rule, actor: operations.try_out(rule, actor=actor, now=NOW), Mode.ACTIVE),
        (lambda rule, actor: operations.put_in_force(rule, actor=actor, now=NOW), Mode.ACTIVE),
        (lambda rule, actor: operations.pause(rule, actor=actor), Mode.TRIAL),
        (lambda rule, actor: operations.resume(rule, actor=actor, now=NOW), Mode.ACTIVE),
        (lambda rule, actor: operations.end_trial(rule, actor=actor, now=NOW), Mode.DRAFT),
    ],
)
def test_what_there_is_nothing_for_is_refused(
    actor: Membership, told: list[Acted], act: Callable[[Rule, Membership], object], mode: str
) -> None:
    rule = make_rule(actor.workspace, acting(), mode=mode).rule

    with pytest.raises(NothingToPublish):
        act(rule, actor)

    assert (stands(rule), told) == ([(1, mode)], [])


def test_a_version_that_cannot_be_read_is_not_put_in_force(actor: Membership) -> None:
    rule = make_rule(actor.workspace, acting(), mode=Mode.DRAFT).rule
    RuleVersion.objects.update(content={"name": "Clip it", "when": "the moon is full"})

    with pytest.raises(BadRules):
        operations.put_in_force(rule, actor=actor, now=NOW)

    assert stands(rule) == [(1, Mode.DRAFT)]


def test_a_version_whose_action_is_gone_is_not_put_in_force(actor: Membership) -> None:
    rule = make_rule(actor.workspace, UNKNOWN, mode=Mode.PAUSED).rule

    with pytest.raises(BadAction):
        operations.resume(rule, actor=actor, now=NOW)


def test_a_team_has_so_many_keywords_in_force(actor: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST_KEYWORDS_OF_TEAM", 5)
    three = acting(conditions=[{"says": ["one", "two"]}], unless=[{"says": ["three"]}])
    make_rule(make_workspace(), three)
    make_rule(actor.workspace, three, mode=Mode.PAUSED)
    make_rule(actor.workspace, three)
    rule = operations.add_rule(three.model_copy(update={"name": "Other"}), actor=actor, now=NOW)

    with pytest.raises(TooManyKeywords):
        operations.try_out(rule, actor=actor, now=NOW)
    operations.save_draft(
        rule, acting("Other", conditions=[{"says": ["one", "two"]}]), based_on=1, actor=actor, now=NOW
    )

    assert operations.put_in_force(rule, actor=actor, now=NOW).mode == Mode.ACTIVE


# ── a second person ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def author() -> Membership:
    return make_membership(Role.SUPERVISOR, workspace=make_workspace(preset=Preset.PUBLIC_BODY))


def test_where_duties_are_separated_somebody_else_puts_a_rule_in_force(author: Membership) -> None:
    rule = operations.add_rule(acting(), actor=author, now=NOW)
    operations.propose(rule, actor=author, now=NOW)
    second = make_membership(Role.SUPERVISOR, workspace=author.workspace)

    with pytest.raises(NeedsSecondPerson):
        operations.put_in_force(rule, actor=author, now=NOW)
    assert stands(rule) == [(1, Mode.DRAFT)]

    active = operations.put_in_force(rule, actor=second, now=NOW)
    assert (active.author, active.published_by) == (author.user, second.user)


def test_whoever_changes_a_draft_is_its_author(author: Membership) -> None:
    rule = operations.add_rule(acting(), actor=author, now=NOW)
    second = make_membership(Role.SUPERVISOR, workspace=author.workspace)
    operations.save_draft(rule, acting(per_hour=3), based_on=1, actor=second, now=NOW)

    with pytest.raises(NeedsSecondPerson):
        operations.put_in_force(rule, actor=second, now=NOW)
    operations.put_in_force(rule, actor=author, now=NOW)


def test_who_wrote_a_rule_may_try_it_alone(author: Membership) -> None:
    rule = operations.add_rule(acting(), actor=author, now=NOW)

    assert operations.try_out(rule, actor=author, now=NOW).mode == Mode.TRIAL
    with pytest.raises(NeedsSecondPerson):
        operations.put_in_force(rule, actor=author, now=NOW)


def test_a_rule_that_does_nothing_is_not_put_in_force(actor: Membership) -> None:
    rule = operations.add_rule(acting(then=[]), actor=actor, now=NOW)

    with pytest.raises(operations.DoesNothing):
        operations.put_in_force(rule, actor=actor, now=NOW)

    assert operations.try_out(rule, actor=actor, now=NOW).mode == Mode.TRIAL


# ── thrown away ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_thrown_away_and_brought_back_as_it_was(actor: Membership, told: list[Acted]) -> None:
    version = make_rule(actor.workspace)

    operations.remove_rule(version.rule, actor=actor, now=NOW)
    assert (list(queries.rules_for(actor)), queries.versions_in_force()) == ([], [])
    with pytest.raises(operations.RuleIsGone):
        operations.pause(version.rule, actor=actor)

    for _ in range(2):
        operations.bring_back(version.rule, actor=actor, now=LATER)
    assert (list(queries.rules_for(actor)), queries.versions_in_force()) == ([version.rule], [version])
    assert [act.verb for act in told] == ["rule.removed", "rule.restored"]


@pytest.mark.parametrize(
    "act",
    [
        lambda rule, actor: operations.save_draft(rule, acting(), based_on=1, actor=actor, now=NOW),
        lambda rule, actor: operations.put_in_force(rule, actor=actor, now=NOW),
        lambda rule, actor: operations.remove_rule(rule, actor=actor, now=NOW),
    ],
)
def test_nobody_reaches_the_rules_of_another_team(actor: Membership, act: Callable[[Rule, Membership], object]) -> None:
    rule = make_rule(mode=Mode.DRAFT).rule

    with pytest.raises(operations.RuleIsGone):
        act(rule, actor)
    operations.bring_back(rule, actor=actor, now=NOW)

    assert stands(rule) == [(1, Mode.DRAFT)]


# ── what the database holds to ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("modes", "holds"),
    [
        ((Mode.ACTIVE, Mode.PAUSED), False),
        ((Mode.ACTIVE, Mode.ACTIVE), False),
        ((Mode.TRIAL, Mode.TRIAL), False),
        ((Mode.DRAFT, Mode.DRAFT), False),
        ((Mode.ACTIVE, Mode.TRIAL, Mode.DRAFT, Mode.FORMER, Mode.FORMER), True),
        (("unheard",), False),
    ],
)
def test_a_rule_has_one_version_of_each_mode_that_counts(modes: tuple[str, ...], *, holds: bool) -> None:
    rule = make_rule(mode=Mode.FORMER).rule

    def write() -> None:
        with transaction.atomic():
            for number, mode in enumerate(modes, 2):
                RuleVersion.objects.create(rule=rule, version=number, content={}, mode=mode, changed_at=NOW)

    if holds:
        write()
    else:
        with pytest.raises(IntegrityError):
            write()
