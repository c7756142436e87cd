"""One process a data folder."""

from pathlib import Path

import pytest
from django.db import connection

from vigie.runtime.instance import AlreadyRunning, has_database, only_one, take


def test_only_one_refuses_a_second_with_one_line(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRunning) as refusal, only_one(tmp_path):
        pass

    assert str(refusal.value) == (
        f"Another Vigie already runs on {tmp_path}. Stop it first, or set VIGIE_DATA_DIR to another folder."
    )


def test_only_one_lets_the_next_in_after_the_first_and_leaves_nothing(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass

    assert list(tmp_path.iterdir()) == []


def test_take_trusts_no_lock_on_a_file_that_its_former_holder_removed(tmp_path: Path) -> None:
    path = tmp_path / "vigie.lock"
    with path.open("w") as lock:
        path.unlink()

        assert not take(lock)


@pytest.mark.django_db
def test_has_database_looks_without_making_one(tmp_path: Path) -> None:
    assert has_database()

    former = connection.settings_dict
    try:
        connection.settings_dict = former | {"NAME": tmp_path / "vigie.sqlite3"}
        assert has_database() == (connection.vendor != "sqlite")
    finally:
        connection.settings_dict = former

    assert list(tmp_path.iterdir()) == []
