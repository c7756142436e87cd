"""Sessions with Debian's OBS, whose replay buffer writes real files."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.obs_program import RealObs
from tests.programs import needed
from tests.simulators.obs.clients import identified
from vigie.adapters.obs import client
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, ObsEvent, ObsSession, ObsStatus, PortError, Reach, ReplayBufferTurned, ReplaySaved

pytestmark = pytest.mark.obs

DEADLINE_S = 60.0
NOTHING_MORE_S = 2.0
"""A save takes 0.2 s to 0.4 s: what has not come by then does not come."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    with RealObs(tmp_path_factory.mktemp("obs")) as obs:
        yield obs


@pytest.fixture
def address(studio: RealObs) -> ObsAddress:
    return ObsAddress(*studio.address, studio.password)


@asynccontextmanager
async def session_with(address: ObsAddress) -> AsyncIterator[ObsSession]:
    async with asyncio.timeout(DEADLINE_S), ObsWebSocket(Reach.NETWORK).connect(address) as session:
        yield session


async def saved(session: ObsSession) -> Path:
    """Return the next replay."""
    async for event in session.events():
        if isinstance(event, ReplaySaved):
            return Path(event.path)
    raise AssertionError("events have no end")


async def more(session: ObsSession) -> list[ObsEvent]:
    """Return what is told within some time."""
    told = list[ObsEvent]()
    try:
        async with asyncio.timeout(NOTHING_MORE_S):
            async for event in session.events():
                told.append(event)
    except TimeoutError:
        return told
    raise AssertionError("events have no end")


def played(path: Path) -> Any:
    """Return what ffprobe tells of a file that it decodes without an error."""
    shown = ("-show_entries", "stream=codec_name,width,nb_read_frames", "-count_frames", "-of", "json")
    told = subprocess.run([needed("ffprobe"), "-v", "error", *shown, path], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    return json.loads(told.stdout)["streams"]


async def test_obs_tells_how_it_does(address: ObsAddress) -> None:
    async with session_with(address) as session:
        told = await session.status()

    pattern = "%CCYY-%MM-%DD %hh-%mm-%ss"
    assert replace(told, last_replay="") == ObsStatus(told.version, replay_is_active=True, file_pattern=pattern)
    assert told.version.split(".")[0].isdecimal()


async def test_a_saved_replay_plays(studio: RealObs, address: ObsAddress) -> None:
    async with session_with(address) as session:
        await session.save_replay()
        path = await saved(session)
        assert (await session.status()).last_replay == str(path)

    assert path.parent == studio.replays
    pictures, *sound = played(path)
    assert (pictures["codec_name"], pictures["width"]) == ("h264", 640)
    assert int(pictures["nb_read_frames"]) > 0
    assert [stream["codec_name"] for stream in sound] in ([], ["aac"])  # a buffer that was just started has none yet


async def test_two_saves_at_once_are_one_event(studio: RealObs, address: ObsAddress) -> None:
    """Both are answered as if they were done: whoever saves has to wait for the event before saving again."""
    before = set(studio.replays.iterdir())
    async with session_with(address) as session:
        await asyncio.gather(session.save_replay(), session.save_replay())
        told = await more(session)

    new = [Path(event.path) for event in told if isinstance(event, ReplaySaved)]
    assert len(told) == len(new) == 1
    assert set(studio.replays.iterdir()) - before <= set(new)


async def test_a_replay_buffer_that_is_off_is_told_and_started(studio: RealObs, address: ObsAddress) -> None:
    async with session_with(address) as session:
        async with identified(studio.address, studio.password) as streamer:
            await streamer.ask("StopReplayBuffer")
        events = session.events()
        assert await anext(events) == ReplayBufferTurned(is_active=False)
        assert not (await session.status()).replay_is_active
        with pytest.raises(PortError, match="the replay buffer is off") as caught:
            await session.save_replay()
        assert caught.value.permanent

        await session.start_replay_buffer()
        assert await anext(events) == ReplayBufferTurned(is_active=True)
        await session.start_replay_buffer()
        assert (await session.status()).replay_is_active


async def test_a_wrong_password_is_told_without_waiting(address: ObsAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 10 * DEADLINE_S)
    with pytest.raises(PortError, match="the password is wrong") as caught:
        async with session_with(replace(address, password="wr0ng")):
            pass

    assert (caught.value.permanent, caught.value.retryable) == (True, False)


async def test_an_obs_that_crashes_is_missed_at_once_and_found_again(
    studio: RealObs, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 10 * DEADLINE_S)
    async with session_with(address) as session:
        await session.status()
        studio.kill()
        with pytest.raises(PortError) as lost:
            await saved(session)
        with pytest.raises(PortError):
            await session.status()
    with pytest.raises(PortError) as away:
        async with session_with(address):
            pass
    await asyncio.to_thread(studio.start)
    async with session_with(address) as session:
        assert (await session.status()).replay_is_active

    assert [(error.value.retryable, error.value.permanent) for error in (lost, away)] == [(True, False)] * 2
