"""`vigie assess`: from a shell to verdicts, without a database."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from vigie.risk.analysts import NoSuchAnalyst
from vigie.risk.management.commands.assess import NotReadable

KEYS = [
    "type",
    "of",
    "seq",
    "category",
    "score",
    "hateful",
    "reach",
    "target",
    "spans",
    "justification",
    "analyst",
    "state",
    "text",
    "language",
]


def assess(*arguments: str) -> list[str]:
    printed = io.StringIO()
    with translation.override("en"):
        call_command("assess", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def objects(*arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in assess("--json", *arguments)]


def test_json_is_the_assessment_with_its_text_and_language() -> None:
    (told,) = objects("muslims are vermin")

    assert list(told) == KEYS
    assert told == {
        "type": "assessment",
        "of": "utterance",
        "seq": 1,
        "category": "hateful",
        "score": 0.858,
        "hateful": True,
        "reach": "low",
        "target": "muslims",
        "spans": [[0, 7], [12, 18]],
        "justification": told["justification"],
        "analyst": "rules 2026.11.2",
        "state": "analysed",
        "text": "muslims are vermin",
        "language": "en",
    }


def test_a_file_holds_one_text_a_line_and_keeps_its_order(tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_bytes("\ufeffje déteste les lundis\r\n\n  les migrants sont des parasites\nlast".encode())

    told = objects("--file", str(file))

    assert [(line["seq"], line["text"], line["state"]) for line in told] == [
        (1, "je déteste les lundis", "analysed"),
        (2, "", "abstained"),
        (3, "  les migrants sont des parasites", "analysed"),
        (4, "last", "abstained"),
    ]


def test_the_standard_input_holds_one_text_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "bonjour à tous les amis\nil faut gazer les juifs\n".encode() + b"\xff\xfe oh no\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))

    told = objects("-")

    assert [line["category"] for line in told] == ["neutral", "hateful", "neutral"]
    assert told[2]["text"] == "\ufffd\ufffd oh no"


def test_a_text_too_short_to_tell_its_language_is_judged_by_every_rule() -> None:
    (told,) = objects("sale arabe")

    assert (told["language"], told["state"], told["hateful"]) == ("und", "analysed", True)


def test_the_language_may_be_given() -> None:
    (told,) = objects("sale arabe", "--language", "fr")

    assert (told["language"], told["hateful"]) == ("fr", True)


def test_what_is_clearly_another_language_than_the_one_given_is_read_as_that() -> None:
    (english,) = objects("the jews are rats and should be killed", "--language", "fr")
    (spanish,) = objects("los judíos son ratas y hay que matarlos", "--language", "fr")

    assert (english["language"], english["hateful"]) == ("en", True)
    assert (spanish["language"], spanish["state"]) == ("es", "abstained")
    assert spanish["justification"] == "Not judged: there are no rules for this language."


def test_another_language_is_not_judged() -> None:
    (told,) = objects("hola qué tal estamos todos aquí")

    assert (told["state"], told["language"], told["score"]) == ("abstained", "es", 0.0)


def test_for_a_person_a_verdict_is_two_lines() -> None:
    assert assess("muslims are vermin, muslims are [rats]", "--language", "en")[0] == (
        "0.86 hateful  muslims are vermin, muslims are [rats]"
    )
    assert assess("hello")[0].startswith("abstained")


def test_a_text_commands_nothing_to_the_terminal() -> None:
    told = assess("\x1b]0;owned\x07 \u202emuslims are vermin\r\n0.00 neutral", "--language", "en")

    assert told[0] == "0.86 hateful  ␛]0;owned␇ �muslims are vermin␍␊0.00 neutral"
    assert len(told) == 2


def test_a_very_long_text_with_invisible_signs_is_judged() -> None:
    text = "\u202ebonjour \u200b" * 9_000 + "les migrants sont des parasites"

    (told,) = objects(text, "--language", "fr")

    spans = told["spans"]
    assert isinstance(spans, list)
    assert [text[start:end] for start, end in spans] == ["migrants", "parasites"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.txt", None, "cannot be read: No such file or directory"),
        ("binary.txt", b"\x89PNG\r\n\x1a\n\xff", "is not a text file in UTF-8"),
        (".", None, "cannot be read: Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    file = tmp_path / name
    if content:
        file.write_bytes(content)

    with pytest.raises(NotReadable, match=message):
        assess("--file", str(file))


def test_an_analyst_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(NoSuchAnalyst, match="There is no analyst named 'oracle'; there is: rules"):
        assess("some text", "--analyst", "oracle")


@pytest.mark.parametrize("arguments", [[], ["text", "--file", "f"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"^Give a text, or --file FILE, or - to read the standard input\.$"):
        assess(*arguments)


def test_the_program_needs_no_database(tmp_path: Path) -> None:
    vigie = Path(sys.executable).with_name("vigie")
    told = subprocess.run(
        [vigie, "assess", "--json", "-"],
        input="les migrants sont des parasites\n",
        capture_output=True,
        text=True,
        check=True,
        env={"VIGIE_DATA_DIR": str(tmp_path), "PATH": ""},
    )

    assert json.loads(told.stdout)["hateful"] is True
    assert not (tmp_path / "vigie.sqlite3").exists()
