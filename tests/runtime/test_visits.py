from typing import Any

from vigie.runtime import visits


def test_what_belongs_to_an_open_page_is_not_first() -> None:
    session: dict[str, Any] = {}

    visits.begin(session, "alert:7")
    visits.begin(session, "alert:70")

    assert [visits.is_first(session, page) for page in ("alert:7", "alert:70", "alert:8", "alert:8")] == [
        False,
        False,
        True,
        False,
    ]


def test_pages_open_side_by_side_do_not_forget_each_other() -> None:
    session: dict[str, Any] = {}

    first = [visits.is_first(session, page) for page in ("alert:7/sound", "alert:8/sound") * 2]

    assert first == [True, True, False, False]


def test_opening_a_page_again_begins_anew() -> None:
    session: dict[str, Any] = {}
    visits.begin(session, "alert:7")
    visits.is_first(session, "alert:7/sound")
    visits.is_first(session, "alert:70/sound")

    visits.begin(session, "alert:7")

    assert visits.is_first(session, "alert:7/sound")
    assert not visits.is_first(session, "alert:70/sound")


def test_a_session_remembers_few_pages() -> None:
    session: dict[str, Any] = {}

    for number in range(visits.KEPT + 3):
        visits.begin(session, f"alert:{number}")

    assert session[visits.KEY] == [f"alert:{number}" for number in range(3, visits.KEPT + 3)]
