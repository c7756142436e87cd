import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulators.obs.clients import MSGPACK, identified
from vigie.simulators.obs import Asked, Fault, Kind, ObsServer

FOREVER_S = 600.0


async def test_a_key_that_is_pressed_saves_a_replay(server: ObsServer) -> None:
    async with identified(server.address, server.password, [MSGPACK]) as talk:
        server.save()
        told = await talk.hear()

    assert told["d"]["eventData"] == {"savedReplayPath": str(server.written[0])}
    assert server.requests == []


async def test_a_restart_is_a_crash_and_a_start_at_the_same_address(server: ObsServer) -> None:
    before = server.address
    server.turn(is_active=False)
    async with identified(server.address, server.password) as talk:
        await asyncio.to_thread(server.restart)
        assert (await talk.ended())[0] == 1006
    async with identified(server.address, server.password) as talk:
        status = await talk.ask("GetReplayBufferStatus")

    assert server.address == before
    assert status["responseData"] == {"outputActive": True}


async def test_what_was_being_written_is_lost_in_a_crash(server: ObsServer) -> None:
    server.settings.write_s = FOREVER_S
    server.save()
    await asyncio.to_thread(server.restart)
    server.settings.write_s = 0.02
    async with identified(server.address, server.password) as talk:
        server.save()
        await talk.hear()

    assert len(server.written) == 1


async def test_a_password_that_is_changed_holds_for_who_comes_next(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        server.settings.password = "another"
        assert (await talk.ask("GetVersion"))["requestStatus"]["result"]
    async with identified(server.address, "another") as talk:
        await talk.ask("StopReplayBuffer")

    assert server.requests == [Asked("GetVersion", 100), Asked("StopReplayBuffer", 100)]


async def test_replays_are_named_by_the_clock_that_is_given(tmp_path: Path) -> None:
    def now() -> datetime:
        return datetime(2026, 3, 9, 20, 15, tzinfo=UTC)

    async with ObsServer(tmp_path, now=now) as server:
        server.settings.write_s = 0.0
        async with identified(server.address, server.password) as talk:
            server.save()
            await talk.hear()

    assert [path.name for path in server.written] == ["Replay 2026-03-09 20-15-00.mp4"]


async def test_all_is_well_again(server: ObsServer) -> None:
    server.fail(Fault(Kind.REFUSE, times=0))
    server.fail(Fault(Kind.GARBAGE, times=0))
    server.heal()

    async with identified(server.address, server.password) as talk:
        assert (await talk.ask("GetVersion"))["requestStatus"]["result"]


def test_a_port_that_is_taken_is_told(server: ObsServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        ObsServer(tmp_path, port=server.address[1]).start()
