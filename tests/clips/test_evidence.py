from collections.abc import Iterator

import pytest

from vigie.clips import evidence


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = evidence._asked[:]
    evidence._asked.clear()
    yield
    evidence._asked[:] = before


def test_whoever_knows_is_asked() -> None:
    evidence.ask(lambda assessments: {number for number in assessments if number > 1})

    assert evidence.undecided_among([1, 2, 3]) == {2, 3}


def test_nobody_is_asked_about_nothing() -> None:
    evidence.ask(lambda assessments: {0})

    assert evidence.undecided_among([]) == set()


def test_where_nobody_knows_there_is_no_evidence() -> None:
    assert evidence.undecided_among([1]) == set()


def test_the_last_one_named_is_asked() -> None:
    evidence.ask(lambda assessments: {1})
    evidence.ask(lambda assessments: {2})

    assert evidence.undecided_among([1, 2]) == {2}
