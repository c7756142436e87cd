from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_triggers_locks_and_searches_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent)
