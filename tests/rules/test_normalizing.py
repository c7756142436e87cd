"""What writing a word in another way does not change."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.hostile import TEXTS, bold, wide
from vigie.rules.normalizing import SEPARATOR, haystack_of, is_of_word, loosen, loosened, normalize, visible


@pytest.mark.parametrize(
    ("written", "normalized"),
    [
        ("Ça VA ?", "ca va ?"),
        ("c\u0327a va", "ca va"),
        ("mon cœur, ex æquo, Łódź, Ørsted", "mon coeur, ex aequo, lodz, orsted"),
        ("c’est \u2018ça’", "c'est 'ca'"),
        ("ẞ straße", "ss strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İstanbul", "istanbul"),
        (f"{wide('CLIP')} {bold('clip')} Ⓒⓛⓘⓟ", "clip clip clip"),
        ("\u212aelvin ﬁn ½", "kelvin fin 1\u20442"),
        ("c\u200bl\u200di\u2060p\ufeff \u202ecl\u00adip\u2066", "clip clip"),
        ("c\u0338l\u0336i\u0353p\u20dd", "clip"),
        ("❤️ ❤ 1️⃣", "❤ ❤ 1"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("c\x00l\x07i\x7fp\x9f\ud800", "clip"),
        (" \t clip\r\n\u00a0\u3000\u2028 stp \x1f", "clip stp"),
        ("バカ ﾊﾞｶ", "ハ\u3099カ ハ\u3099カ"),
        ("", ""),
        ("\u200b \u200b", ""),
    ],
)
def test_normalize_leaves_what_makes_the_word(written: str, normalized: str) -> None:
    assert normalize(written) == normalized


@pytest.mark.parametrize(
    ("written", "loosened"),
    [
        ("Cl1p", "clip"),
        ("C0NN4RD", "conard"),
        ("cliiiiip", "clip"),
        ("m3rc1!!!", "merci!"),
        ("p@$$ 57op", "pas stop"),
        ("nooon 👍👍👍 привеееет", "non 👍 привет"),
        ("1000", "io"),
        ("éééÉ", "e"),
    ],
)
def test_loosen_reads_digits_as_letters_and_repeated_letters_once(written: str, loosened: str) -> None:
    assert loosen(written) == loosened


@given(TEXTS)
def test_normalize_again_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(TEXTS)
def test_loosen_again_changes_nothing(text: str) -> None:
    once = loosen(text)
    assert loosen(once) == once
    assert normalize(once) == once


@given(TEXTS)
def test_visible_again_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_every_character_is_normalized_to_what_stays_as_it_is() -> None:
    for code in range(0, sys.maxunicode + 1, 7):
        once = normalize(chr(code))
        assert normalize(once) == once, hex(code)


@given(TEXTS)
def test_normalize_leaves_small_letters_without_accents_and_with_single_spaces(text: str) -> None:
    plain = normalize(text)
    assert plain == plain.strip()
    assert "  " not in plain
    assert "\0" not in plain
    assert unicodedata.is_normalized("NFKD", plain)
    assert plain.casefold() == plain
    assert [char for char in plain if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Me"}] == []


@given(TEXTS, st.text("\u0300\u0301\u0327\u200b\u200d\u2066\ufe0f\u00ad", min_size=1))
def test_normalize_is_the_same_with_marks_between_the_letters(text: str, marks: str) -> None:
    assert normalize(marks.join([*text, ""])) == normalize(text)


@given(st.lists(TEXTS))
def test_haystack_of_holds_each_text_as_it_is_alone(texts: list[str]) -> None:
    parts = haystack_of(texts).decode().split("\0")

    assert (parts[0], parts[-1]) == ("", "")
    assert [part.strip(" ") for part in parts[1:-1]] == [normalize(text) for text in texts]


@given(st.lists(TEXTS, min_size=1))
def test_loosened_holds_each_text_as_it_is_alone(texts: list[str]) -> None:
    parts = loosened(haystack_of(texts)).split(SEPARATOR)[1:-1]
    assert [part.decode().strip(" ") for part in parts] == [loosen(text) for text in texts]


def test_more_kinds_of_characters_than_are_remembered() -> None:
    rows = [chr(code) + "é" for code in range(0x4E00, 0x4E00 + 10_000)]
    assert normalize(" ".join(rows)) == " ".join(row[0] + "e" for row in rows)
    assert normalize("É" * 100) == "e" * 100


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Ça VA", "Ça VA"),
        ("C\u0327a", "Ça"),
        ("e\u200b\u0301", "é"),
        (f"{wide('CLIP')} {bold('c')}", "CLIP c"),
        ("c\u200bl\x07ip\ud800", "clip"),
        ("two\nlines", "two\nlines"),
        ("clip\x1b", "clip"),
    ],
)
def test_visible_keeps_accents_and_case(written: str, seen: str) -> None:
    assert visible(written) == seen


@pytest.mark.parametrize(
    ("chars", "are_of_a_word"),
    [("az09_дعक\u093e한", True), (" .,'!#💀\0-", False), ("我かカกລកမ", False)],
)
def test_is_of_word_is_for_scripts_with_spaces(chars: str, *, are_of_a_word: bool) -> None:
    assert {is_of_word(char) for char in chars} == {are_of_a_word}
