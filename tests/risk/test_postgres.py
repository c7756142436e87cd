from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_texts_are_judged_once_and_by_one_policy_on_postgresql() -> None:
    passes_on_postgresql(
        Path(__file__).parent, "test_operations.py", "test_queries.py", "test_tasks.py", "test_two_at_once.py"
    )
