import pytest

from vigie.people import presets
from vigie.people.models import Module, Preset


def test_every_kind_of_workspace_has_a_preset() -> None:
    assert set(presets.PRESETS) == set(Preset.values)


def test_every_module_has_a_name() -> None:
    assert list(presets.MODULES) == Module.values


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_workspace_starts_with_modules_it_may_have(preset: str) -> None:
    chosen = presets.PRESETS[preset]

    assert chosen.default <= chosen.allowed <= set(presets.MODULES)


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_every_workspace_starts_with_alerts(preset: str) -> None:
    assert "moderation" in presets.default_modules(preset)


def test_a_public_body_does_not_publish_nor_read_chat_at_first() -> None:
    assert "publishing" not in presets.allowed_modules("public_body")
    assert "chat" not in presets.default_modules("public_body")
    assert presets.PRESETS["public_body"].separates_duties


def test_only_a_public_body_separates_duties() -> None:
    assert [key for key, preset in presets.PRESETS.items() if preset.separates_duties] == ["public_body"]


def test_modules_are_in_the_order_of_the_menu() -> None:
    assert presets.default_modules("channel_moderation") == ["moderation", "chat", "audience", "rules", "clips"]
    assert presets.ordered({"clips", "moderation", "of another version"}) == ["moderation", "clips"]


def test_separated_duties_stay_separated() -> None:
    assert presets.reachable("public_body") == ["public_body"]
    assert presets.reachable("creator") == list(presets.PRESETS)
