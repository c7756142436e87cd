"""Which of the languages asked for a text is in; nothing is ever downloaded."""

import csv
import gzip
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.langdetect import client
from vigie.adapters.langdetect.client import FastTextIdentifier
from vigie.ports import LanguageIdentifier, PortError

IDENTIFIER = FastTextIdentifier()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je vais faire les courses demain", "fr"),
        ("wesh frère c'est quoi ce délire", "fr"),
        ("LES FEMMES SONT LÀ", "fr"),
        ("bonjour\nà tous\r\nles amis", "fr"),
        ("the ships are in the harbour", "en"),
        ("get out", "en"),
        ("you wretched fool, go die", "en"),
        ("all of them deserve to", "en"),
        ("Qu'il crève ce con", "fr"),
        ("mais ton match de fou", "fr"),
        ("hola qué tal estamos todos aquí", "es"),
        ("mañana no voy a la playa", "es"),
        ("ich liebe diese Stadt", "de"),
        ("مرحبا بكم جميعا هنا", "ar"),
        ("сегодня хорошая погода", "ru"),
        ("我不知道你在说什么", "zh"),
    ],
)
def test_identify_tells_the_language(text: str, language: str) -> None:
    found, share = IDENTIFIER.identify(text)

    assert found == language
    assert 0.25 <= share <= 1


@pytest.mark.parametrize("text", ["", " ", "ok", "12 34 56", "!!! ???", "😀 😀", "\x00\n\t", "lol mdr", "xq zzv"])
def test_identify_does_not_guess_where_nothing_can_be_told(text: str) -> None:
    assert IDENTIFIER.identify(text) == ("und", 0.0)


def test_identify_reads_the_beginning_of_a_long_text() -> None:
    assert IDENTIFIER.identify("les enfants jouent dans la cour " * 10_000)[0] == "fr"


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_identify_survives_any_text(text: str) -> None:
    language, share = IDENTIFIER.identify(text)

    assert language == "und" if not share else language.isascii()
    assert 0 <= share <= 1


def test_it_is_a_language_identifier_that_loads_no_downloader() -> None:
    program = (
        "import sys\n"
        "from vigie.adapters.langdetect.client import FastTextIdentifier\n"
        "FastTextIdentifier().identify('bonjour à tous les amis')\n"
        "print('robust_downloader' in sys.modules, 'requests' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    identifier: LanguageIdentifier = IDENTIFIER
    assert identifier.identify("good morning everyone")[0] == "en"
    assert told.stdout == "False False\n"


def test_a_model_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "lid.176.ftz"
    broken.write_bytes(b"not a model")

    with pytest.raises(PortError, match="is no language model: install Vigie again") as told:
        client._load(broken)
    assert told.value.permanent


@pytest.mark.shared
@pytest.mark.parametrize(("file", "language", "share"), [("ftr_fr", "fr", 0.95), ("edos_dev_en", "en", 0.97)])
def test_identify_is_right_on_real_texts(shared_data: Path, file: str, language: str, share: float) -> None:
    with gzip.open(shared_data / "risk" / f"{file}.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        texts = [row["text"] for row in islice(csv.DictReader(rows), 500) if len(row["text"].split()) > 5]

    found = [IDENTIFIER.identify(text)[0] for text in texts]

    assert found.count(language) / len(found) >= share
