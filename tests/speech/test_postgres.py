from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_what_is_heard_is_kept_and_claimed_once_on_postgresql() -> None:
    passes_on_postgresql(
        Path(__file__).parent,
        "test_operations.py",
        "test_listening.py",
        "test_spool.py",
        "test_tasks.py",
        "test_two_owners.py",
    )
