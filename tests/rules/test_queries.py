"""What can be read of rules."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_channel, make_membership, make_workspace
from tests.rules.rows import chat, make_firing, make_rule, on_air, spec
from vigie.rules import queries
from vigie.rules.document import BadRules
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.rules.standing import Ruling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("mode", "has"), [(Mode.ACTIVE, True), (Mode.TRIAL, True), (Mode.PAUSED, False)])
def test_a_workspace_has_rules_that_look(mode: str, *, has: bool) -> None:
    version = make_rule(mode=mode)

    assert queries.has_rules(version.rule.workspace_id) == has
    assert not queries.has_rules(make_workspace().pk)


def test_versions_in_force_are_those_of_teams_that_use_rules_in_their_order() -> None:
    first, second = make_workspace(), make_workspace()
    off = make_workspace()
    off.modules = ["chat"]
    off.save()
    later = make_rule(second)
    former = [make_rule(first), make_rule(first, mode=Mode.TRIAL)]
    make_rule(off)
    make_rule(first, mode=Mode.DRAFT)
    Rule.objects.filter(pk=make_rule(first).rule_id).update(removed_at=NOW)

    with CaptureQueriesContext(connection) as asked:
        found = queries.versions_in_force()

    assert found == [*former, later]
    assert len(asked) == 1


@pytest.mark.parametrize("rules", [1, 4])
def test_rulings_are_in_force_for_the_channels_they_name(rules: int) -> None:
    workspace = make_workspace()
    here = make_channel(workspace, address="https://live.example.org/Here", name="Le grand plateau")
    make_channel(name="Le grand plateau")
    named = spec(channels=["le grand PLATEAU", "@nobody"])
    versions = [make_rule(workspace, named) for _ in range(rules)]
    everywhere, nowhere = make_rule(workspace), make_rule(workspace, spec(channels=["@nobody"]))

    with CaptureQueriesContext(connection) as asked:
        found = queries.rulings_of([*versions, everywhere, nowhere])

    team = str(workspace.pk)
    assert found == [
        *[Ruling(str(version.pk), named, frozenset({str(here.pk)}), team) for version in versions],
        Ruling(str(everywhere.pk), spec(), None, team),
        Ruling(str(nowhere.pk), spec(channels=["@nobody"]), frozenset(), team),
    ]
    assert len(asked) == 1


def test_rules_for_everywhere_ask_for_no_channels() -> None:
    version = make_rule()

    with CaptureQueriesContext(connection) as asked:
        queries.rulings_of([version])

    assert not asked


def test_what_cannot_be_read_says_so() -> None:
    version = make_rule()
    version.content = {"when": "never"}

    with pytest.raises(BadRules):
        queries.rulings_of([version])


def test_keywords_are_counted_wherever_they_stand() -> None:
    workspace = make_workspace()
    rule = make_rule(
        workspace, spec(conditions=[{"says": ["a b", "c"]}], unless=[{"says": "d"}, {"role": "moderator"}])
    )
    make_rule(workspace, mode=Mode.DRAFT)
    make_rule()
    other = make_rule(workspace)

    assert queries.keywords_in(rule.content) == 3
    assert queries.keywords_in_force(other.rule) == 3
    assert queries.keywords_in_force(rule.rule) == 1


def test_a_team_sees_its_rules_in_their_order() -> None:
    member = make_membership()
    versions = [make_rule(member.workspace) for _ in range(3)]
    make_rule()
    Rule.objects.filter(pk=versions[1].rule_id).update(removed_at=NOW)

    assert [rule.number for rule in queries.rules_for(member)] == [1, 3]


def test_firings_of_all_versions_come_newest_first() -> None:
    version = make_rule()
    live = on_air(version.rule.workspace)
    second = RuleVersion.objects.create(rule=version.rule, version=2, content={}, changed_at=NOW)
    old = make_firing(version, live, trigger="chat:1", at=NOW)
    new = make_firing(second, live, trigger="chat:1", at=NOW + timedelta(seconds=5))
    make_firing(make_rule(), live)

    assert list(queries.firings_of(version.rule)) == [new, old]


def test_an_action_is_told_of_what_is_still_there() -> None:
    workspace = make_workspace()
    version, live = make_rule(workspace, spec(then=["mark"])), on_air(workspace)
    chat(live, "one", "two", "three")
    keys = [f"chat:{pk}" for pk in live.messages.order_by("pk").values_list("pk", flat=True)]
    firing = make_firing(version, live, trigger=keys[2], refs=keys)
    live.messages.get(text="one").delete()

    with CaptureQueriesContext(connection) as asked:
        fired = queries.fired(firing.pk)

    assert (fired.firing, fired.rule) == (firing, spec(then=["mark"]))
    assert [happened.text for happened in fired.occurrences] == ["two", "three"]
    assert fired.last == fired.occurrences[1]
    assert len(asked) == 4


def test_a_trigger_that_is_gone_is_none() -> None:
    workspace = make_workspace()
    version, live = make_rule(workspace), on_air(workspace)
    chat(live, "one", "two")
    keys = [f"chat:{pk}" for pk in live.messages.order_by("pk").values_list("pk", flat=True)]
    firing = make_firing(version, live, trigger=keys[1], refs=keys)
    live.messages.get(text="two").delete()

    fired = queries.fired(firing.pk)

    assert ([happened.text for happened in fired.occurrences], fired.last) == (["one"], None)
