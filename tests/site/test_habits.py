import pytest
from django.utils import translation

from vigie.site.habits import drawing, habit_of, sentence
from vigie.watch.statistics import Week


def week(shares: dict[tuple[int, int], float], days: float = 28.0) -> Week:
    """Return a week from (day, hour) -> share."""
    return Week(tuple(shares.get(divmod(hour, 24), 0.0) for hour in range(168)), days)


EVENINGS = {(0, 20): 1.0, (0, 21): 0.75, (3, 23): 0.5, (4, 0): 0.5}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (week({}, days=20), "Less than three weeks: too little to tell habits from chance."),
        (week({(0, 20): 0.4}), "No habit: there is no hour of the week in which it is on air every other time."),
        (week(EVENINGS), "Usually on air: Monday from 20:00 to 22:00, Thursday from 23:00 to 01:00."),
        (week({divmod(hour, 24): 1.0 for hour in range(168)}), "Usually on air at any hour."),
    ],
)
def test_sentence_says_when_a_channel_is_usually_on_air(found: Week, words: str) -> None:
    assert sentence(found) == words


@pytest.mark.parametrize(
    ("days", "end"), [(4, "Thursday from 08:00 to 09:00."), (5, " and 1 other time."), (6, " and 2 other times.")]
)
def test_sentence_names_four_times_at_most(days: int, end: str) -> None:
    assert sentence(week({(day, 8): 1.0 for day in range(days)})).endswith(end)


def test_sentence_speaks_the_readers_language() -> None:
    with translation.override("fr"):
        assert "lundi de 20:00" in sentence(week(EVENINGS))


def test_drawing_is_larger_the_more_often_and_keeps_the_usual_apart() -> None:
    found = week({(0, 0): 0.1, (0, 1): 0.25, (1, 2): 1.0})

    assert drawing(found, usual=False) == "M0.35 0.35h0.3v0.3h-0.3zM1.20 0.20h0.6v0.6h-0.6z"
    assert drawing(found, usual=True) == "M2.05 1.05h0.9v0.9h-0.9z"


def test_drawing_calls_nothing_usual_before_three_weeks() -> None:
    found = week({(1, 2): 1.0}, days=7)

    assert (drawing(found, usual=True), drawing(found, usual=False)) == ("", "M2.05 1.05h0.9v0.9h-0.9z")


def test_habit_has_a_row_a_day_for_the_table() -> None:
    habit = habit_of(week({(0, 20): 1.0, (6, 9): 0.25}))

    assert [row.day for row in habit.rows][::6] == ["Monday", "Sunday"]
    assert [row.shares for row in habit.rows] == [[(20, 1.0)], [], [], [], [], [], [(9, 0.25)]]
    assert habit.days == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
