from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules import happenings
from vigie.rules import editing
from vigie.rules.conditions import CONDITIONS, Value
from vigie.rules.document import read_one
from vigie.rules.editing import Data, data_of, sheet, with_row, without_row
from vigie.rules.kinds import Scope, When
from vigie.rules.marks import MarkOptions

CLIP: Data = {"name": "Clip it", "when": "chat", "if": [{"says": ["clip"]}], "then": ["mark"]}
ROWS: Data = CLIP | {
    "if": [{"says": ["clip"]}, {"role": ["vip"]}, {"viewers": 5}],
    "unless": [{"user": ["bot"]}],
    "cooldown": {"channel": "2 min", "user": "1 h"},
    "quorum": {"users": 2, "within": "30 s"},
    "schedule": {"from": "18:00", "to": "23:00"},
    "then": ["mark", {"clip": {"before": "5 s"}}],
}


def posted(**fields: str | list[str]) -> dict[str, list[str]]:
    """Return fields as they are sent; `_` in a name stands for `-`, `__` for `_`."""
    names = {name: name.replace("__", "\0").replace("_", "-").replace("\0", "_") for name in fields}
    return {names[name]: value if isinstance(value, list) else [value] for name, value in fields.items()}


# ── what a form holds ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_becomes_a_rule() -> None:
    form = posted(
        name=" Clip  it ",
        when="chat",
        channels="@a, @b",
        if_0_kind="says",
        if_0_says="clip\r\n!clip",
        if_0_place="anywhere",
        if_0_loose="1",
        if_3_kind="role",
        if_3_role=["vip", "moderator"],
        unless_0_kind="user",
        unless_0_user="bot",
        rest_0_scope="channel",
        rest_0_time="2 min",
        quorum_users="2",
        quorum_within="30 s",
        per__hour="12",
        then_0_do="mark",
        then_0_label="Here",
    )

    assert data_of(form) == {
        "name": "Clip  it",
        "when": "chat",
        "channels": ["@a", "@b"],
        "if": [
            {"says": ["clip", "!clip"], "place": "anywhere", "loose": True},
            {"role": ["vip", "moderator"]},
        ],
        "unless": [{"user": ["bot"]}],
        "cooldown": {"channel": "2 min"},
        "quorum": {"users": 2, "within": "30 s"},
        "per_hour": 12,
        "then": [{"do": "mark", "options": {"label": "Here"}}],
    }


def test_a_condition_keeps_the_fields_of_its_kind_only() -> None:
    form = posted(when="gift", if_0_kind="viewers", if_0_viewers="5", if_0_says="clip", if_0_at__most="9")

    assert data_of(form)["if"] == [{"viewers": 5}]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12", 12),
        ("0,7", 0.7),
        ("0.7", 0.7),
        ("4.0", 4),
        ("-3", -3),
        ("", ""),
        ("many", "many"),
        ("1e9", "1e9"),
        ("٣", "٣"),
        ("1 000", "1 000"),
    ],
)
def test_a_figure_is_read_and_anything_else_stays_as_typed(typed: str, read: object) -> None:
    assert data_of(posted(if_0_kind="viewers", if_0_viewers=typed))["if"] == [{"viewers": read}]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a, b", ["a", "b"]),
        ("a\nb,,\n c ", ["a", "b", "c"]),
        ("", []),
        (" , \n", []),
        ('"a, b", c', ["a, b", "c"]),
        ('"say ""hi"", all"', ['say "hi", all']),
        ('5" nails, b', ['5" nails', "b"]),
        ('"open, b', ['"open', "b"]),
        ('"a" b, c', ['"a" b', "c"]),
        ('" a "', [" a "]),
        ('""', []),
    ],
)
def test_entries_stand_between_commas_and_lines_or_in_quotes(typed: str, read: list[str]) -> None:
    assert editing.entries(typed) == read


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=6), st.sampled_from([", ", "\n"]))
@example(['"', '"'], ", ")
def test_entries_are_read_as_they_are_written(entries: list[str], between: str) -> None:
    assert editing.entries(between.join(map(editing.written_entry, entries))) == entries


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=8), max_size=3), max_size=8))
def test_whatever_is_sent_makes_a_sheet(form: dict[str, list[str]]) -> None:
    assert sheet(data_of(form), options={}).data == sheet(data_of(form)).data


@given(st.text(alphabet='"a,\n ', max_size=400))
def test_entries_never_fail(typed: str) -> None:
    assert all(entry for entry in editing.entries(typed))


# ── rows more and less ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("section", "added"),
    [
        ("if", {"if": [*ROWS["if"], {"says": []}]}),
        ("unless", {"unless": [*ROWS["unless"], {"says": []}]}),
        ("rest", {"cooldown": {**ROWS["cooldown"], "rule": "2 min"}}),
        ("then", {"then": [*ROWS["then"], {"do": "mark", "options": {}}]}),
        ("quorum", {"quorum": {"users": 2, "within": "60 s"}}),
        ("schedule", {"schedule": {"from": "18:00", "to": "23:00"}}),
        ("nonsense", {}),
    ],
)
def test_a_row_more_changes_nothing_else(section: str, added: Data) -> None:
    assert with_row(ROWS, section, actions=["mark"]) == ROWS | added


def test_a_rule_rests_for_nothing_that_its_event_does_not_tell_of() -> None:
    viewers = {"when": "viewers", "cooldown": {}}

    assert with_row(viewers, "rest")["cooldown"] == {"channel": "2 min"}
    assert with_row(viewers | {"cooldown": {"channel": "1 s", "rule": "1 s"}}, "rest")["cooldown"].keys() == {
        "channel",
        "rule",
    }


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ("if-1", {"if": [{"says": ["clip"]}, {"viewers": 5}]}),
        ("unless-0", {"unless": []}),
        ("rest-0", {"cooldown": {"user": "1 h"}}),
        ("then-1", {"then": ["mark"]}),
        ("if-9", {}),
    ],
)
def test_a_row_less_changes_nothing_else(row: str, left: Data) -> None:
    assert without_row(ROWS, row) == ROWS | left


@pytest.mark.parametrize("group", ["quorum", "schedule"])
def test_a_group_is_taken_away(group: str) -> None:
    assert without_row(ROWS, group) == {key: value for key, value in ROWS.items() if key != group}


@pytest.mark.parametrize("section", ["if", "unless", "rest", "then", "quorum", "schedule"])
def test_what_was_added_can_be_taken_away(section: str) -> None:
    plain = {key: value for key, value in ROWS.items() if key not in {"quorum", "schedule"}}
    more = with_row(plain, section, actions=["mark"])

    prefix = editing.last_row(more, section).removesuffix("-")

    assert without_row(more, prefix) == plain


@pytest.mark.parametrize("when", list(When))
def test_only_conditions_that_may_be_asked_are_offered(when: When) -> None:
    asked = editing.kinds_of(when)
    exceptions = editing.kinds_of(when, "unless")

    assert all(when in CONDITIONS[kind].asks_of for kind in asked)
    assert set(asked) - set(exceptions) == {kind for kind in asked if CONDITIONS[kind].remembers}


@pytest.mark.parametrize(
    ("when", "scopes"),
    [
        ("chat", ["channel", "user", "rule"]),
        ("assessment", ["channel", "target", "rule"]),
        ("viewers", ["channel", "rule"]),
        ("nonsense", ["channel", "rule"]),
    ],
)
def test_a_rule_may_rest_for_what_its_event_tells_of(when: str, scopes: list[str]) -> None:
    known = editing.scopes_of(when)

    assert known == scopes if when != "nonsense" else set(known) <= {scope.value for scope in Scope}


# ── the sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────


def flaws(data: Data, **given: Any) -> dict[str, list[str]]:
    """Return the types of flaws by where they are told."""
    shown = sheet(data, **given)
    rows = {row.prefix: [str(flaw["type"]) for flaw in row.flaws] for row in shown.rows if row.flaws}
    return rows | {name: [str(flaw["type"]) for flaw in found] for name, found in shown.flaws.items() if found}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, {}),
        ({"name": ""}, {"name": ["too_short"]}),
        ({"if": [{"says": []}]}, {"if-0": ["too_short"]}),
        ({"if": [{"says": [""]}]}, {"if-0": ["value_error"]}),
        ({"if": [{"says": ["clip"]}, {"viewers": "many"}]}, {"if-1": ["int_parsing"]}),
        ({"if": [{"score": 0.5}]}, {"if-0": ["not_asked_of"]}),
        ({"unless": [{"user": ["a"]}, {"burst": 3}]}, {"unless-1": ["counts"]}),
        ({"unless": [{"matches": "("}]}, {"unless-0": ["value_error"]}),
        ({"cooldown": {"channel": "soon"}}, {"rest-0": ["no_duration"]}),
        ({"cooldown": {"channel": "1 s", "target": "1 s"}}, {"rest-1": ["no_scope"]}),
        ({"quorum": {"users": 1, "within": "9 s"}}, {"quorum": ["greater_than_equal"]}),
        ({"schedule": {"from": "25:00"}}, {"schedule": ["no_time_of_day"]}),
        ({"schedule": {"zone": "Mars"}}, {"schedule": ["no_zone"]}),
        ({"schedule": {"days": []}}, {"schedule": ["too_short"]}),
        ({"per_hour": 0}, {"per_hour": ["greater_than_equal"]}),
        ({"when": "nonsense"}, {"when": ["enum"]}),
        ({"when": "viewers", "if": []}, {"": ["all_the_time"]}),
        ({"if": [{"": ""}]}, {"if-0": ["no_condition"]}),
    ],
)
def test_each_flaw_is_told_where_it_is(change: Data, told: dict[str, list[str]]) -> None:
    assert flaws(CLIP | change) == told


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (["mark"], {}),
        ([{"mark": {"label": "Here"}}], {}),
        ([{"do": "mark", "options": {"label": "x" * 121}}], {"then-0": ["string_too_long"]}),
        (["mark", {"dance": {}}], {"then-1": ["no_action"]}),
        ([{"do": ""}], {"then-0": ["no_action"]}),
        ([7], {"then-0": ["model_type", "no_action"]}),
    ],
)
def test_what_an_action_is_told_is_told_beside_it(then: list[object], told: dict[str, list[str]]) -> None:
    options: dict[str, type[Value]] = {"mark": MarkOptions}

    assert flaws(CLIP | {"then": then}, options=options) == told
    assert sheet(CLIP | {"then": then}, options=options).is_sound is not bool(told)


def test_a_rule_without_a_name_is_tried_under_another() -> None:
    nameless = {key: value for key, value in CLIP.items() if key != "name"}

    assert sheet(nameless).spec is None
    tried = sheet(nameless, name="unnamed")
    assert tried.spec
    assert tried.spec.name == "unnamed"
    assert "name" not in tried.data


def test_what_a_condition_leaves_out_is_shown_as_usual() -> None:
    [burst] = sheet({"when": "gift", "if": [{"burst": 5}]}).conditions
    [says] = sheet(CLIP).conditions

    assert burst.values == {"burst": 5, "within": "10 s"}
    assert says.values == {"says": ["clip"], "place": "word", "loose": False}


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"if": "clip", "unless": 3, "then": "mark", "cooldown": "2 min", "quorum": 5, "schedule": "night"},
        {"if": [3, None, {"bogus": 1}], "then": [3, None, {}, {"a": 1, "b": 2}]},
        {"when": ["chat"], "channels": 3, "name": 7},
    ],
)
def test_data_of_another_version_is_shown_as_far_as_it_can_be(stored: Data) -> None:
    shown = sheet(stored, options={})

    assert shown.spec is None
    assert shown.when == "chat"
    assert all(row.prefix for row in shown.rows)


@given(happenings.specs())
def test_a_sheet_holds_the_rule_it_was_made_of(spec: Any) -> None:
    assert sheet(spec.as_data()).spec == spec


@pytest.mark.parametrize("name", [*editing.EXAMPLES, "nonsense"])
def test_an_example_is_a_rule_once_it_has_a_name_and_words(name: str) -> None:
    data = editing.example(name) | {"name": "r"}
    if name == "nonsense":
        data["if"] = [{"says": "clip"}]

    assert read_one(data).when
