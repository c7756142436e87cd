from collections.abc import Iterator

import pytest

from vigie.people.models import Membership
from vigie.rules import results


@pytest.fixture
def ways() -> Iterator[None]:
    """Whatever leads somewhere is forgotten in the end."""
    before = dict(results._finders)
    yield
    results._finders.clear()
    results._finders.update(before)


@pytest.mark.usefixtures("ways")
def test_what_was_made_is_known_by_firing_and_action() -> None:
    results.lead("clip", lambda _, firings: {firing: f"/clips/{firing}/" for firing in firings if firing != 2})
    results.lead("alert", lambda *_: {2: "/alerts/9/"})

    found = results.of_firings(Membership(), [1, 2])

    assert found[1]["clip"] == "/clips/1/"
    assert found[2]["alert"] == "/alerts/9/"
    assert "clip" not in found[2]


@pytest.mark.usefixtures("ways")
def test_the_last_way_counts() -> None:
    results.lead("clip", lambda *_: {1: "/old/"})
    results.lead("clip", lambda *_: {1: "/new/"})

    assert results.of_firings(Membership(), [1])[1]["clip"] == "/new/"


def test_nothing_is_asked_of_no_firings() -> None:
    assert results.of_firings(Membership(), []) == {}
