import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_membership
from tests.site.audiences import make_audience, write
from vigie.events import Chatter
from vigie.site import chat_export
from vigie.site.chat_export import SIGNS, harmless

HOSTILE = st.text(st.sampled_from(f"{SIGNS} ;,\t\r\n\"'x"), max_size=12) | st.text()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-", "'-"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("\r=1", "'\r'=1"),
        (" \nx", "' \nx"),
        ("  =1", "  '=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("\N{FULLWIDTH COMMERCIAL AT}sum", "'\N{FULLWIDTH COMMERCIAL AT}sum"),
        ("x;=cmd|'/C calc'!A0", "x;'=cmd|'/C calc'!A0"),
        ('x; "+1;-2', "x; \"'+1;'-2"),
        ("un\n@deux\t=trois,-4", "un\n'@deux\t'=trois,'-4"),
        ("bonjour = salut; ça va - oui", "bonjour = salut; ça va - oui"),
        ("", ""),
        (-5, -5),
    ],
)
def test_harmless_leads_what_would_be_a_formula_by_an_apostrophe(cell: object, written: object) -> None:
    assert harmless(cell) == written


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(st.lists(HOSTILE, min_size=1, max_size=3))
def test_no_field_begins_a_formula_whatever_separates_cells(separator: str, cells: list[str]) -> None:
    page = StringIO()
    csv.writer(page).writerow(["2026", *(harmless(cell) for cell in cells), 1])

    lines = StringIO(page.getvalue(), newline=None)
    fields = [field for row in csv.reader(lines, delimiter=separator) for field in row]

    assert not [field for field in fields if field.lstrip(" ").startswith(tuple(SIGNS))]


@given(st.text(" ", max_size=3), st.sampled_from("\t\r\n"), st.text())
def test_no_cell_begins_with_what_a_spreadsheet_skips(before: str, blank: str, after: str) -> None:
    assert str(harmless(before + blank + after)).startswith("'")


@pytest.mark.django_db
def test_every_line_tells_which_message_it_is_whose_and_whether_it_was_replayed() -> None:
    live = make_audience(make_membership().workspace)
    for number, is_history in ((1, True), (2, False)):
        write(live, "bonjour", by=Chatter(str(number), f"camille.{number}", "Camille"), is_history=is_history)

    rows = list(csv.DictReader(StringIO("".join(chat_export.as_csv(live)).removeprefix("\ufeff"))))
    told = [json.loads(line) for line in "".join(chat_export.as_json_lines(live)).splitlines()]

    assert [(row["message_id"], row["chatter"], row["login"], row["is_history"]) for row in rows] == [
        ("m1", "Camille", "camille.1", "True"),
        ("m2", "Camille", "camille.2", "False"),
    ]
    assert [(row["message_id"], row["login"], row["is_history"]) for row in told] == [
        ("m1", "camille.1", True),
        ("m2", "camille.2", False),
    ]
    assert {tuple(row) for row in (*rows, *told)} == {chat_export.COLUMNS}


@pytest.mark.django_db
def test_files_come_in_chunks_and_lose_nothing() -> None:
    live = make_audience(make_membership().workspace)
    write(live, *(str(number) for number in range(chat_export.TOGETHER + 5)))

    chunks = list(chat_export.as_csv(live))
    lines = list(chat_export.as_json_lines(live))

    assert [len(list(csv.reader(StringIO(chunk)))) for chunk in chunks] == [1001, 5]
    assert [len(chunk.splitlines()) for chunk in lines] == [1000, 5]
