"""The state that goes to a platform and comes back: good once, soon, for whoever asked."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.signed_cookies import SessionStore
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from vigie.people import consents
from vigie.people.consents import Asked
from vigie.people.models import User
from vigie.people.operations import ConsentNotValid

ASKED = Asked("twitch", 7, ("read_chat",), mends="1001")
ADA, GRACE = User(pk=1), User(pk=2)


@pytest.fixture
def session() -> SessionBase:
    return SessionStore()


def test_what_was_asked_comes_back(session: SessionBase) -> None:
    state = consents.ask(session, ADA, ASKED, NOW)

    assert consents.answer(session, ADA, state, NOW + timedelta(minutes=10)) == ASKED


def test_a_state_is_good_once(session: SessionBase) -> None:
    state = consents.ask(session, ADA, ASKED, NOW)
    consents.answer(session, ADA, state, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, state, NOW)


def test_a_state_that_came_in_vain_cannot_be_tried_again(session: SessionBase) -> None:
    state = consents.ask(session, ADA, ASKED, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, "wrong", NOW)
    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, state, NOW)


def test_a_state_is_good_for_ten_minutes(session: SessionBase) -> None:
    state = consents.ask(session, ADA, ASKED, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, state, NOW + timedelta(minutes=10, seconds=1))


def test_a_state_is_good_for_its_session_only(session: SessionBase) -> None:
    """Nobody can make another person connect an account of theirs."""
    state = consents.ask(session, ADA, ASKED, NOW)
    other = SessionStore()

    with pytest.raises(ConsentNotValid):
        consents.answer(other, ADA, state, NOW)
    consents.ask(other, ADA, ASKED, NOW)
    with pytest.raises(ConsentNotValid):
        consents.answer(other, ADA, state, NOW)


def test_a_state_is_good_for_its_person_only(session: SessionBase) -> None:
    state = consents.ask(session, ADA, ASKED, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, GRACE, state, NOW)


def test_a_later_state_of_the_session_replaces_the_former(session: SessionBase) -> None:
    former = consents.ask(session, ADA, ASKED, NOW)
    consents.ask(session, ADA, ASKED, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, former, NOW)


@given(place=st.integers(min_value=0), letter=st.sampled_from("AZaz09-_:"))
def test_a_state_that_was_altered_is_refused(place: int, letter: str) -> None:
    session = SessionStore()
    state = consents.ask(session, ADA, ASKED, NOW)
    place %= len(state)
    altered = state[:place] + letter + state[place + 1 :]
    if altered != state:
        with pytest.raises(ConsentNotValid):
            consents.answer(session, ADA, altered, NOW)


@given(st.text())
def test_garbage_is_refused(state: str) -> None:
    session = SessionStore()
    consents.ask(session, ADA, ASKED, NOW)

    with pytest.raises(ConsentNotValid):
        consents.answer(session, ADA, state, NOW)
