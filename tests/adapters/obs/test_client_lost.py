"""A session that breaks, falls silent, or makes no sense."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.adapters.conformance.line import Line
from tests.adapters.obs.sessions import FOREVER_S, patient, session_with, some, trouble
from vigie.adapters.obs import client
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, ObsEvent, PortError, ReplayBufferTurned
from vigie.simulators.obs import Fault, Kind, ObsServer


async def test_a_lost_connection_ends_everything_at_once(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)
    async with session_with(connector, address) as session:
        server.settings.write_s = FOREVER_S
        server.fail(Fault(Kind.SLOW, delay_s=FOREVER_S))
        waiting = [asyncio.create_task(session.save_replay()), asyncio.create_task(some(session, 1))]
        await asyncio.sleep(0)  # the first is what comes late
        await session.status()
        server.drop()
        ends = [await trouble(end) for end in (*waiting, session.save_replay(), session.status(), some(session, 1))]

    assert [(end.retryable, end.permanent) for end in ends] == [(True, False)] * 5


async def test_an_obs_that_goes_away_while_it_saves(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    server.fail(Fault(Kind.DROP))
    async with session_with(connector, address) as session:
        await session.save_replay()
        with pytest.raises(PortError) as caught:
            await some(session, 1)

    assert caught.value.retryable
    assert len(server.written) == 1


async def test_an_obs_that_was_started_again_takes_a_new_session(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        await asyncio.to_thread(server.restart)
        with pytest.raises(PortError):
            await some(session, 1)
    async with session_with(connector, address) as session:
        assert (await session.status()).replay_is_active


@pytest.mark.parametrize(
    ("code", "words"), [(4011, "somebody ended the session"), (1001, "it was closed"), (4000, "4000")]
)
async def test_why_a_session_was_ended_is_told(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, code: int, words: str
) -> None:
    async with session_with(connector, address) as session:
        await session.status()
        server.close(code)
        with pytest.raises(PortError, match=words) as caught:
            await some(session, 1)

    assert caught.value.retryable


async def test_events_that_came_before_the_end_are_told_first(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    async with session_with(connector, address) as session:
        await session.status()
        server.turn(is_active=False)
        server.close(1001)
        told = list[ObsEvent]()
        with suppress(PortError):
            async for event in session.events():
                told.append(event)

    assert told == [ReplayBufferTurned(is_active=False)]


async def test_an_obs_that_falls_silent_may_come_back(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with session_with(connector, address) as session:
        server.stall()
        patient(monkeypatch, 0.2)
        for ask in (session.status, session.save_replay):
            with pytest.raises(PortError, match="no answer") as caught:
                await ask()
            assert (caught.value.retryable, caught.value.permanent) == (True, False)
        patient(monkeypatch)
        server.resume()
        assert (await session.status()).version


async def test_a_network_that_falls_silent_is_found_out_though_nobody_asks(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PING_S", 0.1)
    async with Line(server.address) as line:
        port = urlsplit(line.url).port or 0
        async with session_with(connector, replace(address, port=port)) as session:
            line.hush()
            error = await trouble(some(session, 1))

    assert (error.retryable, error.permanent) == (True, False)


async def test_a_session_is_left_within_a_second_though_nobody_says_goodbye(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress
) -> None:
    has_begun = asyncio.Event()

    async def stay(port: int) -> None:
        async with session_with(connector, replace(address, port=port)) as session:
            has_begun.set()
            await some(session, 1)

    async with Line(server.address) as line:
        staying = asyncio.create_task(stay(urlsplit(line.url).port or 0))
        await has_begun.wait()
        line.hush()
        staying.cancel()
        async with asyncio.timeout(1.0):
            await asyncio.wait([staying])
            await line.left()

    assert staying.cancelled()


@pytest.mark.parametrize("kind", [Kind.HOLLOW, Kind.TWISTED])
async def test_an_answer_that_makes_no_sense_is_none(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, kind: Kind
) -> None:
    server.fail(Fault(kind, skip=2))
    async with session_with(connector, address) as session:
        with pytest.raises(PortError) as caught:
            await session.status()

    assert caught.value.retryable


async def test_events_that_nobody_reads_end_the_session(
    server: ObsServer, connector: ObsWebSocket, address: ObsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_EVENTS", 3)
    async with session_with(connector, address) as session:
        for _ in range(5):
            server.turn(is_active=True)
        while len(server.requests) < 3:
            await session.status()
        with pytest.raises(PortError, match="3 events wait") as caught:
            await some(session, 10)

    assert caught.value.retryable
