"""Rules are told apart by their names: by people, and by an import."""

from datetime import timedelta

import pytest

from tests.at_once import at_once
from tests.factories import NOW, make_membership
from tests.rules.rows import acting, make_rule
from vigie.people.models import Membership, Role
from vigie.rules import operations, queries
from vigie.rules.actions import BadAction
from vigie.rules.models import Mode, Rule

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def actor() -> Membership:
    return make_membership(Role.SUPERVISOR)


def stands(rule: Rule) -> list[tuple[int, str]]:
    """Return the versions of a rule and what they do."""
    return list(rule.versions.order_by("version").values_list("version", "mode"))


def test_rules_of_a_workspace_have_different_names(actor: Membership) -> None:
    first, second = (operations.add_rule(acting(name), actor=actor, now=NOW) for name in ("One", "Two"))
    other = make_membership("supervisor")

    with pytest.raises(operations.NameTaken):
        operations.add_rule(acting("One"), actor=actor, now=NOW)
    with pytest.raises(operations.NameTaken):
        operations.save_draft(second, acting("One"), based_on=1, actor=actor, now=NOW)
    operations.save_draft(first, acting("One"), based_on=1, actor=actor, now=NOW)
    operations.add_rule(acting("One"), actor=other, now=NOW)

    assert [rule.name for rule in queries.rules_for(actor)] == ["One", "Two"]


def test_a_rule_does_not_come_back_beside_another_of_its_name(actor: Membership) -> None:
    gone = operations.add_rule(acting("One"), actor=actor, now=NOW)
    operations.remove_rule(gone, actor=actor, now=NOW)
    operations.add_rule(acting("One"), actor=actor, now=NOW)

    with pytest.raises(operations.NameTaken):
        operations.bring_back(gone, actor=actor, now=LATER)

    assert gone not in queries.rules_for(actor)


def test_an_import_makes_drafts_and_changes_rules_of_the_same_name(actor: Membership) -> None:
    same = make_rule(actor.workspace, acting("Same"))
    changed = make_rule(actor.workspace, acting("Changed"))

    rules = operations.import_rules(
        [acting("Changed", per_hour=3), acting("New"), acting("Same")], actor=actor, now=NOW
    )

    assert [rule.name for rule in rules] == ["Changed", "New", "Same"]
    assert stands(same.rule) == [(1, Mode.ACTIVE)]
    assert stands(changed.rule) == [(1, Mode.ACTIVE), (2, Mode.DRAFT)]
    assert stands(rules[1]) == [(1, Mode.DRAFT)]


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_the_same_moment_make_each_rule_once(actor: Membership) -> None:
    ends = at_once(*[lambda: operations.import_rules([acting("One"), acting("Two")], actor=actor, now=NOW)] * 2)

    assert ends == ["done", "done"]
    assert sorted(Rule.objects.values_list("name", flat=True)) == ["One", "Two"]


def test_an_import_that_holds_a_flaw_changes_nothing(actor: Membership) -> None:
    with pytest.raises(BadAction):
        operations.import_rules([acting("Good"), acting(then=["explode"])], actor=actor, now=NOW)

    assert not Rule.objects.exists()
