from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql

MODULES = ("following", "following_restarts", "sources", "receivers", "queries", "tasks")


@pytest.mark.postgres
def test_rules_act_once_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent, "operations", *(f"test_{module}.py" for module in MODULES))
