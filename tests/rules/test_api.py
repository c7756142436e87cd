from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.callers import Caller, make_caller, refusal, said
from tests.factories import NOW, make_live, make_membership
from tests.rules.rows import acting, chat, look, make_firing, make_rule, on_air, spec
from vigie.governance.models import AuditEntry
from vigie.people.models import Preset, Role
from vigie.rules import document, previewing
from vigie.rules.models import ActionRun, Deed, Firing, Mode, Rule, RuleVersion
from vigie.runtime import clock
from vigie.runtime.models import WorkState

pytestmark = pytest.mark.django_db

RULE = {"name": "Clip it", "when": "chat", "if": [{"says": ["clip"]}]}
SEE, EDIT, PUBLISH = "rules.see_rules", "rules.edit_rules", "rules.publish_rules"


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    """What was recorded is remembered for a minute: not from one test to the next."""
    previewing._kept.clear()


@pytest.fixture
def caller() -> Caller:
    return make_caller()


def verbs() -> list[str]:
    """What was accounted for, but for keys."""
    return list(AuditEntry.objects.exclude(verb="key.made").order_by("pk").values_list("verb", flat=True))


# ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_written_and_read(caller: Caller) -> None:
    made = caller.post("rules", RULE)

    assert made == {
        "number": 1,
        "name": "Clip it",
        "mode": "draft",
        "version": 1,
        "times": 0,
        "last_at": None,
        "newest": 1,
        "rule": RULE,
    }
    again = refusal(caller.ask("POST", "rules", RULE))
    assert again == (409, "Another rule has this name: give yours another one.")
    assert caller.get("rules/1") == made
    assert caller.get("rules")["items"] == [{name: made[name] for name in made if name not in {"newest", "rule"}}]
    assert verbs() == ["rule.added"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "rule, name: it is missing."),
        ({**RULE, "when": "rain"}, "rule “Clip it”, when: it must be one of: "),
        ({**RULE, "if": [{"matches": "("}]}, "rule “Clip it”, if.1.matches: "),
        ({**RULE, "then": ["fly"]}, "rule “Clip it”, then: “fly” is no action; "),
        ({**RULE, "name": "a\0b"}, "rule “a\0b”, a text holds control characters."),
        ([RULE], "Input should be a valid dictionary."),
    ],
)
def test_what_is_no_rule_gets_one_line(caller: Caller, rule: object, words: str) -> None:
    status, said = refusal(caller.ask("POST", "rules", rule))

    assert status == 400
    assert said.startswith(words)
    assert not Rule.objects.exists()


def test_a_rule_is_changed_as_a_draft(caller: Caller) -> None:
    make_rule(caller.workspace)

    changed = said(caller.ask("PUT", "rules/1?based_on=1", {**RULE, "name": "Cut it"}))

    assert (changed["name"], changed["newest"], changed["mode"], changed["version"]) == ("Cut it", 2, "active", 1)
    assert changed["rule"]["name"] == "Cut it"


def test_nobody_writes_over_what_somebody_else_wrote(caller: Caller) -> None:
    make_rule(caller.workspace, version=3)

    status, words = refusal(caller.ask("PUT", "rules/1?based_on=2", RULE))

    assert (status, words) == (409, "Somebody else changed this rule while you were editing it.")
    assert refusal(caller.ask("PUT", "rules/1", RULE)) == (400, "based_on: Field required.")


@pytest.mark.parametrize(
    ("before", "turn", "after"),
    [
        (Mode.DRAFT, "trial", "trial"),
        (Mode.TRIAL, "active", "active"),
        (Mode.DRAFT, "active", "active"),
        (Mode.ACTIVE, "paused", "paused"),
        (Mode.PAUSED, "resume", "active"),
        (Mode.TRIAL, "end_trial", "draft"),
    ],
)
def test_a_rule_is_turned(caller: Caller, before: Mode, turn: str, after: str) -> None:
    make_rule(caller.workspace, acting(), mode=before)

    assert caller.post("rules/1/turn", {"mode": turn})["mode"] == after


@pytest.mark.parametrize(
    ("before", "turn"),
    [(Mode.DRAFT, "paused"), (Mode.ACTIVE, "trial"), (Mode.PAUSED, "active"), (Mode.DRAFT, "resume")],
)
def test_a_rule_that_cannot_be_turned_says_so(caller: Caller, before: Mode, turn: str) -> None:
    make_rule(caller.workspace, acting(), mode=before)

    status, words = refusal(caller.ask("POST", "rules/1/turn", {"mode": turn}))

    assert (status, words) == (409, "This rule has no version that could be put in force.")
    assert RuleVersion.objects.get().mode == before


def test_whoever_writes_rules_only_tries_them(caller: Caller) -> None:
    make_rule(caller.workspace, acting(), mode=Mode.DRAFT)
    writer = make_caller(SEE, EDIT, workspace=caller.workspace)

    assert writer.post("rules/1/turn", {"mode": "trial"})["mode"] == "trial"
    assert refusal(writer.ask("POST", "rules/1/turn", {"mode": "active"}))[0] == 403
    assert writer.post("rules/1/turn", {"mode": "end_trial"})["mode"] == "draft"


def test_where_duties_are_separated_a_second_person_is_needed() -> None:
    caller = make_caller(role=Role.SUPERVISOR)
    caller.workspace.preset = Preset.PUBLIC_BODY
    caller.workspace.save()
    caller.post("rules", RULE)

    status, words = refusal(caller.ask("POST", "rules/1/turn", {"mode": "active"}))

    assert (status, words) == (403, "In this workspace a rule is put in force by somebody else than who wrote it.")


def test_a_turn_that_there_is_not_gets_one_line(caller: Caller) -> None:
    make_rule(caller.workspace)

    assert refusal(caller.ask("POST", "rules/1/turn", {"mode": "upside down"}))[0] == 400


def test_a_rule_is_removed(caller: Caller) -> None:
    make_rule(caller.workspace)

    assert caller.ask("DELETE", "rules/1").status_code == 204

    assert caller.get("rules") == {"items": []}
    assert refusal(caller.ask("DELETE", "rules/1"))[0] == 404
    assert verbs() == ["rule.removed"]


# ── YAML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_goes_out_as_yaml_comes_in_again(caller: Caller) -> None:
    rules = [spec("Clip it"), spec("Été", when="gift", conditions=[{"value": 100}])]
    for rule in rules:
        make_rule(caller.workspace, rule)
    text = caller.ask("GET", "rules/yaml").content.decode()
    other = make_caller()

    imported = said(other.ask("POST", "rules/import", text))

    assert document.read(text) == rules
    assert [(rule["number"], rule["name"], rule["mode"]) for rule in imported["items"]] == [
        (1, "Clip it", "draft"),
        (2, "Été", "draft"),
    ]
    assert other.ask("GET", "rules/yaml").content.decode() == text


def test_one_rule_goes_out_alone(caller: Caller) -> None:
    make_rule(caller.workspace, spec("First"))
    make_rule(caller.workspace, spec("Second"))

    answer = caller.ask("GET", "rules/2/yaml")

    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    assert [rule.name for rule in document.read(answer.content.decode())] == ["Second"]
    assert refusal(caller.ask("GET", "rules/3/yaml"))[0] == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no rule in it."),
        ("rules: [", "line 2: this is not YAML: "),
        ("- {name: A, when: chat}\n- {name: A, when: chat}", "Two rules are named “A”."),
        (b"\xff\xfe\xff", "This is no text in UTF-8."),
    ],
)
def test_yaml_that_cannot_be_used_gets_one_line(caller: Caller, text: str | bytes, words: str) -> None:
    status, said = refusal(caller.ask("POST", "rules/import", text))

    assert status == 400
    assert said.startswith(words)
    assert not Rule.objects.exists()


def test_what_is_too_large_is_not_read(caller: Caller) -> None:
    assert refusal(caller.ask("POST", "rules/import", "#" * 3_000_000)) == (413, "This is too large.")


# ── dry run ────────────────────────────────────────────────────────────────────────────────────────────────────────


def lately(caller: Caller) -> Any:
    live = on_air(caller.workspace, name="Place")
    live.started_at = clock.now() - timedelta(hours=2)
    live.save()
    return live


def test_a_dry_run_tells_what_a_rule_would_have_done(caller: Caller) -> None:
    live = lately(caller)
    chat(live, "clip that", "hello", "a clip please", by=7, at_s=10.0)

    found = caller.post("rules/dry-run", {**RULE, "cooldown": {"user": "10 s"}})

    assert (found["times"], found["times_held"], found["lives"], found["is_all"]) == (1, 1, 1, True)
    assert found["held_by"] == {"cooldown": 1}
    [acted], [held] = found["acted"], found["held"]
    assert (acted["live"], acted["channel_name"], acted["at_s"], acted["kind"]) == (live.pk, "Place", 10.0, "chat")
    assert (acted["text"], acted["reason"]) == ("clip that", "")
    assert held["reason"].startswith("cooldown: ")
    assert not Rule.objects.exists()
    assert verbs() == ["rule.previewed"]


def test_a_dry_run_tells_no_words_to_who_may_not_read_them(caller: Caller) -> None:
    chat(lately(caller), "clip that")

    found = make_caller(EDIT, workspace=caller.workspace).post("rules/dry-run", RULE)

    assert [moment["text"] for moment in found["acted"]] == [None]
    assert verbs() == []


def test_a_rule_needs_no_name_to_be_tried(caller: Caller) -> None:
    assert caller.post("rules/dry-run", {"when": "chat"})["times"] == 0


# ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_rules_did_is_told(caller: Caller) -> None:
    live = on_air(caller.workspace, name="Place")
    version = make_rule(caller.workspace)
    chat(live, "clip that")
    look()
    firing = Firing.objects.get()
    ActionRun.objects.create(firing=firing, position=0, action="mark", state=WorkState.FAILED, reason="no room")

    [told] = caller.get("firings")["items"]

    assert told == {
        "id": firing.pk,
        "at": told["at"],
        "live": live.pk,
        "channel": live.channel_id,
        "channel_name": "Place",
        "at_s": 10.0,
        "rule": version.rule.number,
        "rule_name": "Clip it",
        "version": 1,
        "deed": "acted",
        "reason": "",
        "count": 1,
        "value": 1,
        "text": "clip that",
        "actions": [{"action": "mark", "state": "failed", "reason": "no room"}],
    }
    assert told["at"].endswith("Z")


def test_why_a_rule_held_back_is_told(caller: Caller) -> None:
    live, version = on_air(caller.workspace), make_rule(caller.workspace)
    make_firing(version, live, deed=Deed.HELD, brake="QUORUM", figures={"people": 1, "needed": 3}, count=4)

    [told] = caller.get("firings")["items"]

    assert (told["deed"], told["reason"], told["count"], told["text"]) == ("held", "quorum: 1 of 3", 4, "")


def test_the_log_tells_no_words_to_who_may_not_read_them(caller: Caller) -> None:
    make_rule(caller.workspace)
    chat(on_air(caller.workspace), "clip that")
    look()

    [told] = make_caller(SEE, workspace=caller.workspace).get("firings")["items"]

    assert told["text"] is None
    assert "rule_log.read" not in verbs()


def test_reading_words_in_the_log_is_accounted_for_once_an_hour(caller: Caller) -> None:
    caller.get("firings")
    caller.get("firings")

    assert verbs() == ["rule_log.read"]


def test_the_log_is_narrowed(caller: Caller) -> None:
    one, other = on_air(caller.workspace), on_air(caller.workspace)
    first, second = make_rule(caller.workspace), make_rule(caller.workspace, spec("Other"))
    made = [
        make_firing(first, one).pk,
        make_firing(first, other, deed=Deed.TRIED).pk,
        make_firing(second, other, at=NOW + timedelta(hours=1)).pk,
    ]
    make_firing(make_rule(), make_live())  # of others

    def found(query: str) -> list[int]:
        return [made.index(item["id"]) for item in caller.get(f"firings?{query}")["items"]]

    assert found("") == [2, 1, 0]
    assert found(f"channel={other.channel_id}") == [2, 1]
    assert found("rule=1") == [1, 0]
    assert found("deed=tried") == [1]
    assert found("since=2026-01-05T10:30:00Z") == [2]
    assert found("since=2026-01-05T10:30:00") == [2]
    assert found(f"channel={2**62}") == []
    assert refusal(caller.ask("GET", "firings?deed=slept"))[0] == 400
    assert refusal(caller.ask("GET", "firings?since=yesterday"))[0] == 400
    assert refusal(caller.ask("GET", "firings?since=0001-01-01T00:00:00%2B05:00"))[0] == 400
    assert refusal(caller.ask("GET", f"firings?channel={2**63}"))[0] == 400


def test_the_log_comes_by_pages_newest_first(caller: Caller) -> None:
    version, live = make_rule(caller.workspace), on_air(caller.workspace)
    made = [make_firing(version, live, trigger=f"chat:{number}").pk for number in range(3)]

    first = caller.get("firings?limit=2")
    make_firing(version, live, trigger="chat:9")
    second = caller.get(f"firings?limit=2&after={first['next']}")

    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("path", ["rules", "firings"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    caller: Caller, path: str, count: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(count):
        make_firing(make_rule(caller.workspace), on_air(caller.workspace), trigger="chat:1")
    caller.get(path)  # the reading is accounted for

    with django_assert_max_num_queries(20):
        assert len(caller.get(path)["items"]) == count


def test_a_rule_of_others_is_not_there(caller: Caller) -> None:
    make_rule(make_membership().workspace)

    for method, path in (("GET", "rules/1"), ("PUT", "rules/1?based_on=1"), ("DELETE", "rules/1")):
        assert refusal(caller.ask(method, path, RULE if method == "PUT" else None))[0] == 404
