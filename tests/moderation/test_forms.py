import pytest

from vigie.moderation.forms import NOTE_LENGTH, DecisionForm, NoteForm
from vigie.moderation.operations import Choice


def test_a_decision_needs_no_more_than_its_state_and_the_version_seen() -> None:
    form = DecisionForm({"state": "dismissed", "version": "3"})

    assert form.is_valid()
    assert form.choice() == Choice("dismissed", "", "")
    assert form.cleaned_data["version"] == 3


def test_a_decision_may_say_what_it_is_and_why() -> None:
    form = DecisionForm({"state": "action_taken", "version": "1", "category": "threat", "note": " Reported. "})

    assert form.is_valid()
    assert form.choice() == Choice("action_taken", "threat", "Reported.")


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, {"state", "version"}),
        ({"state": "escalated", "version": "1"}, {"state"}),
        ({"state": "dismissed", "version": "0"}, {"version"}),
        ({"state": "dismissed", "version": "x"}, {"version"}),
        ({"state": "dismissed", "version": "1", "category": "rude"}, {"category"}),
        ({"state": "dismissed", "version": "1", "note": "a" * (NOTE_LENGTH + 1)}, {"note"}),
    ],
)
def test_a_decision_is_refused_field_by_field(data: dict[str, str], wrong: set[str]) -> None:
    assert set(DecisionForm(data).errors) == wrong


@pytest.mark.parametrize(("note", "is_valid"), [("", False), ("  \n", False), ("a", True), ("a" * NOTE_LENGTH, True)])
def test_a_note_says_something(note: str, *, is_valid: bool) -> None:
    assert NoteForm({"note": note}).is_valid() is is_valid
