from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_leases_units_of_work_and_budgets_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent)
