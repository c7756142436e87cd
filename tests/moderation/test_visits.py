from typing import Any

from vigie.moderation import visits


def test_a_visit_is_to_one_alert() -> None:
    session: dict[str, Any] = {}

    visits.begin(session, 7)

    assert [visits.is_at(session, pk) for pk in (7, 8)] == [True, False]
    assert not visits.is_at({}, 7)


def test_sound_is_first_heard_once_a_visit() -> None:
    session: dict[str, Any] = {}

    visits.begin(session, 7)
    heard = [visits.is_first_hearing(session, 7) for _ in range(3)]
    visits.begin(session, 7)

    assert heard == [True, False, False]
    assert visits.is_first_hearing(session, 7)


def test_sound_heard_without_a_visit_counts() -> None:
    session: dict[str, Any] = {}

    assert visits.is_first_hearing(session, 7)
    assert not visits.is_first_hearing(session, 7)
    assert visits.is_first_hearing(session, 8)
