from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_claims_constraints_and_clips_hold_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent)
