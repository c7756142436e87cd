"""The language a text is read in: what was spoken counts, what was expected where that cannot be told."""

import pytest

from vigie.adapters.langdetect.client import FastTextIdentifier
from vigie.risk.languages import language_of

IDENTIFIER = FastTextIdentifier()


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("les femmes voilées passent devant l'école", "fr", "fr"),
        ("the jews are rats and should be killed", "fr", "en"),
        ("il faut tous les renvoyer dans leur pays", "en", "fr"),
        ("los moros son ratas y hay que matarlos", "fr", "es"),
        ("die Juden sind Ratten", "en", "de"),
        ("good evening everyone and welcome to the show", "es", "en"),
        ("good evening everyone and welcome to the show", "", "en"),
        ("good evening everyone and welcome to the show", "und", "en"),
        ("kill all the jews", "fr", "und"),
        ("kill all the jews", "es", "es"),
        ("ahmed mohamed wallah", "fr", "und"),
        ("lol mdr", "fr", "fr"),
        ("lol mdr", "es", "es"),
        ("lol mdr", "", "und"),
        ("", "en", "en"),
        ("sale négresse", "fr", "fr"),
        ("sale n è g r e", "fr", "fr"),
        ("".join(chr(ord(char) + 0xFEE0) for char in "salearabe"), "fr", "fr"),
        ("@thomas_the_best https://example.org/the/best/of/all crève salaud", "fr", "fr"),
        ("l35 r0m4n1ch3l5 du p4rk1ng", "fr", "fr"),
        ("les arabes sont là partout".translate({ord("a"): "\u0430", ord("o"): "\u043e"}), "fr", "fr"),
        ("\u200b".join("je déteste les gitans"), "fr", "fr"),
        ("\u0336".join("honestly we despise refugees here"), "en", "en"),
        ("我不知道你在说什么", "fr", "zh"),
        ("сегодня хорошая погода", "fr", "ru"),
        ("مرحبا بكم جميعا هنا", "fr", "ar"),
    ],
)
def test_a_text_is_read_in_the_language_spoken_where_that_is_clear(text: str, expected: str, language: str) -> None:
    assert language_of(text, expected, IDENTIFIER) == language


def test_without_an_identifier_a_text_is_read_as_expected() -> None:
    assert language_of("the jews are rats and should be killed", "fr", None) == "fr"
    assert language_of("the jews are rats and should be killed", "", None) == "und"
