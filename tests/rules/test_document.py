"""The YAML of rules: read, refused in one line, written so that it is read back."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.happenings import specs
from vigie.rules.document import MOST_CHARS, BadRules, read, read_one, write
from vigie.rules.spec import RuleSpec

RULE = "- name: r\n  when: chat\n"


def read_or_refused(data: object) -> RuleSpec | None:
    """Return the rule, None where it was refused; a refusal of more than a line fails."""
    refused = ""
    try:
        return read_one(data)
    except BadRules as error:
        refused = str(error)
    assert len(refused.splitlines()) == 1
    refused.encode()
    return None


def refusal(text: str) -> str:
    with pytest.raises(BadRules) as refused:
        read(text)
    return str(refused.value)


@pytest.mark.parametrize(
    "text", [RULE, f"rules:\n{RULE}", "[{name: r, when: chat}]", '{"rules":[{"name":"r","when":"chat"}]}']
)
def test_document_is_a_list_or_rules_with_a_list_below(text: str) -> None:
    assert read(text) == [read_one({"name": "r", "when": "chat"})]


def test_rules_keep_their_order() -> None:
    assert [spec.name for spec in read("".join(f"- {{name: r{n}, when: chat}}\n" for n in range(30)))] == [
        f"r{n}" for n in range(30)
    ]


@given(st.lists(specs(), min_size=1, max_size=4), st.lists(st.text(min_size=1, max_size=40), min_size=4, unique=True))
def test_what_is_written_is_read_back(rules: list[RuleSpec], names: list[str]) -> None:
    renamed: list[RuleSpec] = []
    for spec, name in zip(rules, names, strict=False):
        try:
            renamed.append(read_one(spec.as_data() | {"name": name}))
        except BadRules:
            renamed.append(spec.model_copy(update={"name": f"rule {len(renamed)}"}))
    if len({spec.name for spec in renamed}) == len(renamed):
        assert read(write(renamed)) == renamed


OPTIONS = st.recursive(
    st.text(max_size=9) | st.integers(-99, 99) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@example("a line\u2028and a paragraph\u2029", "next line: \x85")
@given(st.text(min_size=1, max_size=20), OPTIONS)
def test_texts_of_any_kind_survive(keyword: str, option: object) -> None:
    """Words that YAML would read as something else, quotes, colons, line breaks, emojis."""
    data = {"name": "r", "when": "chat", "if": [{"says": [keyword]}], "then": [{"mark": {"label": option}}]}
    if spec := read_or_refused(data):
        assert read(write([spec])) == [spec]


@pytest.mark.parametrize(
    "word",
    ["on", "no", "oui", "y", "007", "0x1F", "1_000", "18:30", "2026-11-22", "1e3", ".5", ".nan", "=", "<<", "0b1"],
)
def test_words_that_yaml_1_1_takes_for_something_else_are_words(word: str) -> None:
    (spec,) = read(f"- name: r\n  when: chat\n  if:\n  - says: {word}\n")
    assert spec.as_data()["if"] == [{"says": [word]}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no rule in it."),
        ("# nothing\n", "There is no rule in it."),
        ("rules: []", "There is no rule in it."),
        ("rules: clip", "There is no rule in it."),
        ("just words", "There is no rule in it."),
        ("name: r\nwhen: chat", "A document of rules is a list, or “rules:” with a list below it, and nothing else."),
        (f"rules:\n{RULE}version: 1", "A document of rules is a list, or “rules:” with a list below it, and nothing e"),
        ("- clip", "rule 1: it must be fields, each on a line: name, when, if, then."),
        (f"{RULE}- when: chat", "rule 2, name: it is missing."),
        (f"{RULE}- name: s", "rule 2 “s”, when: it is missing."),
        (f"{RULE}{RULE}", "Two rules are named “r”."),
        (f"{RULE}  when: gift", "line 3: “when” is given twice."),
        ("- name: r\n  [a]: b", "line 2: the name of a field must be a word."),
        ("- name: r\n  ~: b", "line 2: the name of a field must be a word."),
        ("- name: r\n  1: b", "rule 1 “r”, when: it is missing."),
        ("- name: [", "line 2: this is not YAML: did not find expected node content."),
        ("- name: 'r", "line 1: this is not YAML: found unexpected end of stream."),
        ("a: b: c", "line 1: this is not YAML: mapping values are not allowed in this context."),
        ("- a\n---\n- b", "line 2: this is not YAML: but found another document."),
        ("- \x07", "This is not YAML: unacceptable character #x0007: control characters are not allowed."),
        ("- \ud800", "This is not YAML: 'utf-8' codec can't encode character '\\ud800' in position 2: surr"),
        ("- &a {name: r, when: chat}\n- *a", "line 1: anchors and aliases are not read: write the words twice."),
        ("- *a", "line 1: anchors and aliases are not read: write the words twice."),
        ("- !!python/object:os.system {}", "line 1: types such as “tag:yaml.org,2002:python/object:os.system” are not"),
        ("- !!int ''", "line 1: types such as “tag:yaml.org,2002:int” are not read."),
        ("- !!timestamp x", "line 1: types such as “tag:yaml.org,2002:timestamp” are not read."),
        ("[" * 13, "line 1: lists and fields lie in each other more than 12 deep."),
        ("[" * 1_000_000, "line 1: lists and fields lie in each other more than 12 deep."),
        (" " * (MOST_CHARS + 1), "The rules have 2,000,001 characters; at most 2,000,000."),
        ("- a\n" * 1001, "There are 1001 rules; at most 1000."),
        ('- name: "a\\u2028b\\nc"\n  when: x', "rule 1 “a b c”, when: it must be one of: 'chat', 'gift', 'like'"),
        ('- name: "a\\x85b"\n  when: chat', "rule 1 “a b”, a text holds control characters."),
        ('- name: "a\\0b"\n  when: chat', "rule 1 “a\0b”, a text holds control characters."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_line(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("per_hour", "9" * 400, "per_hour: it must be at most 1000000000000"),
        ("per_hour", "9" * 5000, "per_hour: the number is too large"),
        ("per_hour", "1e400", "per_hour: it must be a number"),
        ("per_hour", ".inf", "per_hour: it must be a number"),
        ("per_hour", "true", "per_hour: it must be a number"),
        ("cooldown", ".nan", "cooldown.channel: “.nan” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("cooldown", "9" * 400, f"cooldown.channel: “{'9' * 40}” is no duration of at most a day"),
        ("cooldown", "999999999999999999", "a number is too large"),
    ],
)
def test_numbers_of_surprising_forms_are_refused(field: str, value: str, message: str) -> None:
    assert refusal(f"{RULE}  {field}: {value}").startswith(f"rule 1 “r”, {message}")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400, -(10**16)])
def test_numbers_that_no_database_keeps_are_refused_in_options_too(number: float) -> None:
    with pytest.raises(BadRules, match="rule “r”, a number is too large"):
        read_one({"name": "r", "when": "chat", "then": [{"mark": {"label": [number]}}]})


def test_json_that_lies_in_itself_for_ever_is_refused() -> None:
    label: Any = []
    for _ in range(50):
        label = [label]
    with pytest.raises(BadRules, match="rule “r”, lists and fields lie in each other more than 12 deep"):
        read_one({"name": "r", "when": "chat", "then": [{"mark": {"label": label}}]})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["chat", "30 s", "mark"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "when", "if", "then", "says", "quorum", "users", "drops", "days"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_data_is_a_rule_or_refused_in_one_line(data: object) -> None:
    rule = {"name": "r", "when": "chat"}
    for tried in (data, rule | {"if": [data], "then": data}, {"name": "r", "when": "viewers", "if": data}):
        if spec := read_or_refused(tried):
            assert read(write([spec])) == [spec]


@given(st.text(max_size=60) | JSON.map(lambda data: yaml.safe_dump([data])) | JSON.map(json.dumps))
def test_any_text_is_rules_or_refused_in_one_line(text: str) -> None:
    refused = "one line"
    try:
        assert read(text)
    except BadRules as error:
        refused = str(error)
    assert len(refused.splitlines()) == 1
    refused.encode()


def test_many_keywords_are_read() -> None:
    words = [f"keyword{number}" for number in range(10_000)]
    (spec,) = read(write([read_one({"name": "r", "when": "chat", "if": [{"says": words}]})]))
    assert spec.as_data()["if"] == [{"says": words}]
