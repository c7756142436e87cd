import pytest
from django.http import QueryDict

from tests.risk.blorks import LEXICON
from vigie.risk.forms import TRIED_CHARS, PolicyForm, TrialForm, language_choices
from vigie.risk.lexicon_yaml import joined, parse, sources
from vigie.risk.models import Policy
from vigie.risk.operations import Edit

FRENCH = LEXICON.replace("language: en", "language: fr")
POLICY = Policy(version=3, lexicon=joined([FRENCH, LEXICON]))


def edited(lexicon: str, language: str = "en", note: str = "why", based_on: str = "3") -> PolicyForm:
    data = QueryDict(mutable=True)
    data.update({"lexicon": lexicon, "note": note, "based_on": based_on})
    return PolicyForm(POLICY, language, data)


def test_the_form_shows_the_rules_in_one_language() -> None:
    form = PolicyForm(POLICY, "fr")

    assert form.initial == {"lexicon": FRENCH.lstrip("\n"), "based_on": 3}
    assert form.former() == FRENCH.lstrip("\n")
    assert PolicyForm(POLICY, "de").former() == ""


def test_an_edit_is_the_whole_policy_with_one_language_replaced() -> None:
    form = edited(LEXICON.replace("darn", "drat").replace("\n", "\r\n"))

    assert form.is_valid()
    assert form.edit() == Edit(joined([FRENCH, LEXICON.replace("darn", "drat")]), "why", 3)


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        (LEXICON.replace("kind: threat", "kind: thread", 1), "Line 11: “kind” cannot be “thread”; it is one of: "),
        (LEXICON.replace("[darn]", "[darn"), "Line 24: this is not YAML: "),
        (FRENCH, "Line 50: there is a lexicon for “fr” already."),
        ("language: en", "Line 1: “lexicon” has no “version”."),
        ("", "This field is required."),
    ],
)
def test_a_bad_edit_is_answered_with_the_line_and_the_reason(lexicon: str, message: str) -> None:
    form = edited(lexicon.lstrip("\n"))

    assert not form.is_valid()
    (error,) = form.errors["lexicon"]
    assert str(error).startswith(message)


def test_an_edit_says_why() -> None:
    form = edited(LEXICON, note="")

    assert not form.is_valid()
    assert set(form.errors) == {"note"}


def test_a_trial_has_a_text_and_a_language_of_the_policy() -> None:
    form = TrialForm(["fr", "en"], QueryDict("text=bonjour&language=de"), chosen="fr")

    assert set(form.errors) == {"language"}
    assert TrialForm(["fr", "en"], QueryDict("text=bonjour&language=fr")).is_valid()
    assert not TrialForm(["fr"], QueryDict(f"language=fr&text={'x' * (TRIED_CHARS + 1)}")).is_valid()


def test_languages_are_named_in_the_reader_s() -> None:
    assert language_choices(["fr", "en"]) == [("fr", "French"), ("en", "English")]


@pytest.mark.parametrize(
    "english",
    [
        "---" + LEXICON.replace("language: en", '"language": en'),
        "---" + LEXICON.replace("language: en", "language : 'en'"),
        "--- # the rules in English" + LEXICON,
        "...\n---" + LEXICON,
        "--- {language: en, version: '1', guards: {}, grammar: {}}\n",
    ],
    ids=["quoted name", "spaced name", "comment", "ended", "one line"],
)
def test_an_edit_loses_no_language_however_the_others_are_written(english: str) -> None:
    policy = FRENCH + english

    kept = sources(policy)

    assert list(kept) == ["fr", "en"]
    assert parse(joined(kept.values())) == parse(policy)


def test_a_policy_is_cut_into_its_lexicons_and_joined_again() -> None:
    assert sources(POLICY.lexicon) == {"fr": FRENCH.lstrip("\n"), "en": LEXICON.lstrip("\n")}
    assert joined(sources(POLICY.lexicon).values()) == POLICY.lexicon
