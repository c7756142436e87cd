"""Patterns that people type: what they are found in, and which are refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.hostile import TEXTS, bold, wide
from vigie.errors import VigieError
from vigie.rules.patterns import MOST_CHARS, BadPattern, Pattern, PatternFlaw


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("clip", "un CLIP !", True),
        ("CLIP", "clip", True),
        (r"\bclip\b", "éclipse", False),
        (r"^clip (that|it)$", "Clip that", True),
        (r"^clip", "un clip", False),
        ("café", "un CAFÉ", True),
        ("caf\u0065\u0301", "café", True),
        ("café", "cafe\u0301", True),
        ("café", "cafe", False),
        ("clip", "c\u200bl\u2060i\u202ep", True),
        ("clip", f"{wide('cl')}{bold('ip')}", True),
        ("c\u200blip", "clip", True),
        (wide("(clip|bravo)"), "bravo", True),
        (r"\pL{3,20}", "été", True),
        (r"\d{2}", "1 2", False),
        ("💀+", "💀💀", True),
        ("a.b", "a\nb", True),
        ("clip", "c\ud800lip", True),
        (r"w+t+f+", "WTTTTF", True),
        ("(?-i)Clip", "clip", False),
    ],
)
def test_pattern_is_found_in_texts_as_they_are_seen(pattern: str, text: str, *, is_found: bool) -> None:
    assert Pattern(pattern).found_in(text) is is_found


@given(st.text("abc ", min_size=1, max_size=4), TEXTS)
def test_pattern_of_plain_letters_is_what_re_finds(letters: str, text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    printable = "".join(char for char in plain if char.isprintable())
    assert Pattern(letters).found_in(printable) == bool(re.search(letters, printable, re.IGNORECASE))


@pytest.mark.parametrize(
    ("pattern", "flaw", "message"),
    [
        ("(clip", PatternFlaw.WRONG, "the pattern cannot be used: missing ): (clip"),
        ("cl\nip(", PatternFlaw.WRONG, "the pattern cannot be used: missing ): cl ip("),
        (r"(a)\1", PatternFlaw.WRONG, r"the pattern cannot be used: invalid escape sequence: \1"),
        ("clip(?=!)", PatternFlaw.WRONG, "the pattern cannot be used: invalid perl operator: (?="),
        (r"(\pL{500}){2}", PatternFlaw.WRONG, "the pattern cannot be used: pattern too large - compile failed"),
        ("", PatternFlaw.EVERYWHERE, "the pattern “” is found in every text: it may stand for nothing at all"),
        ("a*", PatternFlaw.EVERYWHERE, "the pattern “a*” is found in every text: it may stand for nothing at all"),
        ("a" * 501, PatternFlaw.TOO_LONG, "the pattern has 501 characters; at most 500"),
    ],
)
def test_pattern_that_cannot_be_used_is_refused_in_one_line(pattern: str, flaw: PatternFlaw, message: str) -> None:
    with pytest.raises(BadPattern) as refused:
        Pattern(pattern)

    assert (refused.value.flaw, str(refused.value)) == (flaw, message)
    assert isinstance(refused.value, VigieError | ValueError)


@pytest.mark.parametrize(
    "pattern", ["^", "$", r"\b", r"\B", "|clip", "(clip)?", "x{0}", "()", "\u200b", "\ud800", "a*|clip"]
)
def test_pattern_that_stands_for_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern) as refused:
        Pattern(pattern)

    assert refused.value.flaw is PatternFlaw.EVERYWHERE


@given(st.text(max_size=30))
def test_pattern_is_used_or_refused(text: str) -> None:
    try:
        answer = str(Pattern(text).found_in(text))
    except BadPattern as refused:
        answer = str(refused)
    assert answer.encode().splitlines() == [answer.encode()]


def test_pattern_that_would_hang_others_answers() -> None:
    assert not Pattern("(a+)+$|(x|x)*y").found_in("a" * (MOST_CHARS - 1) + "!")


def test_pattern_reads_a_text_up_to_a_length() -> None:
    pattern = Pattern("clip$")
    assert pattern.found_in("x" * (MOST_CHARS - 4) + "clip")
    assert not pattern.found_in("x" * MOST_CHARS + "clip")
