import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_membership, make_user
from tests.rules import happenings
from tests.rules.pages import NEW, Sent, address, flat, opened, sent
from tests.rules.rows import make_rule, spec
from vigie.people.models import Membership, Workspace
from vigie.rules import editing
from vigie.rules.conditions import CONDITIONS
from vigie.rules.document import read_one
from vigie.rules.editing import Data, data_of
from vigie.rules.models import Rule
from vigie.rules.sheets import Desk
from vigie.rules.spec import RuleSpec

pytestmark = pytest.mark.django_db


def signed_in(client: Client, member: Membership) -> Membership:
    client.force_login(member.user)
    return member


# ── what is shown can be sent back ──────────────────────────────────────────────────────────────────────────────────


def shown(data: Data) -> str:
    """Return the form of a rule."""
    request = RequestFactory().get("/")
    request.workspace = Workspace(slug="team")  # type: ignore[attr-defined]
    desk = Desk(None, editing.sheet(data), 0, {})
    return render_to_string("rules/_sheet.html", {"desk": desk, "sheet_url": "/"}, request)


def in_order(rule: RuleSpec) -> Data:
    """Return a rule as data; what boxes are ticked for has the order of the boxes."""
    data = rule.as_data()
    for condition in [*data.get("if", []), *data.get("unless", []), data.get("schedule", {})]:
        for name in editing.CHOSEN & set(condition):
            condition[name] = sorted(set(condition[name]))
    return data


class RoundTrip(TestCase):
    """Whatever rule is shown in the form is sent back as it was."""

    @given(happenings.specs())
    def test_a_rule_survives_being_shown_and_sent(self, rule: RuleSpec) -> None:
        assert in_order(read_one(data_of(sent(shown(rule.as_data()))))) == in_order(rule)


@pytest.mark.parametrize(
    "fields",
    [
        {"if": [{"says": ["a, b", '"quoted"', " spaces ", "line\nbreak", "été"]}]},
        {"if": [{"matches": "  cl.p  "}]},
        {"if": [{"says": ["clip"], "place": "exact", "loose": True}]},
        {"when": "hype", "if": [{"strength": 4.25}]},
        {"when": "assessment", "if": [{"score": 0.7}, {"category": ["hateful", "neutral"]}, {"target": ["A, B"]}]},
        {"when": "viewers", "if": [{"drops": 0.125, "within": 90}, {"reaches": [100, 1_000_000]}]},
        {"when": "viewers", "if": [{"drops": 1 / 3}]},
        {"when": "gift", "if": [{"value": 10**12, "at_most": 10**12}]},
        {"schedule": {}},
        {"schedule": {"days": ["mon"], "zone": "America/New_York"}},
        {"per_hour": 600},
        {"then": [{"mark": {"label": "no"}}]},
        {"name": 'Say "hi" & <b>'},
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_rule_is_sent_back_as_it_is_shown(fields: Data, language: str, client: Client) -> None:
    member = make_membership("supervisor", user=make_user(language=language))
    client.force_login(member.user)
    rule = read_one({"name": "r", "when": "chat", **fields})
    version = make_rule(member.workspace, rule)

    form = sent(opened(client, "rule", member.workspace, version.rule.number))

    assert in_order(read_one(data_of(form))) == in_order(rule)


def test_ten_thousand_keywords_are_shown_and_sent(client: Client, member: Membership) -> None:
    rule = spec(conditions=[{"says": [f"keyword {n}" for n in range(10_000)]}])
    version = make_rule(member.workspace, rule)
    form = sent(opened(client, "rule", member.workspace, version.rule.number))

    assert read_one(data_of(form)) == rule
    answer = client.post(address("rule-preview", member.workspace, version.rule.number), form)
    assert answer.status_code == 200


# ── a row more, a row less ──────────────────────────────────────────────────────────────────────────────────────────


def changed(client: Client, member: Membership, **asked: str) -> tuple[Sent, str]:
    """Return what the form holds once it is shown anew, and where the focus goes."""
    answer = client.post(address("rule-new-sheet", member.workspace), {**NEW, **asked})
    assert answer.status_code == 200
    return sent(answer.content.decode()), answer.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize(
    ("section", "prefix"),
    [("if", "if-1-"), ("unless", "unless-0-"), ("rest", "rest-1-"), ("then", "then-1-"), ("quorum", "quorum-")],
)
def test_a_row_more_keeps_what_was_typed(client: Client, member: Membership, section: str, prefix: str) -> None:
    before, _ = changed(client, member)

    form, focus = changed(client, member, add=section)

    assert {name: form[name] for name in before} == before
    assert all(name.startswith(prefix) for name in form.keys() - before.keys())
    assert focus == f'{{"vigie:sheet": {{"focus": "{prefix}"}}}}'


def test_a_row_less_keeps_what_was_typed(client: Client, member: Membership) -> None:
    before, _ = changed(client, member)

    form, focus = changed(client, member, drop="rest-0")

    assert {name: value for name, value in before.items() if not name.startswith("rest")} == form
    assert focus == '{"vigie:sheet": {"focus": "add=rest"}}'


def test_a_schedule_begins_in_the_readers_time_zone(client: Client, member: Membership) -> None:
    form, _ = changed(client, member, add="schedule")

    assert form["schedule-zone"] == ["Europe/Paris"]
    assert form["schedule-days"][1:] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def test_the_focus_stays_on_what_was_changed(client: Client, member: Membership) -> None:
    form = {**NEW, "if-0-kind": ["viewers"]}

    answer = client.post(address("rule-new-sheet", member.workspace), form, headers={"HX-Trigger-Name": "if-0-kind"})

    assert answer.headers["HX-Trigger-After-Settle"] == '{"vigie:sheet": {"focus": "if-0-kind"}}'
    assert "if-0-viewers" in sent(answer.content.decode())


def test_a_condition_that_the_event_does_not_know_stays_and_is_told(client: Client, member: Membership) -> None:
    answer = client.post(address("rule-new-sheet", member.workspace), {**NEW, "when": ["viewers"]})

    html = answer.content.decode()
    assert sent(html)["if-0-kind"] == ["says"]
    assert "“words” cannot be asked of “viewers are counted”." in flat(html)


@pytest.mark.parametrize("kind", list(CONDITIONS))
def test_every_condition_has_a_field(client: Client, member: Membership, kind: str) -> None:
    when = next(iter(sorted(CONDITIONS[kind].asks_of)))

    form, _ = changed(client, member, **{"when": when, "if-0-kind": kind})

    if kind not in {"role", "category"}:  # boxes, none of which is ticked yet
        assert f"if-0-{kind}" in form


# ── flaws ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"name": ""}, "name", "This is needed."),
        ({"if-0-says": ""}, "if-0", "Name at least one."),
        ({"rest-0-time": "soon"}, "rest-0", "“soon” is no duration of at most a day: write 30 s, 2 min or 1 h."),
        ({"per_hour": "0"}, "per_hour", "This must be at least 1."),
        ({"quorum-users": "1", "quorum-within": "9 s"}, "quorum", "This must be at least 2."),
        ({"schedule-from": "x", "schedule-to": "23:00"}, "schedule", "“x” is no time of day: write 18:30."),
        ({"schedule-days": "", "schedule-to": "23:00"}, "schedule", "Name at least one."),
        ({"then-0-label": "x" * 121}, "then-0", "This is too long: at most 120 characters."),
        ({"then-0-do": "dance"}, "then-0", "Choose one of the list."),
        ({"when": "likes", "if-0-kind": "likes"}, "if-0", "Choose one of the list."),
    ],
)
def test_nothing_is_saved_while_something_is_wrong(
    client: Client, member: Membership, change: dict[str, str], place: str, words: str
) -> None:
    answer = client.post(address("rule-new", member.workspace), {**NEW, **change})

    html = flat(answer.content.decode())
    assert answer.status_code == 400
    assert f'id="flaw-{place}" >{words} </p>' in html
    assert "Nothing was saved" in html
    assert not Rule.objects.exists()


def test_a_preview_tells_flaws_where_they_are(client: Client, member: Membership) -> None:
    answer = client.post(address("rule-new-preview", member.workspace), {**NEW, "rest-0-time": "soon"})

    html = flat(answer.content.decode())
    assert 'id="flaw-rest-0" hx-swap-oob="true">“soon” is no duration' in html
    assert 'id="flaw-if-0" hx-swap-oob="true"></p>' in html
    assert "Once the rule is complete" in html


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_rules(
    client: Client, member: Membership, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        make_rule(member.workspace, spec(f"Rule {place}"))
    opened(client, "rules", member.workspace)

    with django_assert_max_num_queries(13):
        html = opened(client, "rules", member.workspace)

    assert html.count('class="row-rule"') == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_editor_costs_the_same_however_many_rules(
    client: Client, member: Membership, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        make_rule(member.workspace, spec(f"Rule {place}"))
    opened(client, "rule", member.workspace, 1)

    with django_assert_max_num_queries(22):
        opened(client, "rule", member.workspace, 1)


def test_a_team_without_rules_is_told_what_they_are(client: Client, member: Membership) -> None:
    html = opened(client, "rules", member.workspace)

    assert "No rule yet." in html
    assert html.count("?example=") == len(editing.EXAMPLES)


def test_whoever_only_reads_is_offered_nothing_to_write(client: Client) -> None:
    auditor = signed_in(client, make_membership("auditor"))
    make_rule(auditor.workspace)

    html = opened(client, "rules", auditor.workspace)

    assert "New rule" not in html
    assert "Import" not in html


def test_rules_of_others_are_not_found(client: Client, member: Membership) -> None:
    other = make_rule()

    for name in ("rule", "rule-export"):
        assert client.get(address(name, member.workspace, other.rule.number)).status_code == 404
