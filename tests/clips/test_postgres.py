from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql

MODULES = ("archive", "beside", "models", "queries", "receivers", "tasks", "tasks_again")


@pytest.mark.postgres
def test_claims_constraints_and_clips_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent, "operations", *(f"test_{module}.py" for module in MODULES))
