from pathlib import Path

import pytest

from tests.postgres import passes_on_postgresql


@pytest.mark.postgres
def test_two_people_at_once_do_no_harm_on_postgresql() -> None:
    passes_on_postgresql(Path(__file__).parent)
