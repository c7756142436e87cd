"""What several commands are given."""

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES as WHISPER
from typer import BadParameter

from vigie.ports import LANGUAGES
from vigie.runtime.arguments import known_language


@pytest.mark.parametrize("code", ["", "fr", "uk"])
def test_known_language_takes_codes_and_nothing(code: str) -> None:
    assert known_language(code) == code


@pytest.mark.parametrize("code", ["klingon", "FR", "fr-FR", "fr\n", "tlh", " "])
def test_known_language_refuses_what_cannot_be_heard_and_says_what_can(code: str) -> None:
    with pytest.raises(BadParameter, match=r"af am ar .* zh"):
        known_language(code)


def test_languages_are_those_of_whisper_by_their_two_letters() -> None:
    assert {*LANGUAGES, "jw"} == {code for code in WHISPER if len(code) == 2}  # `jw` is Javanese in no standard
