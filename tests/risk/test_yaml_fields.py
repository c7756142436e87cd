"""Reading YAML field by field: a bad edit is answered with its line and the reason."""

import pytest

from vigie.risk.flaws import BadLexicon
from vigie.risk.lexicon import Phrases
from vigie.risk.yaml_fields import Fields, documents


def fields(text: str) -> Fields:
    (only,) = documents(text)
    return only


def trouble(text: str, name: str, kind: str = "phrases") -> str:
    with pytest.raises(BadLexicon) as told:
        getattr(fields(text), kind)(name)
    return str(told.value)


def test_phrases_keep_what_was_written_and_every_form_once() -> None:
    read = fields("words: [Chat(s), chats, 'ÉTÉ indien']").phrases("words")

    assert read == Phrases(("Chat(s)", "chats", "ÉTÉ indien"), (("chat",), ("chats",), ("ete", "indien")))


def test_a_list_that_is_not_given_is_empty() -> None:
    assert fields("a: b").phrases("words") == Phrases()
    assert list(fields("a: b").entries("groups")) == []
    assert fields("a: b").flag("also_insult") is False


def test_sets_may_use_the_sets_above_them() -> None:
    read = fields("sets:\n  s: [s, ses]\n  cats: [cat<s>]\nwords: [big <cats>]")
    read.read_sets()

    assert read.phrases("words").forms == (("big", "cats"), ("big", "catses"))


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("x: 1\nwords: mot", "phrases", "line 2: “words” must be a list: one entry a line after a dash, or [one, two]"),
        ("words:\n- a\n- [b]", "phrases", "line 3: “words” must be words, not a list or fields"),
        ("words:\n- a\n- ''", "phrases", "line 3: “words” is empty"),
        ("words:\n- a\n- '?!'", "phrases", "line 3: “?!” holds no word"),
        ("words: [a,\n b(c]", "phrases", "line 2: “b(c”: the bracket at character 2 is never closed"),
        ("words: [a b]", "single_words", "line 1: “words” holds single words only, not “a b”"),
        ("a: b", "text", "line 1: “lexicon” has no “words”"),
        ("words: [a]", "text", "line 1: “words” must be words, not a list or fields"),
        ("a: b", "inner", "line 1: “lexicon” has no “words”"),
        ("words: b", "inner", "line 1: “words” must be fields, each on a line: name: value"),
        ("words: maybe", "flag", "line 1: “words” cannot be “maybe”; it is one of: false, true"),
    ],
)
def test_a_bad_field_is_told_with_its_line(text: str, kind: str, message: str) -> None:
    assert trouble(text, "words", kind).startswith(message)


def test_text_must_look_as_asked_for() -> None:
    with pytest.raises(BadLexicon, match=r"line 2: “key” cannot be “Blork”; it must look like \[a-z\]\+"):
        fields("x: y\nkey: Blork").text("key", pattern="[a-z]+")


def test_a_choice_names_the_choices() -> None:
    with pytest.raises(BadLexicon, match="line 1: “side” cannot be “left”; it is one of: after, before"):
        fields("side: left").choice("side", {"before", "after"})


def test_a_field_given_twice_is_refused() -> None:
    with pytest.raises(BadLexicon, match="line 3: “a” is given twice"):
        fields("a: 1\nb: 2\na: 3")


def test_a_field_nobody_knows_is_refused_where_it_stands() -> None:
    read = fields("known: x\n\nknwon: y")
    read.text("known")

    with pytest.raises(BadLexicon, match="line 3: “lexicon” cannot have “knwon”"):
        read.refuse_the_rest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: b\nc: [d\n",
            "line 3: this is not YAML: did not find expected ',' or ']', while parsing a flow sequence from line 2",
        ),
        ("a: b\n\tc: d", "line 2: this is not YAML: "),
        ("a: *nowhere", "line 1: this is not YAML: "),
        ("a: b\nc: \x07", "line 2: this is not YAML: U+0007"),
        ("- a\n- b", "line 1: “lexicon” must be fields, each on a line: name: value"),
        ("just words", "line 1: “lexicon” must be fields"),
        ("? [a]\n: b", "line 1: “name” must be words"),
    ],
)
def test_what_is_no_yaml_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(BadLexicon) as told:
        list(documents(text))

    assert str(told.value).startswith(message)
    assert "\n" not in str(told.value)


def test_lines_are_counted_over_all_documents() -> None:
    first, second = documents("a: b\n---\nc: d\n")

    assert (first.line, second.line) == (1, 3)
