from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict

from tests.factories import make_membership
from tests.rules.rows import chat, look, make_rule, on_air, spec
from vigie.rules import document
from vigie.rules.forms import MOST_BYTES, ImportForm, LogForm

pytestmark = pytest.mark.django_db


def file_of(content: bytes) -> "MultiValueDict[str, UploadedFile[Any]]":
    return MultiValueDict({"file": [SimpleUploadedFile("r.yaml", content)]})


def test_rules_are_read_from_text_or_from_a_file() -> None:
    text = document.write([spec()])

    for form in (ImportForm({"text": text}), ImportForm({}, file_of(text.encode()))):
        assert form.is_valid()
        assert form.specs() == [spec()]


def test_a_file_goes_before_the_text() -> None:
    form = ImportForm({"text": "- ["}, file_of(document.write([spec()]).encode()))

    assert form.is_valid()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "This file is no text in UTF-8."),
        (b"x" * (MOST_BYTES + 1), "This file is larger than 2 MB."),
        (b"[]", "There is no rule in it."),
    ],
)
def test_a_bad_file_is_told_in_one_line(content: bytes, words: str) -> None:
    form = ImportForm({}, file_of(content))

    assert not form.is_valid()
    assert form.non_field_errors() == [words]


def test_the_log_is_narrowed_by_what_the_team_has() -> None:
    reader = make_membership()
    rule = make_rule(reader.workspace).rule
    make_rule(None, spec("Another team's"))
    channel = on_air(reader.workspace, name="Plaza").channel

    fields = LogForm(reader).fields

    assert [choice for choice, _ in fields["rule"].choices] == ["", str(rule.number)]  # type: ignore[attr-defined]
    assert fields["channel"].choices[1:] == [(str(channel.pk), "Plaza")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("asked", "count"), [({}, 2), ({"deed": "held"}, 1), ({"deed": "x"}, 2), ({"rule": "7"}, 2)])
def test_what_makes_no_sense_narrows_nothing(asked: dict[str, str], count: int) -> None:
    reader = make_membership()
    make_rule(reader.workspace, spec(cooldown="1 min"))
    chat(on_air(reader.workspace), "clip", "clip")
    look()

    assert LogForm(reader, asked).firings().count() == count
