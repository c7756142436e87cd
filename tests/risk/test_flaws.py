import pytest

from vigie.errors import VigieError
from vigie.risk.flaws import BadLexicon, Flaw


def test_a_flaw_is_told_with_its_line() -> None:
    error = BadLexicon(12, Flaw.TWICE, name="words")

    assert isinstance(error, VigieError)
    assert str(error) == "line 12: “words” is given twice"
    assert (error.line, error.flaw, error.values) == (12, Flaw.TWICE, {"name": "words"})


@pytest.mark.parametrize("flaw", Flaw)
def test_flaws_are_one_line_without_a_stop(flaw: Flaw) -> None:
    assert "\n" not in flaw
    assert not flaw.endswith(".")
