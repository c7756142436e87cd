"""What an operator says of Twitch."""

from dataclasses import FrozenInstanceError

import pytest

from vigie.adapters.twitch.settings import TwitchSettings

SETTINGS = TwitchSettings("the-client-id", "the-client-secret")


def test_twitch_itself_is_asked_over_tls() -> None:
    assert SETTINGS.helix_url == "https://api.twitch.tv/helix"
    assert SETTINGS.id_url.startswith("https://")
    assert SETTINGS.eventsub_url.startswith("wss://")


def test_the_application_is_masked() -> None:
    assert "the-client" not in repr(SETTINGS)
    assert "the-client" not in str(SETTINGS)


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        SETTINGS.client_secret = "another"  # type: ignore[misc]
