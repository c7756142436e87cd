from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_rules_act_once_on_postgresql() -> None:
    modules = (
        "operations",
        "test_following.py",
        "test_following_restarts.py",
        "test_sources.py",
        "test_receivers.py",
        "test_queries.py",
    )
    passes_on_postgresql(Path(__file__).parent, *modules)
