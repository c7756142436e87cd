import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_membership
from tests.site.audiences import make_audience, write
from vigie.site import chat_export
from vigie.site.chat_export import BEGINS_A_FORMULA, harmless

DANGEROUS = st.sampled_from(BEGINS_A_FORMULA)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-", "'-"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("bonjour = salut", "bonjour = salut"),
        ("", ""),
        (-5, -5),
    ],
)
def test_harmless_leads_what_would_be_a_formula_by_an_apostrophe(cell: object, written: object) -> None:
    assert harmless(cell) == written


@given(st.text(" ", max_size=3), DANGEROUS, st.text())
def test_no_cell_begins_a_formula(before: str, sign: str, after: str) -> None:
    assert not str(harmless(before + sign + after)).lstrip(" ").startswith(BEGINS_A_FORMULA)


@pytest.mark.django_db
def test_files_come_in_chunks_and_lose_nothing() -> None:
    live = make_audience(make_membership().workspace)
    write(live, *(str(number) for number in range(chat_export.TOGETHER + 5)))

    chunks = list(chat_export.as_csv(live))
    lines = list(chat_export.as_json_lines(live))

    assert [len(list(csv.reader(StringIO(chunk)))) for chunk in chunks] == [1001, 5]
    assert [len(chunk.splitlines()) for chunk in lines] == [1000, 5]
