import pytest

from vigie.site.moments import seconds, stretch_in


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0", 0.0),
        ("12.5", 12.5),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("nan", None),
        ("inf", None),
        ("\N{ARABIC-INDIC DIGIT ONE}", None),
        ("9" * 8, None),
        ("1.2345", None),
    ],
)
def test_seconds_are_plain_numbers_alone(text: str, moment: float | None) -> None:
    assert seconds(text) == moment


@pytest.mark.parametrize(
    ("asked", "stretch"),
    [
        ({"from": "1", "to": "2.5"}, (1.0, 2.5)),
        ({"from": "0", "to": "0.1"}, (0.0, 0.1)),
        ({"from": "2", "to": "1"}, None),
        ({"from": "1", "to": "1"}, None),
        ({"from": "1"}, None),
        ({"to": "1"}, None),
        ({"from": "x", "to": "1"}, None),
        ({}, None),
    ],
)
def test_a_stretch_has_two_ends_in_order(asked: dict[str, str], stretch: tuple[float, float] | None) -> None:
    assert stretch_in(asked) == stretch
