"""Connections that are ended, fall silent, or are answered late."""

import asyncio

import pytest

from tests.simulators.obs.clients import identified
from vigie.simulators.obs import Fault, Kind, ObsServer

FOREVER_S = 600.0
REQUEST = {"op": 6, "d": {"requestType": "GetVersion", "requestId": "late"}}


@pytest.mark.parametrize("code", [1001, 4000, 4011])
async def test_every_connection_is_closed_with_a_code(server: ObsServer, code: int) -> None:
    async with identified(server.address, server.password) as one, identified(server.address, server.password) as two:
        assert server.close(code) == 2

        assert [(await talk.ended())[0] for talk in (one, two)] == [code, code]
    assert server.greeted == 2


async def test_every_connection_is_reset(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        assert server.drop() == 1

        assert await talk.ended() == (1006, "")


async def test_nothing_is_said_until_it_goes_on(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        assert server.stall() == 1
        await talk.say(REQUEST)
        await asyncio.to_thread(server.save)
        server.turn(is_active=False)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await talk.connection.recv()

        assert server.resume() == 1
        assert (await talk.hear())["d"]["requestId"] == "late"


async def test_an_answer_may_come_after_those_to_later_requests(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        server.fail(Fault(Kind.SLOW, delay_s=0.2))
        await talk.say(REQUEST)

        assert (await talk.ask("GetVersion"))["requestId"] == "1"
        assert (await talk.hear())["d"]["requestId"] == "late"


async def test_an_answer_that_is_due_much_later_keeps_no_server_from_stopping(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        server.fail(Fault(Kind.SLOW, delay_s=FOREVER_S))
        await talk.say(REQUEST)
        await talk.ask("GetVersion")
        await asyncio.to_thread(server.stop)

        assert (await talk.ended())[0] == 1006


async def test_who_left_is_told_nothing(server: ObsServer) -> None:
    async with identified(server.address, server.password):
        pass
    async with identified(server.address, server.password) as talk:
        server.turn(is_active=False)
        assert (await talk.hear())["op"] == 5


async def test_a_save_that_drops_everybody_has_been_answered(server: ObsServer) -> None:
    server.fail(Fault(Kind.DROP))
    async with identified(server.address, server.password) as talk:
        assert (await talk.ask("SaveReplayBuffer"))["requestStatus"]["result"]
        assert (await talk.ended())[0] == 1006

    assert len(server.written) == 1
