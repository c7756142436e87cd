"""Folding: what is read, and the way back to what was written."""
# ruff: noqa: RUF001 -- letters that look alike are what is tested

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.risk.text import MAX_CHARS, fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("Bonjour", "bonjour"),
        ("ÉLÈVE à Noël", "eleve a noel"),
        ("e\u0301le\u0300ve", "eleve"),
        ("l’été", "l'ete"),
        ("l`ete", "l'ete"),
        ("cœur, Æon, Straße, Łódź", "coeur, aeon, strasse, lodz"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("𝓈𝓉𝓎𝓁ℯ𝒹 𝗯𝗼𝗹𝗱", "styled bold"),
        ("ﬁn", "fin"),
        ("а\u0441\u0435", "ace"),
        ("τορ", "top"),
        ("in\u200bvis\u00adi\u2060ble\ufeff", "invisible"),
        ("\u202eabc\u202c \u2066def\u2069", "abc def"),
        ("n\ufe0fe\u034fg", "neg"),
        ("a\u00a0b", "a b"),
        ("wait…", "wait..."),
        ("\ud800", "\ud800"),
    ],
)
def test_fold_reads_through_what_writers_do_to_letters(written: str, read: str) -> None:
    assert fold(written).text == read


@pytest.mark.parametrize(
    ("written", "part", "original"),
    [
        ("un ÉLÈVE ici", "eleve", "ÉLÈVE"),
        ("un e\u0301le\u0300ve\u0301 ici", "eleve", "e\u0301le\u0300ve\u0301"),
        ("le cœur bat", "coeur", "cœur"),
        ("le cœur bat", "bat", "bat"),
        ("x \u200ba\u200bb\u200b y", "ab", "a\u200bb"),
        ("\u202esale\u202c mot", "sale", "sale"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "width", "ｗｉｄｔｈ"),
        ("fin", "fin", "fin"),
    ],
)
def test_span_leads_back_to_the_characters_that_were_written(written: str, part: str, original: str) -> None:
    folded = fold(written)
    at = folded.text.index(part)

    start, end = folded.span(at, at + len(part))

    assert written[start:end] == original


def test_fold_reads_no_further_than_its_limit() -> None:
    assert len(fold("é" * (MAX_CHARS + 10)).text) == MAX_CHARS
    assert len(fold("e" * (MAX_CHARS + 10)).text) == MAX_CHARS


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_every_folded_character_has_its_origin(text: str) -> None:
    folded = fold(text)

    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)


@given(st.text(min_size=1, max_size=60), st.data())
def test_spans_lie_inside_the_text_and_are_never_empty(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))

    first, last = folded.span(start, end)

    assert 0 <= first < last <= len(text)


@given(st.text(st.sampled_from("abcé ÀŒ\u0301\u200b’ß"), max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text).text

    assert fold(once).text == once
    assert not any(unicodedata.category(char) in {"Mn", "Cf"} for char in once)
