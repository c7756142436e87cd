"""One process a data folder."""

from pathlib import Path

import pytest

from vigie.runtime.instance import AlreadyRunning, only_one


def test_only_one_refuses_a_second_with_one_line(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRunning) as refusal, only_one(tmp_path):
        pass

    assert str(refusal.value) == (
        f"Another Vigie already runs on {tmp_path}. Stop it first, or set VIGIE_DATA_DIR to another folder."
    )


def test_only_one_lets_the_next_in_after_the_first(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass
