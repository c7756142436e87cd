"""Durations: what is read, what is refused, and that what is written is read back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from vigie.rules.durations import DAY_S, Duration, Lead, seconds, written

DURATION, LEAD = TypeAdapter[float](Duration), TypeAdapter[float](Lead)


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [
        (90, 90),
        (1.5, 1.5),
        ("90", 90),
        ("90 s", 90),
        ("90sec", 90),
        ("250 ms", 0.25),
        ("2 min", 120),
        ("2m", 120),
        ("1,5 min", 90),
        ("1.1 min", 66),
        ("1 h", 3600),
        (" 1 d ", DAY_S),
        ("1 j", DAY_S),
        (0.1 + 0.2, 0.3),
    ],
)
def test_seconds_are_read_as_people_write_them(text: object, duration_s: float) -> None:
    assert seconds(text) == duration_s


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("soon", "“soon” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("", "“” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("-5 s", "“-5 s” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("1:30", "“1:30” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("٣ s", "“٣ s” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ("1e9 s", "“1e9 s” is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (math.nan, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (math.inf, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (10**400, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (86_401, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (True, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        (None, "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ([30], "it is no duration of at most a day: write 30 s, 2 min or 1 h"),
    ],
)
def test_seconds_refuse_what_is_no_duration(given: object, message: str) -> None:
    with pytest.raises(ValueError, match="no duration") as refused:
        seconds(given)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0, "0 s"),
        (0.001, "0.001 s"),
        (0.5, "0.5 s"),
        (90, "90 s"),
        (120, "2 min"),
        (5400, "90 min"),
        (7200, "2 h"),
        (DAY_S, "1 d"),
        (12345.678, "12345.678 s"),
        (86399.999, "86399.999 s"),
    ],
)
def test_written_is_short(duration_s: float, text: str) -> None:
    assert written(duration_s) == text


@given(st.integers(0, 86_400_000))
def test_written_is_read_back(milliseconds: int) -> None:
    assert seconds(written(milliseconds / 1000)) == milliseconds / 1000


@pytest.mark.parametrize("given", [0, "0 s", "0.0001", -1, 0.0001, "86401 s", "2 d"])
def test_duration_is_above_nothing_and_at_most_a_day(given: object) -> None:
    with pytest.raises(ValidationError):
        DURATION.validate_python(given)


def test_lead_may_be_nothing() -> None:
    assert (LEAD.validate_python(0), LEAD.validate_python("15 s")) == (0, 15)
    with pytest.raises(ValidationError):
        LEAD.validate_python(-1)
    assert LEAD.dump_python(60.0) == "1 min"
