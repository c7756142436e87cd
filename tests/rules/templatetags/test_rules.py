from types import SimpleNamespace

import pytest
from django.utils import translation

from tests.factories import NOW
from tests.rules.happenings import happening
from vigie.rules import actions, editing
from vigie.rules.brakes import Brake, Held
from vigie.rules.models import Firing
from vigie.rules.sheets import Desk
from vigie.rules.templatetags import rules

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("values", "lines", "commas"),
    [
        (["a", "b"], "a\nb", "a, b"),
        (("a, b", "c"), '"a, b"\nc', '"a, b", c'),
        ([100, 1000], "100\n1000", "100, 1000"),
        ("typed", "typed", "typed"),
        (None, "", ""),
        ([], "", ""),
    ],
)
def test_entries_are_shown_as_they_are_typed(values: object, lines: str, commas: str) -> None:
    assert rules.typed_lines(values) == lines
    assert rules.typed_commas(values) == commas


@pytest.mark.parametrize(
    ("value", "shown", "french"),
    [
        (0.3, "30 %", f"30{NO_BREAK}%"),
        (0.125, "12.5 %", f"12,5{NO_BREAK}%"),
        (1, "100 %", f"100{NO_BREAK}%"),
        (1 / 3, "0.3333333333333333", "0,3333333333333333"),
        ("lots", "lots", "lots"),
        ("", "", ""),
    ],
)
def test_a_share_is_shown_as_it_is_typed(value: object, shown: str, french: str) -> None:
    assert rules.share(value) == shown
    with translation.override("fr"):
        assert rules.share(value) == french


@pytest.mark.parametrize(
    ("offered", "own", "shown"),
    [(["a", "b"], "b", ["a", "b"]), (["a"], "z", ["a", "z"]), (["a"], "", ["a"]), ([], "", [])],
)
def test_what_stands_there_may_be_chosen(offered: list[str], own: str, shown: list[str]) -> None:
    assert rules.with_own(offered, own) == shown


@pytest.mark.parametrize(
    ("mapping", "key", "value"), [({"a": 1}, "a", 1), ({"a": 1}, "b", ""), ({}, "a", ""), (None, "a", "")]
)
def test_an_entry_that_is_missing_is_nothing(mapping: dict[str, int], key: str, value: object) -> None:
    assert rules.entry(mapping, key) == value


def test_an_action_says_what_it_is_told() -> None:
    desk = Desk(None, editing.sheet({"then": [{"mark": {"label": "Here"}}, "dance"]}), 0, {})
    mark, dance = desk.sheet.actions

    [label] = rules.options_of(desk, mark)

    assert (label.name, label.label, label.value, label.usual) == ("label", "label", "Here", "the name of the rule")
    assert label.is_long
    assert rules.options_of(desk, dance) == []
    assert rules.action_label(desk, "mark") == "Mark the moment"
    assert rules.action_label(desk, "dance") == "dance"


def test_every_action_has_a_drawing_and_words() -> None:
    for key in actions.known():
        assert rules.action_icon(key) != "rules"
        assert rules.done_words(key) != key or key in {"clip", "mark", "alert"}
    assert rules.action_icon("dance") == "rules"


@pytest.mark.parametrize(("at_s", "shown"), [(100.0, "85.0-115.0"), (3.0, "0.0-18.0"), (-2.0, "0.0-15.0")])
def test_a_moment_is_shown_with_what_is_around_it(at_s: float, shown: str) -> None:
    assert rules.stretch(happening("chat", at_s)) == shown
    assert rules.stretch(Firing(at_s=at_s)) == shown


def test_what_is_newer_has_a_smaller_figure() -> None:
    assert float(rules.newest_first(Firing(at=NOW))) == -NOW.timestamp()


def test_words_stand_for_what_is_stored() -> None:
    held = Held(Brake.QUORUM, {"people": 1, "needed": 2})
    firing = SimpleNamespace(brake="QUORUM", figures={"people": 1, "needed": 2})

    assert rules.held_words(held) == rules.firing_words(firing) == "Quorum: 1 of 2"  # type: ignore[arg-type]
    assert rules.when_words("chat") == "somebody writes in the chat"
    assert rules.when_words("telepathy") == "telepathy"
    assert rules.condition_words("score") == "severity"
    assert rules.scope_words("user") == "person"
    assert rules.mode_words("active") == "Active"
    assert rules.event(happening("viewers", value=3)) == "3 viewers"
    assert rules.reason_words("") == ""


@pytest.mark.parametrize(("language", "reason"), [("en", "the action failed"), ("fr", "l’action a échoué")])
def test_a_reason_is_told_in_the_readers_language(language: str, reason: str) -> None:
    with translation.override(language):
        assert rules.reason_words("the action failed") == reason


@pytest.mark.parametrize("name", ["when", "places", "roles", "days", "categories"])
def test_choices_have_values_and_words(name: str) -> None:
    assert all(value and str(label) for value, label in rules.choices(name))
