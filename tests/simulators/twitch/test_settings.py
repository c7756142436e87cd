from datetime import UTC, datetime
from typing import Any

import pytest

from vigie.simulators.twitch.settings import Settings, Watch


def test_settings_are_changed_together() -> None:
    settings = Settings()

    settings.change({"points": 3, "rotates": True, "keepalive_s": 0.5, "refused_scopes": ["clips:edit"]})

    assert settings == Settings(points=3, rotates=True, keepalive_s=0.5, refused_scopes=frozenset({"clips:edit"}))


@pytest.mark.parametrize("wrong", [{"colour": 1}, {"points": "many"}, {"points": True}, {"rotates": 1}, {"points": []}])
def test_a_wrong_setting_changes_nothing(wrong: dict[str, Any]) -> None:
    settings = Settings()

    with pytest.raises(ValueError, match=r"colour|points|rotates"):
        settings.change({"token_life_s": 1, **wrong})
    assert settings == Settings()


def test_the_watch_can_be_put_forward() -> None:
    watch = Watch()
    before = datetime.now(UTC)

    watch.forward(3600)

    assert 3600 <= (watch.now() - before).total_seconds() < 3660
