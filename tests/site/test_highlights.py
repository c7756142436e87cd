import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.highlights import found_pieces
from vigie.site.marking import Piece


def found(text: str, words: str) -> list[str]:
    return [piece.text for piece in found_pieces(text, words) if piece.is_marked]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Où est le fromage ?", "ou", ["Où"]),
        ("OÙ est le Fromage", "fromage où", ["OÙ", "Fromage"]),
        ("le fromager passe", "fromage", ["fromage"]),
        ("un formage", "fromage", []),
        ("défromager", "fromage", []),
        ("de\N{COMBINING ACUTE ACCENT}ja vu", "deja", ["de\N{COMBINING ACUTE ACCENT}ja"]),
        ("voila\N{COMBINING GRAVE ACCENT} tout", "voila", ["voila\N{COMBINING GRAVE ACCENT}"]),
        ("\N{LATIN SMALL LIGATURE FI}n de live", "fin", ["\N{LATIN SMALL LIGATURE FI}n"]),
        ("Straße", "strasse", ["Straße"]),
        ("a+b (c", "a+b (", ["a", "b"]),
        ("salut", "", []),
        ("salut", "!?", []),
        ("", "salut", []),
    ],
)
def test_words_are_found_whatever_their_accents_and_capitals(text: str, words: str, marked: list[str]) -> None:
    assert found(text, words) == marked


def test_pieces_are_the_fewest() -> None:
    assert found_pieces("un deux trois", "deux") == [Piece("un "), Piece("deux", is_marked=True), Piece(" trois")]


@given(st.text(), st.text(max_size=40))
def test_pieces_joined_are_the_text(text: str, words: str) -> None:
    assert "".join(piece.text for piece in found_pieces(text, words)) == text
