"""What every test about governance starts with."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def in_english(settings: Settings) -> Iterator[None]:
    """The words of the code; what the French says is for the catalogue's own tests."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
