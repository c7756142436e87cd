"""Clips lie in a folder of their own, and what writes and reads them is played."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.clips.rows import Videos
from tests.clips.studios import News, listening, live_since
from vigie.adapters.obs.client import ObsWebSocket
from vigie.clips import obslink, rings
from vigie.events import Acted, ClipChanged, ObsChanged
from vigie.ports import ObsConnector, Reach, VideoFiles
from vigie.runtime import bus, registry
from vigie.simulators.obs import ObsServer
from vigie.watch.models import Live


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Each test begins without lives in memory."""
    rings._kept.clear()
    yield
    rings._kept.clear()


@pytest.fixture
def videos() -> Iterator[Videos]:
    before, played = registry.current(VideoFiles), Videos()
    registry.provide(VideoFiles, lambda: played)
    yield played
    registry.withdraw(VideoFiles)
    if before:
        registry.provide(VideoFiles, before)


@pytest.fixture
def acts() -> Iterator[list[Acted]]:
    """What was accounted for."""
    told: list[Acted] = []
    bus.react(Acted, told.append)
    yield told
    bus.unreact(Acted, told.append)


@pytest.fixture
def changes() -> Iterator[list[ClipChanged]]:
    """What was told of clips, as it was written."""
    told: list[ClipChanged] = []
    bus.react(ClipChanged, told.append)
    yield told
    bus.unreact(ClipChanged, told.append)


# ── an OBS that is played ──


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """Where an OBS writes its replays, and the operator lets them be taken from."""
    folder = tmp_path_factory.mktemp("replays")
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"replay_folders": str(folder.parent)})
    return folder


@pytest.fixture
def connects() -> Iterator[None]:
    """OBS anywhere can be connected with."""
    before = registry.current(ObsConnector)
    registry.provide(ObsConnector, lambda: ObsWebSocket(Reach.NETWORK))
    yield
    registry.withdraw(ObsConnector)
    if before:
        registry.provide(ObsConnector, before)


@pytest.fixture
def server(folder: Path, connects: None) -> Iterator[ObsServer]:
    with ObsServer(folder) as server:
        server.settings.write_s = 0.05
        yield server


@pytest.fixture
def others(folder: Path) -> Iterator[ObsServer]:
    """Another OBS."""
    own = folder / "others"
    own.mkdir()
    with ObsServer(own) as server:
        server.settings.write_s = 0.05
        yield server


@pytest.fixture
async def news() -> AsyncIterator[News]:
    async with listening() as news:
        bus.follow(ObsChanged, obslink.wake)
        yield news


@pytest.fixture
async def live() -> Live:
    """A live that began 100 s ago."""
    return await live_since(100)
