import pytest
from django.test import Client

from tests.factories import NOW, make_membership, make_workspace
from tests.rules.pages import address, opened
from tests.rules.rows import acting, make_rule, spec
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership, Preset
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.rules.operations import versions

pytestmark = pytest.mark.django_db


def turned(client: Client, member: Membership, version: RuleVersion, mode: str) -> str:
    """Return the page that follows."""
    where = address("rule-turn", member.workspace, version.rule.number)
    answer = client.post(where, {"mode": mode}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        (("draft", "trial", "trial"), "On trial"),
        (("draft", "active", "active"), "In force from now on."),
        (("trial", "active", "active"), "In force from now on."),
        (("active", "paused", "paused"), "Paused."),
        (("paused", "resume", "active"), "In force again."),
        (("trial", "end_trial", "former"), "The trial is over."),
    ],
)
def test_a_rule_is_turned(client: Client, member: Membership, modes: tuple[str, str, str], words: str) -> None:
    before, asked, after = modes
    version = make_rule(member.workspace, acting(), mode=before)

    page = turned(client, member, version, asked)

    version.refresh_from_db()
    assert version.mode == after
    assert words in page


@pytest.mark.parametrize(
    ("before", "asked"), [("active", "active"), ("active", "trial"), ("draft", "paused"), ("active", "resume")]
)
def test_what_makes_no_sense_changes_nothing(client: Client, member: Membership, before: str, asked: str) -> None:
    version = make_rule(member.workspace, acting(), mode=before)

    page = turned(client, member, version, asked)

    version.refresh_from_db()
    assert version.mode == before
    assert "Somebody else changed this rule meanwhile." in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"name": "r", "when": "nonsense"}, "rule “r”, when"),
        ({"name": "r", "when": "chat", "then": ["dance"]}, "“dance” is no action"),
    ],
)
def test_what_cannot_be_used_is_not_put_in_force(
    client: Client, member: Membership, content: dict[str, object], words: str
) -> None:
    version = make_rule(member.workspace, acting(), mode=Mode.DRAFT)
    RuleVersion.objects.update(content=content)

    page = turned(client, member, version, "active")

    version.refresh_from_db()
    assert version.mode == Mode.DRAFT
    assert words in page


def test_a_team_has_so_many_keywords_at_most(client: Client, member: Membership) -> None:
    for place in range(3):
        words = [f"word{place}x{n}" for n in range(20_000)]
        make_rule(
            member.workspace,
            spec(f"Rule {place}", conditions=[{"says": words}]),
            mode=Mode.ACTIVE if place else "draft",
        )
    version = RuleVersion.objects.get(mode=Mode.DRAFT)

    assert "All rules in force have 50,000 keywords at most." in turned(client, member, version, "active")


@pytest.mark.parametrize("asked", ["active", "paused", "resume"])
def test_whoever_may_not_publish_is_refused(client: Client, asked: str) -> None:
    member = make_membership("moderator")
    client.force_login(member.user)
    version = make_rule(member.workspace, acting(), mode=Mode.DRAFT)

    answer = client.post(address("rule-turn", member.workspace, version.rule.number), {"mode": asked})

    assert answer.status_code == 403
    version.refresh_from_db()
    assert version.mode == Mode.DRAFT


@pytest.mark.parametrize(("before", "asked", "after"), [("draft", "trial", "trial"), ("trial", "end_trial", "former")])
def test_whoever_writes_rules_tries_them(client: Client, before: str, asked: str, after: str) -> None:
    member = make_membership("moderator")
    client.force_login(member.user)
    version = make_rule(member.workspace, acting(), mode=before)

    turned(client, member, version, asked)

    version.refresh_from_db()
    assert version.mode == after


def test_a_second_person_is_needed_where_duties_are_separated(client: Client) -> None:
    member = make_membership("supervisor", workspace=make_workspace(preset=Preset.PUBLIC_BODY))
    client.force_login(member.user)
    version = make_rule(member.workspace, acting(), mode=Mode.DRAFT)
    RuleVersion.objects.update(author=member.user)

    assert "Somebody else puts it in force" in turned(client, member, version, "active")


@pytest.mark.parametrize("asked", ["", "nonsense", "former"])
def test_what_is_no_mode_is_refused(client: Client, member: Membership, asked: str) -> None:
    version = make_rule(member.workspace)

    assert client.post(address("rule-turn", member.workspace, version.rule.number), {"mode": asked}).status_code == 400


# ── thrown away ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_removed_and_the_next_page_offers_to_undo_it(client: Client, member: Membership) -> None:
    rule = make_rule(member.workspace).rule

    answer = client.post(address("rule-remove", member.workspace, rule.number), follow=True)

    html = answer.content.decode()
    undo = address("rule-restore", member.workspace, rule.number)
    assert "Rule 1 was removed." in html
    assert f'data-undo="{undo}"' in html
    assert "data-undo" not in opened(client, "rules", member.workspace)


def test_a_rule_does_not_come_back_beside_its_namesake(client: Client, member: Membership) -> None:
    rule = make_rule(member.workspace).rule
    Rule.objects.update(removed_at=NOW)
    make_rule(member.workspace)

    answer = client.post(address("rule-restore", member.workspace, rule.number), follow=True)

    assert "Another rule has this name" in answer.content.decode()
    rule.refresh_from_db()
    assert rule.removed_at


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_rule_is_brought_back_as_it_was(client: Client, member: Membership, headers: dict[str, str]) -> None:
    rule = make_rule(member.workspace).rule
    client.post(address("rule-remove", member.workspace, rule.number))

    answer = client.post(address("rule-restore", member.workspace, rule.number), headers=headers)

    page = address("rule", member.workspace, rule.number)
    assert answer.headers.get("HX-Redirect" if headers else "Location") == page
    assert rule.versions.get().mode == Mode.ACTIVE
    assert not Rule.objects.get().removed_at
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)[:2]) == [
        "rule.removed",
        "rule.restored",
    ]


def test_a_rule_that_cannot_be_brought_back_stays_away_and_it_is_said_why(
    client: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MOST_KEYWORDS_OF_TEAM", 0)
    rule = make_rule(member.workspace).rule
    client.post(address("rule-remove", member.workspace, rule.number))

    answer = client.post(address("rule-restore", member.workspace, rule.number), follow=True)

    assert "50,000 keywords" in answer.content.decode()
    assert Rule.objects.get().removed_at


def test_a_rule_that_is_gone_is_not_found(client: Client, member: Membership) -> None:
    rule = make_rule(member.workspace).rule
    client.post(address("rule-remove", member.workspace, rule.number))

    assert client.get(address("rule", member.workspace, rule.number)).status_code == 404
    assert client.post(address("rule-remove", member.workspace, rule.number)).status_code == 404
