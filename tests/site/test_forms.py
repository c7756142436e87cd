import pytest

from vigie.site.forms import TranscriptSearchForm
from vigie.site.queries import Sought


@pytest.mark.parametrize(
    ("filled_in", "sought"),
    [
        ({}, Sought()),
        ({"words": " soup "}, Sought("soup")),
        ({"words": "soup", "marked": "on"}, Sought("soup", only_marked=True)),
        ({"words": "a" * 101, "marked": "on"}, Sought(only_marked=True)),
        ({"words": "\0"}, Sought()),
    ],
)
def test_what_is_looked_for(filled_in: dict[str, str], sought: Sought) -> None:
    assert TranscriptSearchForm(filled_in).sought() == sought


def test_nothing_filled_in_looks_for_nothing() -> None:
    assert not Sought()
    assert Sought("soup")
    assert Sought(only_marked=True)
