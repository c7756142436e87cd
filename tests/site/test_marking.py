from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.marking import Piece, hinted, pieces


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("", [], []),
        ("plain", [], [Piece("plain")]),
        ("abcdef", [[1, 3, "threat"]], [Piece("a"), Piece("bc", is_marked=True), Piece("def")]),
        ("abcdef", [[1, 3]], [Piece("a"), Piece("bc", is_marked=True), Piece("def")]),
        ("abcdef", [[0, 2, "threat"], [2, 4, "target"]], [Piece("abcd", is_marked=True), Piece("ef")]),
        (
            "hit the slur now",
            [[0, 12, "threat"], [8, 12, "slur"]],
            [Piece("hit the ", is_marked=True), Piece("slur", is_marked=True, is_masked=True), Piece(" now")],
        ),
        ("abc", [[2, 99, "threat"]], [Piece("ab"), Piece("c", is_marked=True)]),
        ("abc", [[-5, 1, "threat"]], [Piece("a", is_marked=True), Piece("bc")]),
        ("abc", [[2, 1, "threat"]], [Piece("abc")]),
    ],
)
def test_pieces_cuts_where_spans_begin_and_end(text: str, spans: list[list[int | str]], expected: list[Piece]) -> None:
    assert pieces(text, spans) == expected


SPANS = st.lists(
    st.tuples(st.integers(-3, 60), st.integers(-3, 60), st.sampled_from(["threat", "slur", "target"])).map(list)
)


@given(st.text(max_size=50), SPANS)
def test_pieces_joined_are_the_text(text: str, spans: list[list[int | str]]) -> None:
    cut = pieces(text, spans)

    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)
    assert all((a.is_marked, a.is_masked) != (b.is_marked, b.is_masked) for a, b in pairwise(cut))
    assert all(piece.is_marked for piece in cut if piece.is_masked)


@pytest.mark.parametrize(("word", "hint"), [("plage", "p••••"), ("p", "p"), ("", "")])
def test_hinted_keeps_the_first_letter_alone(word: str, hint: str) -> None:
    assert hinted(word) == hint
