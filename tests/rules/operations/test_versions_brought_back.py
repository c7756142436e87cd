"""What bringing a rule back asks for, and from when on the rule looks at what happens."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from tests.factories import NOW, make_membership
from tests.rules.rows import acting, make_rule
from vigie.people.models import Membership, Role
from vigie.rules import operations
from vigie.rules.models import Mode, Rule
from vigie.rules.operations import TooManyKeywords, versions

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def actor() -> Membership:
    return make_membership(Role.SUPERVISOR)


def test_a_rule_that_is_brought_back_looks_at_what_happens_from_then_on(actor: Membership) -> None:
    version = make_rule(actor.workspace)
    operations.remove_rule(version.rule, actor=actor, now=NOW)

    operations.bring_back(version.rule, actor=actor, now=LATER)

    version.refresh_from_db()
    assert version.in_force_since == LATER


@pytest.mark.parametrize(("mode", "is_refused"), [(Mode.ACTIVE, True), (Mode.TRIAL, True), (Mode.PAUSED, False)])
def test_no_more_keywords_are_brought_back_than_a_workspace_may_have(
    actor: Membership, monkeypatch: pytest.MonkeyPatch, mode: Mode, *, is_refused: bool
) -> None:
    monkeypatch.setattr(versions, "MOST_KEYWORDS_OF_TEAM", 1)
    version = make_rule(actor.workspace, acting(), mode=mode)
    operations.remove_rule(version.rule, actor=actor, now=NOW)
    make_rule(actor.workspace, acting("Another"))

    with pytest.raises(TooManyKeywords) if is_refused else nullcontext():
        operations.bring_back(version.rule, actor=actor, now=LATER)

    assert (Rule.objects.get(pk=version.rule_id).removed_at is not None) is is_refused
