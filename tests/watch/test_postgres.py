from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_rows_of_channels_and_lives_hold_on_postgresql() -> None:
    modules = ("operations", "queries", "models", "test_logbook.py", "test_hosts.py", "test_receivers.py")
    passes_on_postgresql(Path(__file__).parent, *modules)
