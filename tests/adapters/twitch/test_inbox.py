"""What waits to be read."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.twitch.inbox import MOST, Inbox, Once
from vigie.events import RoomOpened
from vigie.ports import PortError

ITEMS = [RoomOpened(str(number)) for number in range(3)]


async def test_items_come_in_order_then_the_trouble() -> None:
    inbox = Inbox()
    inbox.put(ITEMS)
    inbox.fail(PortError("first"))
    inbox.fail(PortError("second"))

    assert [await inbox.get() for _ in ITEMS] == ITEMS
    for _ in range(2):
        with pytest.raises(PortError, match="first"):
            await inbox.get()


async def test_a_reader_waits_for_what_comes() -> None:
    inbox = Inbox()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        reader = group.create_task(inbox.get())
        await asyncio.sleep(0)
        inbox.put([])
        await asyncio.sleep(0)
        inbox.put(ITEMS[:1])

    assert reader.result() == ITEMS[0]


async def test_too_many_items_end_the_reading_instead_of_being_lost_unseen() -> None:
    inbox = Inbox()
    inbox.put(ITEMS[:1] * (MOST + 1))
    inbox.put(ITEMS)

    for _ in range(MOST):
        await inbox.get()
    with pytest.raises(PortError, match="faster than they are read") as caught:
        await inbox.get()
    assert caught.value.retryable


@given(st.lists(st.sampled_from("abcdef")))
def test_each_id_passes_once(ids: list[str]) -> None:
    once = Once()

    assert [number for number in ids if once.is_new(number)] == list(dict.fromkeys(ids))


def test_what_was_long_ago_is_forgotten() -> None:
    once = Once(remembered=2)

    assert [once.is_new(number) for number in "abcba"] == [True, True, True, False, True]
