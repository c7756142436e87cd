import pytest
from django.test import Client

from tests.factories import make_membership, make_workspace
from tests.rules.pages import NEW, address, flat, opened, sent
from tests.rules.rows import make_rule, spec
from vigie.people.models import Membership, Preset
from vigie.rules.document import read_one
from vigie.rules.editing import Data
from vigie.rules.models import Mode, RuleVersion
from vigie.rules.spec import RuleSpec
from vigie.runtime import clock

pytestmark = pytest.mark.django_db


def signed_in(client: Client, member: Membership) -> Membership:
    client.force_login(member.user)
    return member


def spec_of(version: RuleVersion) -> RuleSpec:
    return read_one(version.content)


# ── saving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_rule_is_saved_as_a_draft(client: Client, member: Membership) -> None:
    answer = client.post(address("rule-new", member.workspace), NEW, follow=True)

    [version] = RuleVersion.objects.all()
    assert (version.mode, version.rule.name, version.author) == (Mode.DRAFT, "Clip it", member.user)
    assert spec_of(version) == spec(conditions=[{"says": ["clip", "!clip"]}], cooldown="2 min", then=["mark"])
    assert "Saved as a draft." in answer.content.decode()


def test_a_rule_is_put_in_force_at_once_by_who_may(client: Client, member: Membership) -> None:
    answer = client.post(address("rule-new", member.workspace), NEW | {"publish": ["1"]}, follow=True)

    assert RuleVersion.objects.get().mode == Mode.ACTIVE
    assert "In force from now on." in answer.content.decode()


def test_a_draft_goes_in_force_before_what_is_on_trial(client: Client, member: Membership) -> None:
    tried = make_rule(member.workspace, mode=Mode.TRIAL)

    client.post(address("rule", member.workspace, tried.rule.number), NEW | {"publish": ["1"], "based_on": ["1"]})

    assert list(tried.rule.versions.order_by("version").values_list("version", "mode")) == [
        (1, "former"),
        (2, "active"),
    ]


def test_a_trial_goes_on_where_the_draft_cannot_be_put_in_force(client: Client, member: Membership) -> None:
    tried = make_rule(member.workspace, mode=Mode.TRIAL)
    idle = {name: values for name, values in NEW.items() if name != "then-0-do"}

    client.post(address("rule", member.workspace, tried.rule.number), idle | {"publish": ["1"], "based_on": ["1"]})

    assert list(tried.rule.versions.order_by("version").values_list("version", "mode")) == [(1, "trial"), (2, "draft")]


@pytest.mark.parametrize("button", ["propose", "publish"])
def test_whoever_may_not_publish_proposes(client: Client, button: str) -> None:
    member = signed_in(client, make_membership("moderator"))

    client.post(address("rule-new", member.workspace), NEW | {button: ["1"]})

    version = RuleVersion.objects.get()
    assert version.mode == Mode.DRAFT
    assert (version.proposed_at is not None) is (button == "propose")


def test_duties_that_are_separated_need_a_second_person(client: Client) -> None:
    member = signed_in(client, make_membership("supervisor", workspace=make_workspace(preset=Preset.PUBLIC_BODY)))

    answer = client.post(address("rule-new", member.workspace), NEW | {"publish": ["1"]}, follow=True)

    assert RuleVersion.objects.get().mode == Mode.DRAFT
    assert "Somebody else puts it in force" in answer.content.decode()


def test_what_was_typed_stays_where_somebody_else_was_faster(client: Client, member: Membership) -> None:
    version = make_rule(member.workspace)
    rule = version.rule
    RuleVersion.objects.create(rule=rule, version=2, content=spec().as_data(), mode="draft", changed_at=clock.now())

    answer = client.post(address("rule", member.workspace, rule.number), NEW | {"based_on": ["1"]})

    form = sent(answer.content.decode())
    assert answer.status_code == 400
    assert "Somebody else saved version 2." in answer.content.decode()
    assert form["if-0-says"] == ["clip\r\n!clip"]
    assert rule.versions.count() == 2
    assert client.post(address("rule", member.workspace, rule.number), form).status_code == 302
    assert rule.versions.order_by("-version")[0].content["if"] == [{"says": ["clip", "!clip"]}]


# ── how it stands ───────────────────────────────────────────────────────────────────────────────────────────────────


def pressed(html: str) -> str:
    """Return which part of the control of modes is pressed."""
    [one] = [part for part in flat(html).split("<button") if 'aria-pressed="true"' in part]
    return one.partition(">")[2].partition("<")[0]


@pytest.mark.parametrize(
    ("modes", "word", "offered"),
    [
        (["draft"], "Draft", {"trial", "active"}),
        (["active"], "Active", {"paused"}),
        (["paused"], "Paused", {"resume"}),
        (["active", "draft"], "Draft", {"trial", "active", "paused"}),
        (["paused", "draft"], "Draft", {"trial", "active", "resume"}),
        (["trial"], "Trial", {"end_trial", "active"}),
        (["active", "trial"], "Trial", {"end_trial", "active", "paused"}),
        (["active", "trial", "draft"], "Trial", {"end_trial", "active", "paused"}),
    ],
)
def test_the_control_says_how_a_rule_stands(
    client: Client, member: Membership, modes: list[str], word: str, offered: set[str]
) -> None:
    rule = make_rule(member.workspace, mode=modes[0]).rule
    for place, mode in enumerate(modes[1:], 2):
        RuleVersion.objects.create(
            rule=rule, version=place, content=spec().as_data(), mode=mode, changed_at=clock.now()
        )

    html = opened(client, "rule", member.workspace, rule.number)

    buttons = [part.partition(">")[0] for part in flat(html).split("<button") if 'name="mode"' in part]
    assert pressed(html) == word
    assert {part.split('value="')[1].split('"')[0] for part in buttons if "disabled" not in part} == offered


def proposed(client: Client, *, mine: bool) -> str:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)
    reader, other = (make_membership("supervisor", workspace=workspace) for _ in range(2))
    version = make_rule(workspace, mode=Mode.DRAFT)
    version.author = reader.user if mine else other.user
    version.proposed_at = clock.now()
    version.save()
    client.force_login(reader.user)
    html = flat(opened(client, "rule", workspace, version.rule.number))
    assert f"Version 1 was proposed by {reader.alias if mine else other.alias}" in html
    return html


def test_whoever_proposed_waits_for_a_second_person(client: Client) -> None:
    html = proposed(client, mine=True)

    assert "A second person puts it in force." in html
    assert 'form="modes"' not in html


def test_a_second_person_puts_in_force_what_was_proposed(client: Client) -> None:
    assert "Put version 1 in force</button>" in proposed(client, mine=False)


@pytest.mark.parametrize(
    "content",
    [{"name": "old", "when": "nonsense"}, {"name": "old", "when": "chat", "if": [{"telepathy": 3}]}, {}],
)
def test_a_version_that_cannot_be_read_says_so(client: Client, member: Membership, content: Data) -> None:
    version = make_rule(member.workspace)
    RuleVersion.objects.filter(pk=version.pk).update(content=content)

    html = opened(client, "rule", member.workspace, version.rule.number)

    assert "This version cannot be used as it is stored: rule" in flat(html)
