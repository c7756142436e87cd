from datetime import date

import pytest

from vigie.governance.forms import SearchForm
from vigie.governance.queries import Search


@pytest.mark.parametrize(
    ("filled", "search"),
    [
        ({}, Search()),
        ({"person": " ada ", "verb": "audit.read"}, Search(person="ada", verb="audit.read")),
        ({"kind": "workspace", "number": "12"}, Search(kind="workspace", number="12")),
        ({"first_on": "2026-01-05", "last_on": ""}, Search(first_on=date(2026, 1, 5))),
        ({"first_on": "yesterday"}, Search()),
        ({"verb": "no.such", "person": "ada"}, Search()),
    ],
)
def test_what_is_filled_in_is_searched(filled: dict[str, str], search: Search) -> None:
    assert SearchForm(filled).search() == search


def test_days_are_written_as_browsers_want_them() -> None:
    form = SearchForm(initial={"first_on": date(2026, 1, 5)})

    assert 'value="2026-01-05"' in str(form["first_on"])
