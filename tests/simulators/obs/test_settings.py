from datetime import UTC, datetime

import pytest

from vigie.simulators.obs import Settings

AT = datetime(2026, 3, 9, 7, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("%CCYY-%MM-%DD %hh-%mm-%ss", "Replay 2026-03-09 07-05-01"),
        ("%hh%mm", "Replay 0705"),
        ("clip", "Replay clip"),
    ],
)
def test_replays_are_named_by_the_pattern(pattern: str, name: str) -> None:
    assert AT.strftime(Settings(file_pattern=pattern).strftime()) == name


def test_some_settings_are_changed() -> None:
    settings = Settings()

    settings.change({"write_s": 2, "told_folder": "C:/Videos", "has_replay_buffer": False})

    assert settings == Settings(write_s=2, told_folder="C:/Videos", has_replay_buffer=False)


@pytest.mark.parametrize("wrong", [{"volume": 11}, {"write_s": "soon"}, {"has_replay_buffer": 1}, {"password": None}])
def test_a_change_that_makes_no_sense_changes_nothing(wrong: dict[str, object]) -> None:
    settings = Settings()

    with pytest.raises(ValueError, match=r"not one of|another kind"):
        settings.change({"version": "31.0.0", **wrong})

    assert settings == Settings()
