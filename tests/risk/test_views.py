import html

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_membership, make_workspace
from tests.risk.policies import OUTDATED, RULES, make_policy
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership, Role
from vigie.risk.lexicon_yaml import shipped
from vigie.risk.models import Policy

pytestmark = pytest.mark.django_db

EDITED = RULES.replace("[darn]", "[darn, drat]")


@pytest.fixture
def leader(client: Client) -> Membership:
    """A supervisor, signed in, whose team has made-up rules."""
    member = make_membership(Role.SUPERVISOR)
    make_policy(member.workspace)
    client.force_login(member.user)
    return member


def address(name: str, member: Membership, version: int | None = None) -> str:
    kwargs: dict[str, object] = {"workspace": member.workspace.slug}
    return reverse(name, kwargs=kwargs if version is None else kwargs | {"version": version})


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def posted(client: Client, path: str, **data: object) -> str:
    answer = client.post(path, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


# ── the rules in force ──


def test_the_policy_lists_the_rules_with_their_words(client: Client, leader: Membership) -> None:
    page = text_of(client, address("policy", leader))

    assert "version 1" in page
    for words in ("the blorks", "blork(s) · blorkish people", "Dehumanization", "vermin · rat(s)", "blorkface(s)"):
        assert words in page
    for words in ("after the group: they are …", "with “are” in between", "also an ordinary insult", "Counter-speech"):
        assert words in page
    assert address("policy-edit", leader) in page


def test_a_team_that_never_judged_a_text_sees_the_shipped_rules(client: Client) -> None:
    member = make_membership(Role.ANALYST)
    client.force_login(member.user)

    page = text_of(client, address("policy", member) + "?language=fr")

    assert "les personnes migrantes" in page
    assert "The rules that come with Vigie." in page
    assert Policy.objects.get().is_shipped


@pytest.mark.parametrize(
    ("query", "label"), [("", "Jews"), ("?language=fr", "les juifs"), ("?language=de", "Jews"), ("?language=", "Jews")]
)
def test_the_rules_are_shown_in_the_language_asked_for_or_the_reader_s(client: Client, query: str, label: str) -> None:
    member = make_membership()
    client.force_login(member.user)

    assert f"<b>{label}</b>" in text_of(client, address("policy", member) + query)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_much_for_one_version_as_for_three(
    client: Client, leader: Membership, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for version in range(2, count + 1):
        make_policy(leader.workspace, version=version)
    client.get(address("policy", leader))

    with django_assert_num_queries(11):
        client.get(address("policy", leader))


def test_readers_see_no_way_to_change(client: Client, leader: Membership) -> None:
    make_policy(leader.workspace, version=2)
    analyst = make_membership(Role.ANALYST, workspace=leader.workspace)
    client.force_login(analyst.user)

    page = text_of(client, address("policy", analyst))

    assert address("policy-edit", analyst) not in page
    assert "Restore" not in page
    assert client.get(address("policy-edit", analyst)).status_code == 403
    assert client.post(address("policy-changes", analyst)).status_code == 403
    assert client.post(address("policy-restore", analyst, 1)).status_code == 403


def test_others_see_nothing(client: Client, leader: Membership) -> None:
    client.force_login(make_membership(Role.ADMINISTRATOR).user)

    for name in ("policy", "policy-edit"):
        assert client.get(address(name, leader)).status_code == 404
    assert client.get(address("policy-version", leader, 1)).status_code == 404
    assert client.post(address("policy-try", leader), {"text": "blorks"}).status_code == 404


# ── an edit ──


def test_an_edit_starts_from_the_rules_in_force(client: Client, leader: Membership) -> None:
    page = text_of(client, address("policy-edit", leader))

    assert "{key: blorks, label: the blorks, names: [blork(s), blorkish people]}" in page
    assert 'name="based_on" value="1"' in page


def test_an_edit_is_saved_as_the_next_version_and_accounted_for(client: Client, leader: Membership) -> None:
    page = posted(client, address("policy-edit", leader), lexicon=EDITED, note="drat too", based_on=1)

    assert "Version 2 judges from the next text on." in page
    saved = Policy.objects.latest("version")
    assert (saved.version, saved.note, saved.author) == (2, "drat too", leader.user)
    assert AuditEntry.objects.filter(verb="policy.saved", object_id=str(saved.pk)).count() == 1


def test_an_edit_of_one_language_leaves_the_others(client: Client) -> None:
    member = make_membership(Role.SUPERVISOR)
    client.force_login(member.user)
    french = shipped("fr").replace("words: [négro(s),", "words: [négro(s), blork,")

    posted(client, address("policy-edit", member) + "?language=fr", lexicon=french, note="one more word", based_on=1)

    saved = Policy.objects.latest("version")
    assert saved.version == 2
    assert french in saved.lexicon
    assert shipped("en") in saved.lexicon


@pytest.mark.parametrize(
    ("lexicon", "based_on", "message"),
    [
        (EDITED.replace("kind: threat", "kind: thread", 1), 1, "Line 11: “kind” cannot be “thread”; it is one of: "),
        (RULES, 1, "Nothing changed: these are the rules in force."),
        (EDITED, 7, "Somebody else changed the rules meanwhile."),
    ],
)
def test_a_refused_edit_says_why_and_keeps_what_was_written(
    client: Client, leader: Membership, lexicon: str, based_on: int, message: str
) -> None:
    page = posted(client, address("policy-edit", leader), lexicon=lexicon, note="why", based_on=based_on)

    assert message in page
    assert lexicon.strip() in page
    assert Policy.objects.count() == 1


def test_changes_are_shown_before_anything_is_saved(client: Client, leader: Membership) -> None:
    shown = posted(client, address("policy-changes", leader), lexicon=EDITED, note="", based_on=1)

    assert "<ins>profanity: [darn, drat]</ins>" in shown
    assert "<del>profanity: [darn]</del>" in shown
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        (RULES, "Nothing changes."),
        (EDITED.replace("[darn, drat]", "[darn, drat"), "this is not YAML"),
        ("", "This field is required."),
    ],
)
def test_changes_say_what_is_wrong(client: Client, leader: Membership, lexicon: str, message: str) -> None:
    assert message in posted(client, address("policy-changes", leader), lexicon=lexicon, note="", based_on=1)


# ── rules of another version of Vigie ──


WHY = "Line 23: “lexicon” cannot have “swearwords”."


@pytest.fixture
def left_behind(leader: Membership) -> Membership:
    """A supervisor, signed in, whose team's rules an update of Vigie cannot use."""
    make_policy(leader.workspace, OUTDATED, version=2)
    return leader


def test_rules_that_an_update_cannot_use_are_told_with_the_line(client: Client, left_behind: Membership) -> None:
    page = text_of(client, address("policy", left_behind))

    assert "no text is judged until they are mended" in page
    assert WHY in page
    assert "note 1" in page
    assert address("policy-edit", left_behind) + "?language=en" in page


def test_rules_that_an_update_cannot_use_are_mended_by_an_edit(client: Client, left_behind: Membership) -> None:
    assert "swearwords: [darn]" in text_of(client, address("policy-edit", left_behind))

    page = posted(client, address("policy-edit", left_behind), lexicon=EDITED, note="renamed", based_on=2)

    assert "Version 3 judges from the next text on." in page
    assert WHY not in page


def test_a_text_cannot_be_tried_on_rules_that_cannot_be_used(client: Client, left_behind: Membership) -> None:
    page = posted(client, address("policy-try", left_behind), text="blorks are vermin", language="en")

    assert WHY in page
    assert "Triage" not in page


# ── versions ──


def test_a_version_shows_what_it_changed(client: Client, leader: Membership) -> None:
    make_policy(leader.workspace, EDITED, version=2)

    page = text_of(client, address("policy-version", leader, 2))

    assert "note 2" in page
    assert "<ins>profanity: [darn, drat]</ins>" in page
    assert "in force" in page
    assert "Restore" not in page
    assert "Restore" in text_of(client, address("policy-version", leader, 1))


def test_a_version_is_restored_as_a_new_one(client: Client, leader: Membership) -> None:
    make_policy(leader.workspace, EDITED, version=2)

    page = posted(client, address("policy-restore", leader, 1))

    assert "Version 3 judges from the next text on." in page
    assert "Version 1 restored." in page
    assert Policy.objects.latest("version").lexicon == RULES
    assert "These are the rules in force already." in posted(client, address("policy-restore", leader, 3))


def test_a_version_of_another_team_is_not_found(client: Client, leader: Membership) -> None:
    make_policy(make_workspace(), version=5)

    assert client.get(address("policy-version", leader, 5)).status_code == 404
    assert client.post(address("policy-restore", leader, 5)).status_code == 404


# ── a text to try ──


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_a_text_is_tried_on_the_rules_in_force(client: Client, leader: Membership, role: Role) -> None:
    client.force_login(make_membership(role, workspace=leader.workspace).user)

    shown = posted(client, address("policy-try", leader), text="all blorks are vermin", language="en")

    assert 'all <mark class="high">blorks</mark> are <mark class="high">vermin</mark>' in shown
    assert "0.90" in shown
    assert "Hateful" in shown
    assert "Denies that the blorks are human" in shown
    assert "Triage, not a verdict" in shown


def test_a_tried_slur_is_masked(client: Client, leader: Membership) -> None:
    shown = posted(client, address("policy-try", leader), text="that blorkface <b>", language="en")

    assert '<span class="slur" data-w="b' in shown
    assert "<b>" in shown.replace("<b>Hateful</b>", "")
    assert "blorkface" not in shown


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("hello", "en", "Not judged: too short to mean anything alone."),
        ("", "en", "This field is required."),
        ("hello", "xx", "Select a valid choice."),
        ("x" * 2_001, "en", "at most 2000 characters"),
    ],
)
def test_a_text_that_cannot_be_judged_says_so(
    client: Client, leader: Membership, text: str, language: str, message: str
) -> None:
    assert message in posted(client, address("policy-try", leader), text=text, language=language)


def test_pages_that_change_something_take_no_get(client: Client, leader: Membership) -> None:
    for name in ("policy-changes", "policy-try"):
        assert client.get(address(name, leader)).status_code == 405
    assert client.get(address("policy-restore", leader, 1)).status_code == 405
