"""What every test about people starts with."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    """Attempts to sign in are counted in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    """A password takes a third of a second to check otherwise."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def in_english(settings: Settings) -> Iterator[None]:
    """The words of the code; what the French says is for the catalogue's own tests."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
