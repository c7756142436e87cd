"""Secrets at rest: opened by whoever holds the key, useless to all others."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from vigie.runtime.sealing import CannotUnseal, seal, unseal

SECRET = "oauth-token-of-ada"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_unsealed(text: str) -> None:
    assert unseal(seal(text)) == text


def test_what_is_sealed_shows_nothing_and_differs_each_time() -> None:
    first, second = seal(SECRET), seal(SECRET)

    assert SECRET not in first
    assert first.isascii()
    assert first != second


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_nobody_sealed_is_refused(garbage: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(garbage)


def test_the_refusal_repeats_nothing_of_what_was_refused() -> None:
    with pytest.raises(CannotUnseal) as refused:
        unseal(SECRET)

    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("place", [0, 20, 60, -1])
def test_what_was_altered_is_refused(place: int) -> None:
    sealed = list(seal(SECRET))
    sealed[place] = "A" if sealed[place] != "A" else "B"

    with pytest.raises(CannotUnseal):
        unseal("".join(sealed))


def test_another_key_opens_nothing(settings: Settings) -> None:
    sealed = seal(SECRET)
    settings.SECRET_KEY = "another"

    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_a_former_key_opens_what_it_sealed_and_seals_nothing_any_more(settings: Settings) -> None:
    former = str(settings.SECRET_KEY)
    sealed = seal(SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]

    assert unseal(sealed) == SECRET
    again = seal(SECRET)
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(again) == SECRET


def test_the_key_is_not_the_secret_itself(settings: Settings) -> None:
    """A token that Django signs with the same secret cannot be taken for a sealed one, nor help to find its key."""
    settings.SECRET_KEY = "k" * 43 + "="  # would do as a Fernet key by itself

    sealed = seal(SECRET)

    with pytest.raises(InvalidToken):
        Fernet(settings.SECRET_KEY).decrypt(sealed)
