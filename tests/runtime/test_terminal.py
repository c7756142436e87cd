"""What a terminal is shown."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.runtime.terminal import visible

HARMFUL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Élysée, 東京, \u05e9\u05dc\u05d5\u05dd 👨\u200d👩\u200d👧",
            "Élysée, 東京, \u05e9\u05dc\u05d5\u05dd 👨\u200d👩\u200d👧",
        ),
        ("\x1b[2J\x1b]0;owned\x07", "␛[2J␛]0;owned␇"),
        ("one\r\ntwo\tthree\x7f", "one␍␊two\tthree␡"),
        ("\u202etxt.exe\u2066 \x9b31m \ud800", "�txt.exe� �31m �"),
    ],
)
def test_visible_shows_what_would_command_the_terminal(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_visible_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(visible(text)) == len(text)
    assert visible(visible(text)) == visible(text)


def test_visible_leaves_no_command_of_unicode() -> None:
    for char in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} or unicodedata.bidirectional(char) in HARMFUL:
            assert char == "\t" or visible(char) != char
