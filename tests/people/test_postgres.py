"""A token is renewed once on PostgreSQL too, where several machines ask at the same moment."""

from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_the_keys_of_connected_accounts_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent, "test_keys.py", "test_tasks.py")
