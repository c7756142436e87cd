"""A session with the OBS that is played, by the real library: what is asked, and what is told."""

import asyncio
import logging

import pytest

from tests.adapters.extras import without_extras
from tests.adapters.obs.sessions import session_with, some
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, ObsStatus, PortError, ReplayBufferTurned, ReplaySaved
from vigie.simulators.obs import Fault, Kind, ObsServer

CONNECT = """
import asyncio
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, PortError

async def connect():
    async with ObsWebSocket().connect(ObsAddress("127.0.0.1", 4455)):
        pass

try:
    asyncio.run(connect())
except PortError as error:
    print(error.permanent, error)
"""


@pytest.mark.parametrize("is_active", [True, False])
async def test_the_status_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, *, is_active: bool
) -> None:
    server.turn(is_active=is_active)
    async with session_with(connector, address) as session:
        assert await session.status() == ObsStatus("29.0.2", is_active, "%CCYY-%MM-%DD %hh-%mm-%ss")


async def test_the_last_replay_is_told_for_whoever_was_away(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        server.save()
        [saved] = await some(session, 1)
    assert isinstance(saved, ReplaySaved)
    async with session_with(connector, address) as session:
        assert (await session.status()).last_replay == saved.path


async def test_an_obs_without_a_replay_buffer_has_none_that_runs(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.settings.has_replay_buffer = False
    async with session_with(connector, address) as session:
        assert not (await session.status()).replay_is_active
        for act in (session.save_replay, session.start_replay_buffer):
            with pytest.raises(PortError, match="enable it in the settings of OBS") as caught:
                await act()
            assert caught.value.permanent


async def test_a_pattern_that_an_old_obs_does_not_tell_is_left_out(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.CODE, code=204, request="GetProfileParameter"))
    async with session_with(connector, address) as session:
        assert await session.status() == ObsStatus("29.0.2", replay_is_active=True)


@pytest.mark.parametrize("folder", ["", "C:/Users/Zoé/Videos", "C:\\Users\\Zoé\\Videos", "//nas/clips"])
async def test_a_replay_that_was_saved_is_told_as_its_machine_spells_it(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, folder: str
) -> None:
    server.settings.told_folder = folder
    async with session_with(connector, address) as session:
        await session.save_replay()
        told = await some(session, 1)

    (path,) = server.written
    assert told == [ReplaySaved(f"{folder}/{path.name}" if folder else str(path))]


async def test_replays_that_the_streamer_saves_are_told_too(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        server.save()
        assert await some(session, 1) == [ReplaySaved(str(path)) for path in server.written]


async def test_the_replay_buffer_is_started_unless_it_runs(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.turn(is_active=False)
    async with session_with(connector, address) as session:
        await session.start_replay_buffer()
        await session.start_replay_buffer()

        assert (await session.status()).replay_is_active
        assert await some(session, 1) == [ReplayBufferTurned(is_active=True)]


async def test_what_the_streamer_does_with_the_replay_buffer_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        server.turn(is_active=False)
        server.turn(is_active=True)
        server.save()

        assert await some(session, 3) == [
            ReplayBufferTurned(is_active=False),
            ReplayBufferTurned(is_active=True),
            *(ReplaySaved(str(path)) for path in server.written),
        ]


async def test_nothing_can_be_saved_while_the_replay_buffer_is_off(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.turn(is_active=False)
    async with session_with(connector, address) as session:
        with pytest.raises(PortError, match="the replay buffer is off") as caught:
            await session.save_replay()

    assert caught.value.permanent


@pytest.mark.parametrize(("code", "may_pass"), [(207, True), (205, True), (702, True), (204, False), (600, False)])
async def test_a_refused_request_says_whether_to_ask_again(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, code: int, *, may_pass: bool
) -> None:
    server.fail(Fault(Kind.CODE, times=0, code=code))
    async with session_with(connector, address) as session:
        for ask in (session.save_replay, session.start_replay_buffer, session.status):
            with pytest.raises(PortError, match=str(code) if code != 204 else "too old") as caught:
                await ask()
            assert (caught.value.retryable, caught.value.permanent) == (may_pass, not may_pass)


async def test_a_buffer_whose_state_is_not_told_is_not_taken_for_off(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.CODE, code=207, request="GetReplayBufferStatus"))
    async with session_with(connector, address) as session:
        with pytest.raises(PortError, match="GetReplayBufferStatus"):
            await session.status()


async def test_requests_may_be_made_at_once(server: ObsServer, connector: ObsWebSocket, address: ObsAddress) -> None:
    async with session_with(connector, address) as session:
        told = await asyncio.gather(*(session.status() for _ in range(20)))

    assert {status.version for status in told} == {server.settings.version}
    assert len(server.requests) == 80


async def test_neither_password_nor_proof_is_logged(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with session_with(connector, address) as session:
        await session.status()
        shown = f"{caplog.text}{connector!r}{address!r}{session!r}{vars(session)}"

    assert server.password not in shown
    assert "authentication" not in caplog.text


def test_a_library_that_is_missing_is_told() -> None:
    told = without_extras(CONNECT)

    assert told.stdout == "True simpleobsws is not installed: pip install 'vigie[obs]'.\n", told.stderr
