import pytest
from django.utils import translation

from vigie.clips import archive, operations, wording
from vigie.clips.filenames import FIELDS, Flaw
from vigie.clips.keeping import Why
from vigie.clips.operations.removing import PERSON


def test_everything_that_can_be_chosen_or_refused_has_words() -> None:
    assert wording.ORDERS.keys() == archive.ORDERS.keys()
    assert wording.STATES.keys() == archive.STATES.keys()
    assert wording.FLAWS.keys() == set(Flaw)
    assert wording.FIELDS.keys() == set(FIELDS)
    assert wording.REMOVALS.keys() == {PERSON, *Why}


@pytest.mark.parametrize("flaw", Flaw)
def test_a_flaw_is_told_with_what_is_wrong(flaw: Flaw) -> None:
    told = wording.flaw(flaw, "{nobody}")

    assert ("%" in told, "{nobody}" in told) == (False, flaw not in {Flaw.EMPTY, Flaw.TOO_LONG})


def test_a_refusal_names_the_clip() -> None:
    assert wording.refused(operations.ClipIsHeld(), "C-7") == "C-7 is held: nobody deletes it. Let it go first."


def test_a_refusal_is_told_in_french() -> None:
    with translation.override("fr"):
        for kind in wording.REFUSED:
            assert wording.refused(kind(), "C-7") != str(kind())
