"""An OBS that is played, and how to get to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, Reach
from vigie.simulators.obs import ObsServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ObsServer]:
    with ObsServer(tmp_path) as server:
        server.settings.write_s = 0.02
        yield server


@pytest.fixture
def address(server: ObsServer) -> ObsAddress:
    host, port = server.address
    return ObsAddress(host, port, server.password)


@pytest.fixture
def connector() -> ObsWebSocket:
    return ObsWebSocket(Reach.NETWORK)
