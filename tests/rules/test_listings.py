from collections.abc import Sequence
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership
from tests.rules.rows import chat, judge, look, make_rule, on_air, spec
from vigie.people.models import Membership
from vigie.risk.models import Assessment, Subject
from vigie.rules import listings, operations, results
from vigie.rules.models import Firing, Mode, RuleVersion

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def reader() -> Membership:
    return make_membership("supervisor")


def another(version: RuleVersion, mode: str) -> RuleVersion:
    """Return one more version of the same rule."""
    number = version.rule.versions.count() + 1
    return RuleVersion.objects.create(
        rule=version.rule, version=number, content=version.content, mode=mode, changed_at=NOW, author=version.author
    )


# ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rules_are_listed_in_their_order_with_what_they_did(reader: Membership) -> None:
    first, second = make_rule(reader.workspace, spec("First")), make_rule(reader.workspace, spec("Second", per_hour=1))
    make_rule(None, spec("Another team's"))
    chat(on_air(reader.workspace), "clip", "clip")
    look()

    found = listings.rules_listed(reader, SOON)

    assert [(one.rule, one.version, one.times) for one in found] == [(first.rule, first, 2), (second.rule, second, 1)]
    assert found[0].last_at == NOW + timedelta(seconds=11)
    assert [one.times for one in listings.rules_listed(reader, SOON + timedelta(days=7))] == [0, 0]


def test_a_rule_that_was_removed_is_not_listed(reader: Membership) -> None:
    rule = make_rule(reader.workspace).rule
    operations.remove_rule(rule, actor=reader, now=NOW)

    assert listings.rules_listed(reader, SOON) == []


@pytest.mark.parametrize(
    ("modes", "told"),
    [
        (["active", "draft"], "active"),
        (["active", "trial"], "trial"),
        (["former", "paused"], "paused"),
        (["former", "draft"], "draft"),
    ],
)
def test_a_rule_is_told_by_the_version_that_matters(reader: Membership, modes: list[str], told: str) -> None:
    version = make_rule(reader.workspace, mode=modes[0])
    another(version, modes[1])

    [found] = listings.rules_listed(reader, SOON)

    assert found.version.mode == told


@pytest.mark.parametrize("number", [1, 3])
def test_listing_costs_three_queries(
    reader: Membership, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        make_rule(reader.workspace, spec(f"Rule {place}"))

    with django_assert_num_queries(3):
        assert len(listings.rules_listed(reader, SOON)) == number


def test_versions_are_known_by_their_mode(reader: Membership) -> None:
    version = make_rule(reader.workspace, mode=Mode.FORMER)
    active, draft = another(version, "active"), another(version, "draft")

    assert listings.versions_by_mode(version.rule) == {"active": active, "draft": draft}
    assert listings.newest_version(version.rule) == draft


def test_the_newest_versions_are_those_that_are_taken_away(reader: Membership) -> None:
    first, second = make_rule(reader.workspace), make_rule(reader.workspace)
    newer = another(first, "draft")
    make_rule()

    assert listings.newest_versions(reader) == [newer, second]
    assert listings.newest_versions(reader, 2) == [second]
    assert listings.newest_versions(reader, 3) == []


def test_who_proposed_is_known_while_they_are_here(reader: Membership) -> None:
    version = make_rule(reader.workspace, mode=Mode.DRAFT)
    assert listings.proposer_of(version) is None
    version.author, version.proposed_at = reader.user, NOW
    assert listings.proposer_of(version) == reader
    reader.delete()
    assert listings.proposer_of(version) is None
    assert listings.proposer_of(None) is None


# ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_rules_did_is_told_newest_first(reader: Membership) -> None:
    make_rule(reader.workspace, spec(then=["mark"]))
    chat(on_air(reader.workspace), "clip one", "clip two")
    look()

    lines = listings.told(list(listings.firings_for(reader)), reader)

    assert [line.happened and line.happened.text for line in lines] == ["clip two", "clip one"]
    assert [line.may_read for line in lines] == [True, True]
    assert [line.is_under_way for line in lines] == [True, True]


@pytest.mark.parametrize(("modules", "may_read"), [(["rules", "chat"], True), (["rules"], False)])
def test_a_chat_is_read_by_who_may(reader: Membership, modules: list[str], *, may_read: bool) -> None:
    make_rule(reader.workspace)
    chat(on_air(reader.workspace), "clip")
    look()
    reader.workspace.modules = modules

    [line] = listings.told(list(listings.firings_for(reader)), reader)

    assert line.may_read is may_read


@pytest.mark.parametrize(("of", "may_read"), [(Subject.CHAT, False), (Subject.UTTERANCE, True)])
def test_what_was_judged_is_read_by_who_may_read_what_it_was_made_of(
    reader: Membership, of: Subject, *, may_read: bool
) -> None:
    make_rule(reader.workspace, spec(when="assessment"))
    judge(on_air(reader.workspace), 0.9, start_s=1)
    Assessment.objects.update(of=of)
    look()
    reader.workspace.modules = ["rules"]

    [line] = listings.told(list(listings.firings_for(reader)), reader)

    assert line.may_read is may_read


@pytest.mark.parametrize(("trigger", "value"), [("viewers:120", 4128), ("live_started", None)])
def test_what_is_no_row_is_told_by_what_the_rule_waits_for(reader: Membership, trigger: str, value: int | None) -> None:
    when = trigger.partition(":")[0]
    version = make_rule(reader.workspace, spec(when=when, conditions=[{"reaches": [1]}] if when == "viewers" else []))
    live = on_air(reader.workspace)
    Firing.objects.create(
        version=version,
        live=live,
        deed="acted",
        trigger=trigger,
        refs=[],
        value=value,
        at=NOW,
        since_s=0,
        at_s=1,
        noted_at=NOW,
    )

    [line] = listings.told(list(listings.firings_for(reader)), reader)

    assert line.happened
    assert (line.happened.kind, line.happened.value) == (when, value or 0)


def test_what_actions_made_can_be_reached(reader: Membership) -> None:
    make_rule(reader.workspace, spec(cooldown="1 min", then=["mark"]))
    chat(on_air(reader.workspace), "clip", "clip")
    look()
    acted = Firing.objects.get(deed="acted")
    asked: list[list[int]] = []

    def find(_: Membership, firings: Sequence[int]) -> dict[tuple[int, str], str]:
        asked.append(list(firings))
        return {(acted.pk, "mark"): "/there/"}

    results.lead("test", find)
    held, line = listings.told(list(listings.firings_for(reader)), reader)
    results.lead("test", lambda *_: {})

    assert (line.results, held.results) == ({"mark": "/there/"}, {})
    assert asked == [[acted.pk]]


def test_channels_are_those_of_the_team(reader: Membership) -> None:
    market, plaza = (on_air(reader.workspace, name=name).channel for name in ("Market", "Plaza"))
    on_air()

    assert listings.channels_of(reader) == [(market.pk, "Market"), (plaza.pk, "Plaza")]
