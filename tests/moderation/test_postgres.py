from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_locks_orders_and_pages_of_the_queue_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent)
