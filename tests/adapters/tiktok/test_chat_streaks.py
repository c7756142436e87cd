"""Streaks of gifts, and the connections that break and end amid them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.adapters.tiktok.simulated import adapter, entered, room_of, until
from vigie.adapters.tiktok import chat
from vigie.adapters.tiktok.streaks import Streaks
from vigie.events import ActivityReceived, RoomEnded, RoomItem
from vigie.ports import PortError
from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.faults import Fault, Kind
from vigie.simulators.tiktok.happenings import Comment, Gift, viewer
from vigie.simulators.tiktok.server import TikTokServer


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", user_id=61, room_id=71))
        yield server


def gifts(items: list[RoomItem]) -> list[tuple[int, int]]:
    return [(item.count, item.value) for item in items if isinstance(item, ActivityReceived) and item.value]


async def test_streak_that_a_broken_connection_cut_is_told_once_with_its_end(server: TikTokServer) -> None:
    roses = Gift(viewer(5), diamonds=5, count=3, streak=8, is_end=False)

    async with adapter(server) as tiktok:
        async with entered(tiktok, room_of(server, "alba")) as items:
            server.publish("alba", roses, Comment(viewer(1), "seen"))
            assert gifts(await until(items, ActivityReceived)) == []
            server.break_live("alba", Fault(Kind.RESET))
            with pytest.raises(PortError):
                await anext(items)
        async with entered(tiktok, room_of(server, "alba")) as again:
            server.gift("alba", replace(roses, count=7, is_end=True), steps=(5, 6))
            server.go_offline("alba")
            told = await until(again, RoomEnded)

    assert gifts(told) == [(7, 35)]


async def test_streak_that_the_end_of_a_live_cut_is_told_before_it(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.publish("alba", Gift(viewer(5), diamonds=5, count=3, streak=8, is_end=False))
        server.go_offline("alba")
        told = await until(items, RoomEnded)

    assert gifts(told) == [(3, 15)]
    assert isinstance(told[-1], RoomEnded)


async def test_streaks_that_are_kept_are_those_of_few_rooms(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        for number in range(1, chat.MOST_BROKEN + 1):
            tiktok.chat._broken[number, "71"] = Streaks()
        async with entered(tiktok, room_of(server, "alba")) as items:
            server.publish("alba", Gift(viewer(5), count=3, streak=8, is_end=False), Comment(viewer(1), "seen"))
            await until(items, ActivityReceived)
        assert len(tiktok.chat._broken) == chat.MOST_BROKEN
