"""How words are written in a lexicon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.risk.notation import MAX_FORMS, BadNotation, expand

SETS = {"er": ("e", "es", "ent"), "people": ("man", "men")}


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        ("mot", ["mot"]),
        ("musulman(e)(s)", ["musulman", "musulmans", "musulmane", "musulmanes"]),
        ("kill(s/ed)", ["kill", "kills", "killed"]),
        ("<le/un> chat", ["le chat", "un chat"]),
        ("détest<er>", ["déteste", "détestes", "détestent"]),
        ("big <people>", ["big man", "big men"]),
        ("(very) big", [" big", "very big"]),
        ("<a/b>(c)", ["a", "ac", "b", "bc"]),
        ("()", ["", ""]),
    ],
)
def test_expand_lists_every_form(entry: str, forms: list[str]) -> None:
    assert expand(entry, SETS) == forms


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("mot(s", "“mot\\(s”: the bracket at character 4 is never closed, is empty or lies in another"),
        ("mot)s", "“mot\\)s”: the bracket at character 4"),
        ("(a(b))", "the bracket at character 1"),
        ("<>", "the bracket at character 1"),
        ("chat <noir", "the bracket at character 6"),
        ("ir<ir>", "there is no set named “ir”"),
        ("(a/b/c)" * 6, "stands for 4096 forms; at most 2000"),
    ],
)
def test_expand_says_what_cannot_be_read(entry: str, reason: str) -> None:
    with pytest.raises(BadNotation, match=reason):
        expand(entry, SETS)


@given(st.text(st.sampled_from("ab()<>/ é"), max_size=20))
def test_expand_either_lists_plain_forms_or_says_why_not(entry: str) -> None:
    try:
        forms = expand(entry, SETS)
    except BadNotation:
        return
    assert 1 <= len(forms) <= MAX_FORMS
    assert not any(bracket in form for form in forms for bracket in "()<>")
