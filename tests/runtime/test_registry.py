"""The registry: what implements a port, built once, on first use."""

from collections.abc import Iterator

import pytest

from vigie.ports import LanguageIdentifier
from vigie.runtime import registry


class French:
    """Takes everything for French."""

    built = 0

    def __init__(self) -> None:
        type(self).built += 1

    def identify(self, text: str) -> tuple[str, float]:
        return ("fr", float(bool(text)))


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    French.built = 0
    former = registry.current(LanguageIdentifier)
    registry.withdraw(LanguageIdentifier)
    yield
    registry.withdraw(LanguageIdentifier)
    if former:
        registry.provide(LanguageIdentifier, former)


def test_get_builds_once_and_on_first_use() -> None:
    registry.provide(LanguageIdentifier, f"{__name__}.French")
    assert French.built == 0

    assert registry.get(LanguageIdentifier) is registry.get(LanguageIdentifier)
    assert French.built == 1


def test_provide_replaces_the_former() -> None:
    registry.provide(LanguageIdentifier, French)
    first = registry.get(LanguageIdentifier)
    registry.provide(LanguageIdentifier, French)

    assert registry.get(LanguageIdentifier) is not first


def test_get_says_what_is_missing() -> None:
    with pytest.raises(registry.NotProvided, match=r"Nothing implements LanguageIdentifier\."):
        registry.get(LanguageIdentifier)


def test_find_returns_none_where_there_is_nothing() -> None:
    assert registry.find(LanguageIdentifier) is None


def test_get_asks_again_until_a_factory_has_what_it_needs() -> None:
    ready: list[French] = []
    registry.provide(LanguageIdentifier, lambda: ready[0] if ready else None)

    assert registry.find(LanguageIdentifier) is None
    ready.append(French())
    assert registry.find(LanguageIdentifier) is ready[0]


def test_release_hands_over_what_was_built_and_builds_nothing() -> None:
    registry.provide(LanguageIdentifier, French)
    assert registry.release(LanguageIdentifier) is None

    built = registry.get(LanguageIdentifier)

    assert registry.release(LanguageIdentifier) is built
    assert registry.get(LanguageIdentifier) is not built


def test_each_platform_has_its_own_and_they_are_known_by_name() -> None:
    for platform in ("twitch", "tiktok"):
        registry.provide(LanguageIdentifier, French, platform)

    assert registry.platforms_of(LanguageIdentifier) == ["tiktok", "twitch"]
    assert registry.get(LanguageIdentifier, "tiktok") is not registry.get(LanguageIdentifier, "twitch")
    with pytest.raises(registry.NotProvided, match=r"^Nothing implements LanguageIdentifier of kick\.$"):
        registry.get(LanguageIdentifier, "kick")

    for platform in ("twitch", "tiktok"):
        registry.withdraw(LanguageIdentifier, platform)
    assert registry.platforms_of(LanguageIdentifier) == []


def test_what_was_withdrawn_is_not_given_though_it_was_built() -> None:
    registry.provide(LanguageIdentifier, French)
    registry.get(LanguageIdentifier)

    registry.withdraw(LanguageIdentifier)

    assert registry.find(LanguageIdentifier) is None
    assert registry.current(LanguageIdentifier) is None
