from collections.abc import Iterator

import pytest

from vigie.people.models import Membership
from vigie.rules import results


@pytest.fixture
def ways() -> Iterator[None]:
    """Nothing leads anywhere but what the test says."""
    before = dict(results._finders)
    results._finders.clear()
    yield
    results._finders.clear()
    results._finders.update(before)


@pytest.mark.usefixtures("ways")
def test_what_was_made_is_known_by_firing_and_action() -> None:
    results.lead(
        "clips", lambda _, firings: {(firing, "clip"): f"/clips/{firing}/" for firing in firings if firing != 2}
    )
    results.lead("moderation", lambda *_: {(2, "alert"): "/alerts/9/"})

    found = results.of_firings(Membership(), [1, 2])

    assert found[1]["clip"] == "/clips/1/"
    assert found[2]["alert"] == "/alerts/9/"
    assert "clip" not in found[2]


@pytest.mark.usefixtures("ways")
def test_the_last_way_counts() -> None:
    results.lead("clips", lambda *_: {(1, "clip"): "/old/"})
    results.lead("clips", lambda *_: {(1, "clip"): "/new/"})

    assert results.of_firings(Membership(), [1])[1]["clip"] == "/new/"


def test_nothing_is_asked_of_no_firings() -> None:
    assert results.of_firings(Membership(), []) == {}
