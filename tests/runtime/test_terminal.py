"""What a terminal is shown."""

import os
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.runtime.terminal import open_streams, visible

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


def test_a_program_that_is_started_without_streams_gets_empty_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)

    open_streams()
    made = (sys.stdin, sys.stdout, sys.stderr)
    print("heard by nobody", flush=True)  # noqa: T201 -- what a program does

    assert sys.stdin.read() == ""
    assert {stream.name for stream in made} == {os.devnull}
    for stream in made:
        stream.close()


def test_streams_that_there_are_stay() -> None:
    there = (sys.stdin, sys.stdout, sys.stderr)

    open_streams()

    assert (sys.stdin, sys.stdout, sys.stderr) == there


HUSHED = """
import sys
from vigie.runtime.terminal import hush
sys.stdout.write("kept back")
hush()
"""


def test_what_cannot_be_printed_any_more_is_forgotten_without_a_complaint() -> None:
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}

    ended = subprocess.run([sys.executable, "-c", HUSHED], env=buffered, capture_output=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
