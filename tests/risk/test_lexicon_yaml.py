"""Policies as YAML: what is shipped can be read, and a bad edit names its line."""

import pytest

from tests.risk.blorks import LEXICON
from vigie.risk import lexicon_yaml
from vigie.risk.flaws import BadLexicon
from vigie.risk.lexicon import SAYABLE, Group, Need, OtherKind, Phrases, Predicate, Side, Slur, Strength
from vigie.risk.lexicon_yaml import SHIPPED, parse, shipped, shipped_policy
from vigie.risk.signals import Kind


def test_parse_returns_the_lexicon_of_each_language() -> None:
    lexicon = parse(LEXICON)["en"]

    assert (lexicon.language, lexicon.version) == ("en", "1")
    assert lexicon.groups[1] == Group(
        "snorks", "the snorks", Phrases(("snork(s)",), (("snork",), ("snorks",))), Phrases(("green",), (("green",),))
    )
    assert lexicon.slurs == (
        Slur("blorks", Strength.STRONG, False, Phrases(("blorkface(s)",), (("blorkface",), ("blorkfaces",)))),
        Slur("snorks", Strength.NORMAL, True, Phrases(("snorkel(s)",), (("snorkel",), ("snorkels",)))),
    )
    assert lexicon.predicates[2] == Predicate(
        Kind.THREAT, Side.AFTER, Need.NOTHING, Strength.NORMAL, Phrases(("death to",), (("death", "to"),)), implies=""
    )
    assert [other.kind for other in lexicon.others] == list(OtherKind)
    assert lexicon.guards.nobody.forms == (("nobody",),)
    assert lexicon.grammar.people == {"people", "child", "children"}


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_shipped_can_be_read_and_is_complete(language: str) -> None:
    lexicon = parse(shipped(language))[language]

    assert lexicon.language == language
    assert len(lexicon.groups) >= 15
    assert {predicate.kind for predicate in lexicon.predicates} == set(SAYABLE)
    assert all(group.names.forms or group.adjectives.forms for group in lexicon.groups)
    assert all(getattr(lexicon.guards, name).forms for name in lexicon.guards.__slots__)


def test_the_shipped_policy_holds_every_language_with_labels_for_the_same_groups() -> None:
    policy = parse(shipped_policy())

    assert set(policy) == set(SHIPPED)
    assert len(shipped_policy()) < lexicon_yaml.MAX_CHARS / 2
    keys = {language: {group.key for group in lexicon.groups} for language, lexicon in policy.items()}
    assert keys["fr"] - keys["en"] == set()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("language: en", "language: english", "line 2: “language” cannot be “english”; it must look like [a-z]{2}"),
        ('version: "1"', "", "line 2: “lexicon” has no “version”"),
        ('"1"', "1" * 41, f"line 3: “version” cannot be “{'1' * 41}”; it must look like .{{1,40}}"),
        ("{key: blorks,", "{key: Blorks,", "line 5: “key” cannot be “Blorks”; it must look like [a-z][a-z_]{1,39}"),
        ("{key: blorks, label: the blorks,", "{key: snorks, label: x,", "line 4: two groups have the same key"),
        ("{group: blorks,", "{group: blrks,", "line 8: “group” cannot be “blrks”; it is one of: blorks, snorks"),
        (
            "strength: strong",
            "strength: huge",
            "line 8: “strength” cannot be “huge”; it is one of: normal, strong, weak",
        ),
        ("also_insult: true", "also_insult: yes", "line 9: “also_insult” cannot be “yes”; it is one of: false, true"),
        ("kind: dehumanization", "kind: denial", "line 11: “kind” cannot be “denial”; it is one of: accusation, "),
        (
            "group: before, needs: copula",
            "group: left",
            "line 11: “group” cannot be “left”; it is one of: after, around",
        ),
        ("needs: speaker", "needs: nobody", "line 14: “needs” cannot be “nobody”; it is one of: call, copula, nothing"),
        ("words: [go home]", "word: [go home]", "line 16: “predicates” cannot have “word”"),
        ("kind: people", "kind: persons", "line 20: “kind” cannot be “persons”; it is one of: people, power, things"),
        ("nobody: [nobody]", "noone: [nobody]", "line 28: “guards” cannot have “noone”"),
        ("everyone: [all, every]", "everyone: [all of]", "line 39: “everyone” holds single words only, not “all of”"),
        ("profanity: [darn]", "profanity: darn", "line 24: “profanity” must be a list"),
        ("exceptions:", "exemptions:", "line 25: “lexicon” cannot have “exemptions”"),
    ],
)
def test_a_bad_edit_is_told_with_its_line_and_the_reason(old: str, new: str, message: str) -> None:
    assert LEXICON.count(old) >= 1

    with pytest.raises(BadLexicon) as told:
        parse(LEXICON.replace(old, new, 1))

    assert str(told.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the policy is empty"),
        ("# nothing", "line 1: the policy is empty"),
        (LEXICON + "---" + LEXICON, "line 51: there is a lexicon for “en” already"),
        ("x" * 400_001, "line 1: the policy has 400001 characters; at most 400000"),
        ("language: en\nversion: 1\ngroups: []\n", "line 1: “lexicon” has no “guards”"),
    ],
)
def test_a_policy_must_hold_one_lexicon_a_language(text: str, message: str) -> None:
    with pytest.raises(BadLexicon) as told:
        parse(text)

    assert str(told.value).startswith(message)


def test_a_small_text_cannot_stand_for_a_huge_number_of_forms() -> None:
    many = ", ".join(f"w{n}(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)" for n in range(300))

    with pytest.raises(BadLexicon, match="line 24: up to here the lexicon stands for more than 50000 forms"):
        parse(LEXICON.replace("[darn]", f"[{many}]"))


def test_repeated_references_cannot_make_a_small_text_large() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )

    with pytest.raises(BadLexicon, match="“lexicon” has no “language”"):
        parse(bomb)


PREDICATE = "  - {kind: hate, group: after, words: [despise]}\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("groups:", "a: " + "[" * 100_000 + "\ngroups:", "line 4: lists and fields lie in each other more than 8 deep"),
        (
            "groups:",
            "a: " + "{a: " * 60_000 + "\ngroups:",
            "line 4: lists and fields lie in each other more than 8 deep",
        ),
        ("[darn]", "[darn\n" + "\n" * 20_000 + "]", "line 1: the policy has 20050 lines; at most 20000"),
        (
            "groups:",
            "sets:\n  a: [" + "x" * 100 + "]\n  b: [" + "<a>" * 50_000 + "]\ngroups:",
            f"line 6: “{'<a>' * 33}<…” stands for more than 100 characters",
        ),
        ("predicates:\n", "predicates:\n" + PREDICATE * 99, "line 23: “despise” stands in more than 12 lists"),
        (
            "predicates:\n",
            "predicates:\n  - &p {kind: hate, group: after, words: [despise]}\n" + "  - *p\n" * 9_999,
            "line 11: “despise” stands in more than 12 lists",
        ),
    ],
)
def test_a_policy_that_would_take_the_process_down_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(BadLexicon) as told:
        parse(LEXICON.replace(old, new, 1))

    assert str(told.value).startswith(message)
