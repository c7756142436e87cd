from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership
from tests.rules.pages import address, flat, opened
from tests.rules.rows import chat, judge, look, make_rule, on_air, spec
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership, Preset
from vigie.risk.models import Assessment
from vigie.rules.models import ActionRun, Firing, Mode, RuleVersion
from vigie.rules.views.log import A_PAGE
from vigie.watch.models import ChatMessage, Live

pytestmark = pytest.mark.django_db

READ = "rule_log.read"


@pytest.fixture
def version(member: Membership) -> RuleVersion:
    return make_rule(member.workspace, spec(then=["mark"]))


@pytest.fixture
def live(member: Membership, version: RuleVersion) -> Live:
    return on_air(member.workspace, name="Plaza")


def log(client: Client, member: Membership, query: str = "") -> str:
    return flat(opened(client, "rules-log", member.workspace, query=query))


def test_the_log_says_what_a_rule_did_on_what(client: Client, member: Membership, live: Live) -> None:
    chat(live, "clip that")
    look()

    html = log(client, member)

    assert "“clip that”" in html
    assert "Plaza" in html
    assert "1: Clip it" in html
    assert "mark …" in html
    assert f"/lives/{live.pk}/?sel=0.0-25.0" in html


def test_the_log_says_why_a_rule_held_back_and_how_often(client: Client, member: Membership, live: Live) -> None:
    RuleVersion.objects.update(content=spec(cooldown="1 min").as_data())
    chat(live, "clip", "clip", "clip", "clip")
    look()

    assert "Rest: acted 1 s ago, 3 times" in log(client, member)


def test_a_trial_is_told_as_one(client: Client, member: Membership, live: Live) -> None:
    RuleVersion.objects.update(mode=Mode.TRIAL)
    chat(live, "clip")
    look()

    assert "would have acted: on trial" in log(client, member)


@pytest.mark.parametrize(
    ("state", "words"), [("done", "mark </span>"), ("failed", "mark (No OBS is in use.)"), ("running", "mark …")]
)
def test_an_action_says_how_it_went(client: Client, member: Membership, live: Live, state: str, words: str) -> None:
    chat(live, "clip")
    look()
    ActionRun.objects.update(state=state, reason="No OBS is in use." if state == "failed" else "")

    html = log(client, member)

    assert words in html
    assert ('hx-trigger="load delay:2s"' in html) is (state == "running")


def test_what_was_erased_is_told_as_such(client: Client, member: Membership, live: Live) -> None:
    chat(live, "clip")
    look()
    ChatMessage.objects.all().delete()

    assert "erased" in log(client, member)


def test_a_count_is_told_in_words(client: Client, member: Membership, live: Live) -> None:
    Firing.objects.create(
        version=RuleVersion.objects.get(),
        live=live,
        deed="acted",
        trigger="viewers:120",
        refs=["viewers:120"],
        value=4128,
        at=NOW,
        since_s=0,
        at_s=130,
        noted_at=NOW,
    )
    RuleVersion.objects.update(content=spec(when="viewers", conditions=[{"reaches": [4000]}]).as_data())

    assert "4128 viewers" in log(client, member)


def test_slurs_are_masked_and_words_highlighted_by_severity(client: Client, member: Membership) -> None:
    make_rule(member.workspace, spec(when="assessment", conditions=[{"score": 0.1}]))
    live = on_air(member.workspace)
    judge(live, 0.9, start_s=3, spans=[[2, 6, "slur"]])
    Assessment.objects.update(text="a slur here")
    look()

    html = log(client, member)

    assert '<mark class="high">' in html
    assert "slur here" not in html
    assert 'data-w="s•••"' in html


def test_words_are_hidden_from_who_may_not_read_them(client: Client, member: Membership, live: Live) -> None:
    chat(live, "clip that")
    look()
    member.workspace.modules = ["rules"]
    member.workspace.save()

    html = log(client, member)

    assert "clip that" not in html
    assert "somebody writes in the chat" in html


def test_what_other_teams_rules_did_is_not_there(client: Client, member: Membership) -> None:
    other = make_rule()
    chat(on_air(other.rule.workspace), "clip elsewhere")
    look()
    [firing] = Firing.objects.all()

    assert "Nothing yet" in log(client, member)
    assert "clip elsewhere" not in log(client, member)
    assert client.get(address("rules-log-line", member.workspace, firing.pk)).status_code == 404
    assert "firing-" not in opened(client, "rules-log-lines", member.workspace)


# ── narrowed ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(member: Membership) -> tuple[Live, Live]:
    """Two rules acted on two channels; the second held back once."""
    make_rule(member.workspace, spec("First", conditions=[{"says": "one"}]))
    make_rule(member.workspace, spec("Second", conditions=[{"says": "two"}], cooldown="1 min"))
    lives = on_air(member.workspace), on_air(member.workspace)
    chat(lives[0], "one a", "two b", "two c")
    chat(lives[1], "one d")
    look()
    return lives


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"one a", "two b", "two c", "one d"}),
        ("?rule=1", {"one a", "one d"}),
        ("?rule=2", {"two b", "two c"}),
        ("?deed=held", {"two c"}),
        ("?rule=9", {"one a", "two b", "two c", "one d"}),
        ("?channel=x", {"one a", "two b", "two c", "one d"}),
    ],
)
def test_the_log_is_narrowed(
    client: Client, member: Membership, two: tuple[Live, Live], query: str, shown: set[str]
) -> None:
    html = log(client, member, query)

    assert {text for text in ("one a", "two b", "two c", "one d") if text in html} == shown


def test_the_log_is_narrowed_to_a_channel(client: Client, member: Membership, two: tuple[Live, Live]) -> None:
    html = log(client, member, f"?channel={two[1].channel_id}")

    assert "one d" in html
    assert "one a" not in html
    assert f"/rules/log/lines/?channel={two[1].channel_id}" in html


# ── as it happens ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_new_lines_are_asked_for(client: Client, member: Membership, live: Live) -> None:
    chat(live, "clip one")
    look()
    [first] = Firing.objects.all()
    chat(live, "clip two", at_s=40)
    look(at=NOW + timedelta(seconds=9))

    html = opened(client, "rules-log-lines", member.workspace, query=f"?after={first.pk}")

    assert "clip two" in html
    assert "clip one" not in html


def test_a_line_is_shown_as_it_now_stands(client: Client, member: Membership, live: Live) -> None:
    chat(live, "clip")
    look()
    ActionRun.objects.update(state="done")
    [firing] = Firing.objects.all()

    html = opened(client, "rules-log-line", member.workspace, firing.pk)

    assert html.count("<li") == 1
    assert "hx-get" not in html


def test_only_the_newest_page_follows(client: Client, member: Membership, live: Live) -> None:
    chat(live, *["clip"] * (A_PAGE + 3))
    look()

    first, second = log(client, member), log(client, member, "?page=2")

    assert (first.count("<li id="), second.count("<li id=")) == (A_PAGE, 3)
    topic = f'data-topic="rules:{member.workspace_id}"'
    assert (first.count(topic), second.count(topic)) == (2, 0)
    assert "2 of 2" in second


# ── accounted for ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_is_accounted_for_once_a_visit(client: Client, member: Membership) -> None:
    log(client, member)
    opened(client, "rules-log-lines", member.workspace)
    assert AuditEntry.objects.filter(verb=READ).count() == 1

    log(client, member)
    assert AuditEntry.objects.filter(verb=READ).count() == 2


def test_lines_without_their_page_are_accounted_for(client: Client, member: Membership) -> None:
    opened(client, "rules-log-lines", member.workspace)
    opened(client, "rules-log-lines", member.workspace)

    assert AuditEntry.objects.filter(verb=READ).count() == 1


def test_a_log_without_words_is_not_accounted_for(client: Client) -> None:
    manager = make_membership("administrator")
    manager.workspace.preset = Preset.PUBLIC_BODY
    manager.workspace.save()
    client.force_login(manager.user)

    log(client, manager)

    assert not AuditEntry.objects.filter(verb=READ).exists()


# ── cost ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 3])
def test_the_log_costs_the_same_however_long_it_is(
    client: Client,
    member: Membership,
    live: Live,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    chat(live, *["clip"] * number)
    look()
    log(client, member)

    with django_assert_max_num_queries(28):
        html = log(client, member)

    assert html.count("<li id=") == number
