from dataclasses import fields

import pytest
from django.utils import translation

from vigie.risk import wording
from vigie.risk.flaws import BadLexicon, Flaw
from vigie.risk.lexicon import SAYABLE, Guards, Need, OtherKind, Side, Strength


def test_everything_has_its_words() -> None:
    assert set(wording.KINDS) == set(SAYABLE)
    assert set(wording.SIDES) == set(Side)
    assert set(wording.NEEDS) == set(Need) - {Need.NOTHING}
    assert set(wording.STRENGTHS) == set(Strength) - {Strength.NORMAL}
    assert set(wording.OTHERS) == set(OtherKind)
    assert set(wording.GUARDS) == {field.name for field in fields(Guards)}
    assert set(wording.FLAWS) == set(Flaw)


@pytest.mark.parametrize("flaw", Flaw)
def test_in_english_a_flaw_is_what_the_code_says(flaw: Flaw) -> None:
    with translation.override("en"):
        assert str(wording.FLAWS[flaw]) == flaw.value


def test_flaw_words_name_the_line() -> None:
    with translation.override("en"):
        assert wording.flaw_words(BadLexicon(3, Flaw.EMPTY, what="words")) == "Line 3: “words” is empty."
