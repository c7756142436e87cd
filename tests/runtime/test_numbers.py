import pytest

from vigie.runtime.numbers import number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", 0),
        ("12", 12),
        ("9" * 18, 10**18 - 1),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("٣", None),
        ("x", None),
        ("9" * 19, None),
        ("9" * 5000, None),
    ],
)
def test_only_what_may_number_a_row_is_a_number(text: str, found: int | None) -> None:
    assert number(text) == found
