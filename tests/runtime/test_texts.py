"""Texts of others, before they are written into a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.runtime.texts import one_line, storable

ANY = st.text(st.characters(exclude_categories=()))
"""Half surrogate pairs too."""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("Bonsoir à tous 🎉", "Bonsoir à tous 🎉"),
        ("a\x00b", "ab"),
        ("half \ud83c", "half ?"),
        ("\u202eabc", "\u202eabc"),
    ],
)
def test_what_no_database_takes_is_left_out(text: str, kept: str) -> None:
    assert storable(text) == kept


@given(text=ANY)
def test_any_text_can_be_kept(text: str) -> None:
    kept = storable(text)

    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept


@given(text=ANY)
def test_any_text_can_be_a_header(text: str) -> None:
    line = one_line(text)

    assert line.split() == text.split()
    assert len(line.splitlines()) <= 1
