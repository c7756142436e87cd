from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.rules.pages import address
from tests.rules.rows import make_rule, spec
from vigie.people.models import Membership
from vigie.rules import document
from vigie.rules.models import Mode, Rule, RuleVersion

pytestmark = pytest.mark.django_db

TWO = document.write([spec("First", then=["mark"]), spec("Second", cooldown="1 min")])


def taken_in(client: Client, member: Membership, text: str | bytes) -> Any:
    given: object = text if isinstance(text, str) else SimpleUploadedFile("rules.yaml", text)
    return client.post(address("rules-import", member.workspace), {"text" if isinstance(text, str) else "file": given})


# ── taken away ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rules_are_sent_in_their_newest_versions(client: Client, member: Membership) -> None:
    rule = make_rule(member.workspace, spec("First")).rule
    make_rule(member.workspace, spec("Second"))
    RuleVersion.objects.create(
        rule=rule, version=2, content=spec("First, again").as_data(), mode="draft", changed_at=rule.created_at
    )
    make_rule(None, spec("Another team's"))

    answer = client.get(address("rules-export", member.workspace))

    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{member.workspace.slug}-rules.yaml"'
    assert document.read(answer.content.decode()) == [spec("First, again"), spec("Second")]


def test_one_rule_is_sent(client: Client, member: Membership) -> None:
    make_rule(member.workspace, spec("First"))
    make_rule(member.workspace, spec("Second"))

    answer = client.get(address("rule-export", member.workspace, 2))

    assert answer["Content-Disposition"] == 'attachment; filename="rule-2.yaml"'
    assert document.read(answer.content.decode()) == [spec("Second")]


def test_a_rule_that_cannot_be_read_is_told(client: Client, member: Membership) -> None:
    make_rule(member.workspace)
    RuleVersion.objects.update(content={"name": "old", "when": "nonsense"})

    answer = client.get(address("rules-export", member.workspace), follow=True)

    assert answer.redirect_chain == [(address("rules", member.workspace), 302)]
    assert "rule “old”, when" in answer.content.decode()


# ── taken in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", [TWO, TWO.encode(), b"\xef\xbb\xbf" + TWO.encode()])
def test_rules_come_in_as_drafts(client: Client, member: Membership, text: str | bytes) -> None:
    answer = taken_in(client, member, text)

    assert answer.status_code == 302
    assert list(Rule.objects.values_list("name", flat=True)) == ["First", "Second"]
    assert set(RuleVersion.objects.values_list("mode", flat=True)) == {Mode.DRAFT}


def test_what_was_taken_away_comes_back_as_it_was(client: Client, member: Membership) -> None:
    make_rule(member.workspace, spec("First"))
    text = client.get(address("rules-export", member.workspace)).content

    taken_in(client, member, text)

    assert RuleVersion.objects.get().mode == Mode.ACTIVE


def test_a_rule_of_the_same_name_becomes_its_next_draft(client: Client, member: Membership) -> None:
    make_rule(member.workspace, spec("First"))

    taken_in(client, member, TWO)

    first = Rule.objects.get(name="First")
    assert list(first.versions.order_by("version").values_list("mode", flat=True)) == ["active", "draft"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no rule in it."),
        ("- [", "this is not YAML"),
        ("- name: r\n  when: nonsense", "rule 1 “r”, when"),
        (TWO + "- name: Third\n  when: chat\n  if: [{says: ''}]", "rule 3 “Third”, if.1"),
        (TWO.replace("mark", "dance"), "“dance” is no action"),
        (b"\xff\xfe\x00", "This file is no text in UTF-8."),
        (b"#" * 2_000_001, "This file is larger than 2 MB."),
        ("- &a {name: r}\n- *a", "anchors"),
    ],
)
def test_bad_yaml_is_told_in_one_line_and_changes_nothing(
    client: Client, member: Membership, text: str | bytes, words: str
) -> None:
    answer = taken_in(client, member, text)

    errors = [str(error) for error in answer.context["form"].non_field_errors()]
    assert answer.status_code == 400
    assert len(errors) == 1
    assert words in errors[0]
    assert "\n" not in errors[0]
    assert not Rule.objects.exists()
