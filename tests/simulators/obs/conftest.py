"""An OBS that is played."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.simulators.obs import ObsServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ObsServer]:
    with ObsServer(tmp_path) as server:
        server.settings.write_s = 0.02
        yield server
