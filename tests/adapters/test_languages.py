"""Tags of languages, as vendors write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.languages import iso_639_1


@pytest.mark.parametrize(
    ("tag", "code"),
    [("fr", "fr"), ("fr-CA", "fr"), ("EN", "en"), ("zh-Hant-TW", "zh"), ("fra", None), ("", None), (None, None)],
)
def test_a_tag_is_known_by_its_two_letters(tag: str | None, code: str | None) -> None:
    assert iso_639_1(tag) == code


@given(tag=st.text())
def test_any_text_has_a_code_of_two_letters_or_none(tag: str) -> None:
    code = iso_639_1(tag)

    assert code is None or (len(code) == 2 and code.isascii() and code.isalpha() and code.islower())
